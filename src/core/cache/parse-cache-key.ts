/**
 * A cache key read back into its parts, so that two keys can be compared and their difference named. The layout is cache-key.ts's, which
 * see; what is appended to a key, blocks.ts and rfc9111/variants.ts, stands at its end and is told apart here.
 * Read by explanations, never on the way of a request.
 */
import { parseCookies, type Cookie } from '../../http/cookie.ts';
import type { Field } from '../../http/fields.ts';

export interface ParsedCacheKey {
  /** Raw. */
  readonly path: string;
  /** The keyed query, raw; undefined when nothing of a query is keyed. */
  readonly query: string | undefined;
  readonly method: 'GET' | 'OPTIONS';
  /** Lower-case names. */
  readonly headers: readonly Field[];
  readonly cookies: readonly Cookie[];
  /** A block of an object, one of several variants, or a whole object under its own key. */
  readonly extent: 'whole' | 'block' | 'variant';
}

const EXTENT = /^(block|variant) /;

/** Undefined when the key is no key of this distribution. */
export function parseCacheKey(key: string, distributionId: string): ParsedCacheKey | undefined {
  if (!key.startsWith(`${distributionId}/`)) return undefined;
  const [uri = '', ...lines] = key.slice(distributionId.length).split('\n');
  const mark = uri.indexOf('?');
  const method = lines[0] === 'OPTIONS' ? 'OPTIONS' : 'GET';
  const headers: Field[] = [];
  let cookies: readonly Cookie[] = [];
  let extent: ParsedCacheKey['extent'] = 'whole';
  for (const line of lines.slice(method === 'OPTIONS' ? 1 : 0)) {
    const word = EXTENT.exec(line)?.[1];
    if (word !== undefined) {
      extent = word === 'block' ? 'block' : 'variant';
      continue;
    }
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1)];
    // The fields that tell variants apart: `name: value`, Cookie as any other.
    if (extent === 'variant') headers.push([name, value.slice(1)]);
    else if (name === 'cookie') cookies = parseCookies(value) ?? [];
    else headers.push([name, value]);
  }
  return {
    path: mark < 0 ? uri : uri.slice(0, mark),
    query: mark < 0 ? undefined : uri.slice(mark + 1),
    method,
    headers,
    cookies,
    extent,
  };
}
