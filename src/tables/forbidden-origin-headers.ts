/**
 * Headers that cannot be an origin custom header: facts 7.2. The API refuses them (control/aws/cloudfront).
 */

/** Lower case. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  'cache-control',
  'connection',
  'content-length',
  'cookie',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'max-forwards',
  'pragma',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'request-range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-forwarded-proto',
  'x-real-ip',
]);

const FORBIDDEN_PREFIXES: readonly string[] = ['x-amz-', 'x-edge-'];

/** Is `name`, in any case, refused as an origin custom header? */
export function isForbiddenOriginHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return FORBIDDEN.has(lower) || FORBIDDEN_PREFIXES.some((prefix) => lower.startsWith(prefix));
}
