/**
 * The path that cache behaviors are matched against: RFC 3986 6.2.2, with repeated slashes made one (facts 2.2).
 * For matching only: the raw path is what is keyed and what the origin gets.
 */

const NEEDS_WORK = /\/[/.]|%/;
const ENCODED = /%[0-9A-Fa-f]{2}/g;
const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/** `path` starts with `/`. So does the result. */
export function normalisePath(path: string): string {
  if (!NEEDS_WORK.test(path)) return path;
  return removeDotSegments(path.includes('%') ? path.replaceAll(ENCODED, normaliseEncoding) : path);
}

/** RFC 3986 6.2.2.2: an encoded unreserved character is that character; 6.2.2.1: hexadecimal digits in upper case. */
function normaliseEncoding(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(character) ? character : encoded.toUpperCase();
}

/**
 * RFC 3986 5.2.4, on segments. Ours: empty segments go first, so that `/a//../b` is `/b`, as file systems and origins read it;
 * CloudFront documents both steps but not their order.
 */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1);
  const isFolder = last === '' || last === '.' || last === '..';
  return kept.length === 0 ? '/' : `/${kept.join('/')}${isFolder ? '/' : ''}`;
}
