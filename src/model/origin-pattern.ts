/**
 * Which web origins a pattern of AccessControlAllowOrigins covers (facts 11.2): `[scheme://]host[:port]`, with `*` for the leftmost labels
 * of the host, or in the port. Web origins are RFC 6454's: scheme, host and port of a page, not the origins that a CDN fetches from.
 * That a pattern is well-formed is settled when the policy is accepted.
 */
import { matchesGlob } from './glob.ts';

/** Takes the value of an Origin field. */
export type OriginMatcher = (origin: string) => boolean;

interface OriginParts {
  /** '' when not said. */
  readonly scheme: string;
  readonly host: string;
  /** Undefined when not said. */
  readonly port: string | undefined;
}

export function compileOriginPattern(pattern: string): OriginMatcher {
  if (pattern === '*') return () => true;
  const wanted = parts(pattern.toLowerCase());
  // CloudFront: in a port a `*` is at least one digit; `1*3` does not match 13.
  const port = wanted.port?.replaceAll('*', '?*');
  return (origin) => {
    const asked = parts(origin.toLowerCase());
    // `null`, and whatever else names no scheme, is covered by `*` alone.
    if (asked.scheme === '' || !matchesGlob(wanted.host, asked.host)) return false;
    if (wanted.scheme !== '' && wanted.scheme !== asked.scheme) return false;
    // CloudFront: without a scheme any port will do; with one, a port must be named on both sides or on neither.
    if (port === undefined) return wanted.scheme === '' || asked.port === undefined;
    return asked.port !== undefined && matchesGlob(port, asked.port);
  };
}

function parts(text: string): OriginParts {
  const slashes = text.indexOf('://');
  const scheme = slashes < 0 ? '' : text.slice(0, slashes);
  const authority = slashes < 0 ? text : text.slice(slashes + 3);
  // The colons of an IPv6 address stand in brackets.
  const colon = authority.indexOf(':', authority.lastIndexOf(']') + 1);
  return colon < 0
    ? { scheme, host: authority, port: undefined }
    : { scheme, host: authority.slice(0, colon), port: authority.slice(colon + 1) };
}
