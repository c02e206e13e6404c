/**
 * Which cache behavior serves this path? Facts 2.1 and 2.2: the first in listed order whose pattern matches the normalised path;
 * the default one last. The raw path stays what is keyed and what the origin gets.
 */
import { normalisePath } from '../../http/normalise-path.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';

/** `path` as the viewer sent it, before the default root object: for `/` the answer was prepared in model/compile.ts. */
export function matchCacheBehavior(
  distribution: Pick<CompiledDistribution, 'behaviors' | 'defaultBehavior' | 'rootBehavior'>,
  path: string,
): CompiledCacheBehavior {
  if (path === '/') return distribution.rootBehavior;
  const { behaviors, defaultBehavior } = distribution;
  if (behaviors.length === 1) return defaultBehavior;
  const normalised = normalisePath(path);
  return behaviors.find((behavior) => behavior.matches(normalised)) ?? defaultBehavior;
}
