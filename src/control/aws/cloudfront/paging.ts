/**
 * Pages of a list: Marker is the id after which the page begins, NextMarker the last id of a page that is not the last.
 * Facts: aws-api B3; at most 100 a page. A marker that has been deleted since, as by a script that deletes page after page, still
 * says where the next page begins.
 */
import { invalidArgument } from './validate/references.ts';

const MOST = 100;

export interface Asked {
  readonly Marker?: string | undefined;
  /** A number in the SDK's model, text in older ones. */
  readonly MaxItems?: number | string | undefined;
}

export interface Page<T> {
  /** The head of every list, in the API's words. Items are absent when there are none. */
  readonly head: {
    readonly Marker: string;
    readonly MaxItems: number;
    readonly IsTruncated: boolean;
    readonly Quantity: number;
    readonly NextMarker?: string;
  };
  readonly items: readonly T[];
}

/** Where resources stand in the order of creation, the deleted ones among them. */
export interface Positions {
  position(id: string): number | undefined;
}

/** Throws InvalidArgument for a MaxItems that is not a count, or a Marker that never was. `all` is in the order of `positions`. */
export function pageOf<T>(all: readonly T[], asked: Asked, idOf: (item: T) => string, positions?: Positions): Page<T> {
  const count = asked.MaxItems === undefined ? MOST : Number(asked.MaxItems);
  if (!Number.isInteger(count) || count < 1) throw invalidArgument('The parameter MaxItems is not valid.');
  const marker = asked.Marker ?? '';
  const start = marker === '' ? 0 : startAfter(marker, all, idOf, positions);
  if (start === undefined) throw invalidArgument('The parameter Marker is not valid.');
  const size = Math.min(count, MOST);
  const items = all.slice(start, start + size);
  const last = items.at(-1);
  const isTruncated = start + items.length < all.length && last !== undefined;
  return {
    head: {
      Marker: marker,
      MaxItems: size,
      IsTruncated: isTruncated,
      Quantity: items.length,
      ...(isTruncated && { NextMarker: idOf(last) }),
    },
    items,
  };
}

function startAfter<T>(
  marker: string,
  all: readonly T[],
  idOf: (item: T) => string,
  positions: Positions | undefined,
): number | undefined {
  const found = all.findIndex((item) => idOf(item) === marker);
  if (found >= 0) return found + 1;
  const gone = positions?.position(marker);
  if (gone === undefined) return undefined;
  // Managed policies have no position; they come first.
  const next = all.findIndex((item) => (positions?.position(idOf(item)) ?? 0) > gone);
  return next < 0 ? all.length : next;
}

/** `Items`, absent when empty. */
export function listed<T>(items: readonly T[]): { Items?: T[] } {
  return items.length === 0 ? {} : { Items: [...items] };
}
