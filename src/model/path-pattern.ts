/**
 * Path patterns of cache behaviors: facts 2.1. `*` is any run of characters, `/` included, `?` is exactly one; case counts;
 * nothing can be escaped; the leading slash is implied. The path matched is the normalised one (http/normalise-path.ts).
 */
import { matchesGlob } from './glob.ts';

export type PathMatcher = (path: string) => boolean;

/** The matcher of a pattern; the usual shapes, `/name`, `/folder/*` and `*.ext`, cost one string comparison. */
export function compilePathPattern(pattern: string): PathMatcher {
  const glob = rooted(pattern);
  const star = glob.indexOf('*');
  if (!glob.includes('?')) {
    if (star < 0) return (path) => path === glob;
    if (star === glob.lastIndexOf('*')) return oneStar(glob.slice(0, star), glob.slice(star + 1));
  }
  return (path) => matchesGlob(glob, path);
}

/** CloudFront: `images/*` is `/images/*`. Ours: a pattern that starts with `*` stays, since its star also covers the slash. */
function rooted(pattern: string): string {
  return pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
}

function oneStar(prefix: string, suffix: string): PathMatcher {
  if (suffix === '') return prefix === '' || prefix === '/' ? () => true : (path) => path.startsWith(prefix);
  if (prefix === '') return (path) => path.endsWith(suffix);
  const shortest = prefix.length + suffix.length;
  return (path) => path.length >= shortest && path.startsWith(prefix) && path.endsWith(suffix);
}
