/**
 * Which stored responses does this answer make out of date? RFC 9111 4.4: the target URI of an unsafe method that succeeded, and the
 * URIs of the same origin that its Location and Content-Location name. A list of cache keys: see rfc9111-rules.ts.
 */
import { fieldLines, type Fields } from '../../../http/fields.ts';
import type { ViewerRequest } from '../../request.ts';

/** RFC 9110 9.2.1. A method that is not known to be safe is not. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export interface Target {
  readonly path: string;
  readonly query: string | undefined;
}

/** The targets on the request's own scheme and authority; empty when nothing is invalidated. */
export function invalidatedTargets(
  request: Pick<ViewerRequest, 'method' | 'scheme' | 'host' | 'path' | 'query'>,
  head: { readonly status: number; readonly fields: Fields },
): readonly Target[] {
  // RFC 9111 4.4: "a non-error response is one with a 2xx (Successful) or 3xx (Redirection) status code".
  if (SAFE.has(request.method) || head.status < 200 || head.status >= 400) return [];
  const named = [...fieldLines(head.fields, 'location'), ...fieldLines(head.fields, 'content-location')];
  return [request, ...named.flatMap((reference) => resolve(reference, request) ?? [])];
}

const ABSOLUTE = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;
const RELATIVE = /^([^?#]*)(?:\?([^#]*))?/;

/** RFC 3986 5.2, for references to the same scheme and authority; undefined for all others. */
function resolve(reference: string, base: Pick<ViewerRequest, 'scheme' | 'host' | 'path' | 'query'>): Target | undefined {
  const absolute = ABSOLUTE.exec(reference.startsWith('//') ? `${base.scheme}:${reference}` : reference);
  if (absolute !== null) {
    const [, scheme = '', host = '', path = '', query] = absolute;
    // RFC 9111 4.4: other origins are not this response's to speak for.
    if (scheme.toLowerCase() !== base.scheme || host.toLowerCase() !== base.host.toLowerCase()) return undefined;
    return { path: removeDotSegments(path === '' ? '/' : path), query };
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference)) return undefined;
  const [, path = '', query] = RELATIVE.exec(reference) ?? [];
  if (path === '') return { path: base.path, query: query ?? base.query };
  const merged = path.startsWith('/') ? path : base.path.slice(0, base.path.lastIndexOf('/') + 1) + path;
  return { path: removeDotSegments(merged), query };
}

/** RFC 3986 5.2.4. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (isLast && (segment === '.' || segment === '..')) kept.push('');
  }
  return `/${kept.join('/')}`;
}
