/**
 * The default root object: facts 2.3. An internal rewrite of exactly `/`, for every method; the key, the origin and the log see the
 * rewritten path. Which cache behavior serves `/` is decided in match-cache-behavior.ts, on the original path.
 */
import type { CompiledDistribution } from '../../model/compile.ts';

/** CloudFront: never for `///` or a folder. */
export function requestedPath(distribution: Pick<CompiledDistribution, 'rootPath'>, path: string): string {
  return path === '/' ? distribution.rootPath : path;
}
