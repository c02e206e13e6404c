/**
 * The cache key taken apart, and why each part is in it or not; and the stored key nearest to it. What is keyed is decided in
 * core/cache/cache-key.ts and cache-key-parts.ts, how keys differ in nearest-key.ts.
 */
import { cacheKeyParts, type CacheKeyPart } from '../../core/cache/cache-key-parts.ts';
import { currentAge } from '../../core/cache/decide-reuse.ts';
import { parseCacheKey } from '../../core/cache/parse-cache-key.ts';
import type { CacheInspection, Inspection, MatchedInspection } from '../../core/inspection.ts';
import type { CompiledCacheBehavior } from '../../model/compile.ts';
import type { KeyDifference, KeyExplanation, KeyPart, NearestSearch } from '../../model/explanation.ts';
import type { Instant } from '../../model/units.ts';
import { nearestKey, type Difference } from './nearest-key.ts';
import { keySetting } from './setting-words.ts';

export function keyExplanation(
  { key, uri, place }: CacheInspection,
  { distribution, behavior, path }: MatchedInspection,
  request: Inspection['request'],
): KeyExplanation {
  const parts = cacheKeyParts(distribution, behavior, request, path, place);
  return { key, uri, parts: parts.map((part) => keyPart(part, behavior)) };
}

function keyPart({ part, name, value, kept, by }: CacheKeyPart, behavior: CompiledCacheBehavior): KeyPart {
  return { part, name, ...(value !== undefined && { value }), kept, by, sentence: why(part, name, value, kept, behavior) };
}

function why(
  part: CacheKeyPart['part'],
  name: string,
  value: string | undefined,
  kept: boolean,
  behavior: CompiledCacheBehavior,
): string {
  switch (part) {
    case 'distribution':
      return 'each distribution has a cache of its own';
    case 'method':
      return 'GET and HEAD share a key; OPTIONS has its own';
    case 'path':
      return 'as it was sent: letter case and encoding count';
    case 'header': {
      const setting = keySetting(behavior, part, name);
      if (kept || !isKeyed(name, behavior)) return setting;
      return value === undefined ? `${setting}; the request has none` : `${setting}; none of them is accepted`;
    }
    case 'query':
    case 'cookie':
      return keySetting(behavior, part, name);
  }
}

function isKeyed(name: string, { key }: CompiledCacheBehavior): boolean {
  return key.headers.includes(name) || (name === 'accept-encoding' && key.acceptEncoding !== undefined);
}

/** The nearest of the responses stored under the same path with another key. */
export function nearestSearch(
  { selectedKey, neighbours }: CacheInspection,
  { distribution, behavior }: MatchedInspection,
  now: Instant,
): NearestSearch {
  const { id } = distribution.source;
  const { scanned, isComplete } = neighbours;
  const requested = parseCacheKey(selectedKey, id);
  const candidates = neighbours.stored.flatMap((stored) => {
    const parsed = parseCacheKey(stored.response.key, id);
    return parsed === undefined || parsed.extent === 'block' ? [] : [{ parsed, response: stored.response }];
  });
  const search = { scanned, isComplete, neighbours: candidates.length };
  const nearest = requested && nearestKey(requested, candidates);
  if (nearest === undefined) return search;
  const { key, uri, status, freshness } = nearest.candidate.response;
  const age = currentAge(freshness, now);
  const differences = nearest.differences.map((difference) => toldDifference(difference, behavior));
  return { ...search, nearest: { key, uri, status, age, remaining: freshness.lifetime - age, differences } };
}

function toldDifference(difference: Difference, behavior: CompiledCacheBehavior): KeyDifference {
  return { ...difference, sentence: differenceWords(difference, behavior) };
}

const WORD = { query: 'parameter', header: 'header', cookie: 'cookie' } as const;

function differenceWords({ part, name, requested, stored }: Difference, behavior: CompiledCacheBehavior): string {
  if (part === 'path') return `it is stored as ${stored}: ${pathWords(requested ?? '', stored ?? '')}`;
  if (part === 'method') return `it is the answer to ${stored}, which has a key of its own`;
  if (part === 'query-order') {
    return `it has the same parameters in another order, ${stored}: parameters are keyed in the order in which they come`;
  }
  const subject = `the ${WORD[part]} ${name}`;
  const because = `${subject} is in the key because ${keySetting(behavior, part, name)}`;
  if (requested === undefined) return `it is stored with ${name}=${stored}, which this request does not have; ${because}`;
  if (stored === undefined) return `it is stored without ${name}, which this request has (${name}=${requested}); ${because}`;
  return `it is stored with ${name}=${stored}, and this request has ${name}=${requested}; ${because}`;
}

function pathWords(requested: string, stored: string): string {
  if (requested.toLowerCase() === stored.toLowerCase()) return 'upper and lower case are different paths';
  if (`${requested}/` === stored || requested === `${stored}/`) return 'a closing slash makes another path';
  return 'paths are keyed as they are sent, without normalising them';
}
