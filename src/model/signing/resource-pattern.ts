/**
 * Does the Resource of a policy cover a URL? Facts 9.3. `*` is any run of characters, `?` exactly one, each inside its section alone:
 *
 *     <scheme>://<host>/<path>\?<query>
 *
 * So no wildcard of the host reaches into the path, and a pattern without a query covers no URL that has one, unless it ends in `*`.
 */
import { RESOURCE_SCHEMES_MAY_HOLD_WILDCARDS } from '../assumptions.ts';
import { matchesGlob } from '../glob.ts';

export interface RequestedUrl {
  readonly scheme: string;
  /** With its port, unless that is the scheme's own. */
  readonly host: string;
  /** As sent; starts with `/`. */
  readonly path: string;
  /** The viewer's own, without the parameters of the signature; undefined without one. */
  readonly query: string | undefined;
}

export type ResourceSection = 'scheme' | 'host' | 'path' | 'query';

export function urlText({ scheme, host, path, query }: RequestedUrl): string {
  return `${scheme}://${host}${path}${query === undefined ? '' : `?${query}`}`;
}

/** The first section that does not match; undefined where the pattern covers the URL. */
export function resourceMismatch(pattern: string, url: RequestedUrl): ResourceSection | undefined {
  const { scheme, host, rest } = sectionsOf(pattern);
  if (!coversScheme(scheme, url.scheme)) return 'scheme';
  // Ours: hosts have no case, and the rest has.
  if (!matchesGlob(host.toLowerCase(), url.host.toLowerCase())) return 'host';
  return restMismatch(rest, url);
}

function coversScheme(pattern: string, scheme: string): boolean {
  return RESOURCE_SCHEMES_MAY_HOLD_WILDCARDS ? matchesGlob(pattern, scheme) : pattern === '*' || pattern === scheme;
}

export interface PatternSections {
  readonly scheme: string;
  readonly host: string;
  /** Path and query, as they stand in the pattern, completed by what it implies. */
  readonly rest: string;
}

export function sectionsOf(pattern: string): PatternSections {
  const slash = pattern.indexOf('/');
  const scheme = pattern.indexOf('://');
  const hasScheme = scheme >= 0 && scheme < slash;
  // CloudFront: who leaves the scheme out begins with a star, and means any. Nothing else covers anything.
  const isOpen = !hasScheme && pattern.startsWith('*');
  const authority = hasScheme ? pattern.slice(scheme + '://'.length) : pattern;
  const end = authority.indexOf('/');
  const host = end < 0 ? authority : authority.slice(0, end);
  return {
    scheme: hasScheme ? pattern.slice(0, scheme) : isOpen ? '*' : '',
    host,
    // CloudFront: a star that ends the host implies any path and query; a bare host is its root.
    rest: end < 0 ? (host.endsWith('*') ? '/*' : '/') : authority.slice(end),
  };
}

function restMismatch(rest: string, { path, query }: RequestedUrl): 'path' | 'query' | undefined {
  const separator = rest.indexOf(String.raw`\?`);
  if (separator >= 0) {
    if (!matchesGlob(rest.slice(0, separator), path)) return 'path';
    return matchesGlob(rest.slice(separator + 2), query ?? '') ? undefined : 'query';
  }
  const isWholePath = matchesGlob(rest, path);
  // CloudFront: a star that ends the path implies any query.
  if (isWholePath && (query === undefined || rest.endsWith('*'))) return undefined;
  if (query === undefined) return 'path';
  // A plain `?` is a wildcard, or the one before the query.
  let reached: 'path' | 'query' = isWholePath ? 'query' : 'path';
  for (let at = rest.indexOf('?'); at >= 0; at = rest.indexOf('?', at + 1)) {
    if (!matchesGlob(rest.slice(0, at), path)) continue;
    if (matchesGlob(rest.slice(at + 1), query)) return undefined;
    reached = 'query';
  }
  return reached;
}
