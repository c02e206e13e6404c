/**
 * Pages of Lambda's lists: Marker is what NextMarker said, the name after which the page begins. Lambda API reference: at most 50 a page.
 */
import { invalidParameter } from './accept-settings.ts';

const MOST = 50;

export interface LambdaPage<T> {
  readonly items: readonly T[];
  /** Undefined on the last page. */
  readonly NextMarker: string | undefined;
}

export function pageOf<T>(
  all: readonly T[],
  { Marker, MaxItems = MOST }: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  nameOf: (item: T) => string,
): LambdaPage<T> {
  const found = Marker === undefined ? -1 : all.findIndex((item) => nameOf(item) === Marker);
  if (Marker !== undefined && found < 0) throw invalidParameter(`There is nothing at the Marker ${Marker}.`);
  const items = all.slice(found + 1, found + 1 + Math.min(MaxItems, MOST));
  const last = items.at(-1);
  const isLast = found + 1 + items.length >= all.length;
  return { items, NextMarker: isLast || last === undefined ? undefined : nameOf(last) };
}
