/**
 * How two cache keys of one distribution differ, part by part, and which of several stored keys is the nearest to a request's: the one
 * with the fewest parts that differ, a path in other letters or another encoding counting most. Which keys are compared at all is decided
 * in core/cache/neighbour-keys.ts; why a part is keyed, in setting-words.ts.
 */
import type { Cookie } from '../../http/cookie.ts';
import type { Field } from '../../http/fields.ts';
import { parameterName } from '../../http/query-string.ts';
import type { ParsedCacheKey } from '../../core/cache/parse-cache-key.ts';
import type { KeyDifference } from '../../model/explanation.ts';

export type Difference = Omit<KeyDifference, 'sentence'>;

/** What differs, in the key's order: path, query, method, headers, cookies. Empty for the same key. */
export function keyDifferences(requested: ParsedCacheKey, stored: ParsedCacheKey): readonly Difference[] {
  return [
    ...unnamed('path', requested.path, stored.path),
    ...queryDifferences(requested.query, stored.query),
    ...unnamed('method', requested.method, stored.method),
    ...namedDifferences('header', requested.headers, stored.headers),
    ...namedDifferences('cookie', requested.cookies.map(pairOf), stored.cookies.map(pairOf)),
  ];
}

export interface Nearest<Candidate> {
  readonly candidate: Candidate;
  readonly differences: readonly Difference[];
}

/** The nearest of the candidates; among equals the first. Undefined when there is none. */
export function nearestKey<Candidate extends { readonly parsed: ParsedCacheKey }>(
  requested: ParsedCacheKey,
  candidates: readonly Candidate[],
): Nearest<Candidate> | undefined {
  let best: (Nearest<Candidate> & { readonly distance: number }) | undefined;
  for (const candidate of candidates) {
    const differences = keyDifferences(requested, candidate.parsed);
    const distance = differences.reduce((sum, { part }) => sum + WEIGHT[part], 0);
    if (best === undefined || distance < best.distance) best = { candidate, differences, distance };
  }
  return best && { candidate: best.candidate, differences: best.differences };
}

const WEIGHT: Readonly<Record<Difference['part'], number>> = {
  header: 2,
  cookie: 2,
  query: 2,
  // The very same parameters.
  'query-order': 1,
  method: 3,
  path: 5,
};

function unnamed(part: 'path' | 'method', requested: string, stored: string): Difference[] {
  return requested === stored ? [] : [{ part, name: '', requested, stored }];
}

function queryDifferences(requested: string | undefined, stored: string | undefined): Difference[] {
  if (requested === stored) return [];
  const differences = namedDifferences('query', parametersOf(requested), parametersOf(stored));
  if (differences.length > 0) return differences;
  return [
    { part: 'query-order', name: '', ...(requested !== undefined && { requested }), ...(stored !== undefined && { stored }) },
  ];
}

/** `a` and `a=` are two parameters; no value of a query holds a space. */
function parametersOf(query: string | undefined): readonly Field[] {
  return (query?.split('&') ?? []).map((parameter) => {
    const name = parameterName(parameter);
    return [name, parameter === name ? '(no value)' : parameter.slice(name.length + 1)] as const;
  });
}

function pairOf({ name, value }: Cookie): Field {
  return [name, value];
}

/** Names that have not the same values, in the order in which they occur; several values of one name are shown together. */
function namedDifferences(
  part: 'query' | 'header' | 'cookie',
  requested: readonly Field[],
  stored: readonly Field[],
): Difference[] {
  const [ours, theirs] = [byName(requested), byName(stored)];
  const names = new Set([...ours.keys(), ...theirs.keys()]);
  return [...names].flatMap((name) => {
    const [one, other] = [ours.get(name), theirs.get(name)];
    if (one !== undefined && other !== undefined && one.join('\n') === other.join('\n')) return [];
    return [{ part, name, ...(one && { requested: one.join(', ') }), ...(other && { stored: other.join(', ') }) }];
  });
}

function byName(pairs: readonly Field[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}
