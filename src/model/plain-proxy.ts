/**
 * A cache behavior as RFC 9111 mode serves it: the recipes of a plain gateway in place of those its policies made. The whole URI is
 * the key (RFC 9111 2), and the origin gets the viewer's fields as they came (RFC 9110 7.6). What stays the operator's: path pattern,
 * methods, protocol policy, Host, whether anything is cached at all.
 */
import type { CompiledCacheBehavior } from './compile-cache-behavior.ts';
import { SELECT_ALL, SELECT_NONE } from './selector.ts';

/** All that CloudFront knows; who allows them all allows any. */
const ALL_METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'];

/** RFC 9110 7.2, 7.6.3, 10.1.1, and X-Forwarded-For: the edge writes these itself or has dealt with them. */
const NOT_PASSED: ReadonlySet<string> = new Set([
  'content-length',
  'expect',
  'host',
  'user-agent',
  'via',
  'x-amz-cf-id',
  'x-forwarded-for',
]);

const ANY_METHOD: CompiledCacheBehavior['allowedMethods'] = { has: () => true };

export function asPlainProxy(behavior: CompiledCacheBehavior): CompiledCacheBehavior {
  const { allowedMethods, origin } = behavior;
  return {
    ...behavior,
    allowedMethods: ALL_METHODS.every((method) => allowedMethods.has(method)) ? ANY_METHOD : allowedMethods,
    cachesOptions: false,
    keepsInVary: () => true,
    key: {
      pathOnly: false,
      // RFC 9110 4.2.3: scheme and authority belong to the URI.
      headers: ['cloudfront-forwarded-proto', 'host'],
      cookies: SELECT_NONE,
      queryStrings: SELECT_ALL,
      acceptEncoding: undefined,
      needsPlace: false,
      by: 'RFC 9111',
    },
    origin: {
      passes: (name) => !NOT_PASSED.has(name),
      cloudFrontHeaders: [],
      needsPlace: false,
      // Cookie passes as any other field does.
      cookies: SELECT_NONE,
      queryStrings: SELECT_ALL,
      acceptEncoding: undefined,
      host: origin.host,
      userAgent: 'viewer',
      authorization: true,
    },
  };
}
