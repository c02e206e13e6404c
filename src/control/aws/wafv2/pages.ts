/**
 * Pages of lists: NextMarker is the key of the last item of a page that is not the last, Limit at most 100. AWS WAF API reference. A marker
 * whose item has been deleted since still says where the next page begins where `positions` is given.
 */
import { invalidParameter } from './waf-faults.ts';

const MOST = 100;

export interface AskedPage {
  readonly NextMarker?: string | undefined;
  readonly Limit?: number | undefined;
}

export interface Page<T> {
  readonly items: T[];
  readonly next: { readonly NextMarker?: string };
}

/** `all` is in the order of `positions`. Throws WAFInvalidParameterException for a marker that never was. */
export function pageOf<T>(
  all: readonly T[],
  { NextMarker, Limit = MOST }: AskedPage,
  keyOf: (item: T) => string,
  positions?: { position(key: string): number | undefined },
): Page<T> {
  const start = NextMarker === undefined ? 0 : startAfter(NextMarker, all, keyOf, positions);
  const items = all.slice(start, start + Limit);
  const last = items.at(-1);
  return { items, next: last !== undefined && start + items.length < all.length ? { NextMarker: keyOf(last) } : {} };
}

function startAfter<T>(
  marker: string,
  all: readonly T[],
  keyOf: (item: T) => string,
  positions?: { position(key: string): number | undefined },
): number {
  const at = all.findIndex((item) => keyOf(item) === marker);
  if (at >= 0) return at + 1;
  const position = positions?.position(marker);
  if (positions === undefined || position === undefined)
    throw invalidParameter('ENTITY_LIMIT', marker, 'The NextMarker is not one that a list has given.');
  const next = all.findIndex((item) => (positions.position(keyOf(item)) ?? 0) > position);
  return next < 0 ? all.length : next;
}
