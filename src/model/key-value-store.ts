/**
 * A key value store as it travels to edges: whole, once, to an edge that does not have it, and then change by change, because a store may
 * hold megabytes and a change is a few octets. Made in control/state; held by edge/key-value-stores.ts; read by functions.
 */
import { KEY_VALUE_QUOTAS } from '../tables/quotas.ts';
import type { Bytes, Instant } from './units.ts';

export type KeyValuePair = readonly [key: string, value: string];

/** Everything that is in a store. */
export interface KeyValueContents {
  readonly storeId: string;
  readonly created: Instant;
  /** When its pairs were changed last. */
  readonly modified: Instant;
  /** Counts the changes of its pairs: each change makes the next. */
  readonly version: number;
  readonly pairs: readonly KeyValuePair[];
}

/** What one call changed, all of it or nothing. */
export interface KeyValueChange extends Pick<KeyValueContents, 'storeId' | 'modified' | 'version'> {
  readonly puts: readonly KeyValuePair[];
  readonly deletes: readonly string[];
}

export type KeyValueUpdate =
  | ({ readonly kind: 'contents' } & KeyValueContents)
  | ({ readonly kind: 'change' } & KeyValueChange)
  /** No function on edges reads it any more. */
  | { readonly kind: 'gone'; readonly storeId: string };

/** Why there can be no such pair, or undefined. The quotas are CloudFront's. */
export function pairFault(key: string, value: string): string | undefined {
  const shown = key.slice(0, 40);
  if (key === '') return 'a key must have at least one character';
  if (utf8Length(key) > KEY_VALUE_QUOTAS.keyLength)
    return `the key ${shown}... is longer than ${KEY_VALUE_QUOTAS.keyLength} bytes of UTF-8`;
  if (utf8Length(value) > KEY_VALUE_QUOTAS.valueLength)
    return `the value of the key ${shown} is longer than ${KEY_VALUE_QUOTAS.valueLength} bytes of UTF-8`;
  if (!key.isWellFormed() || !value.isWellFormed()) return `the key ${shown.toWellFormed()} or its value is not Unicode text`;
  return undefined;
}

/** What a pair counts of its store's size. */
export function pairSize(key: string, value: string): Bytes {
  return utf8Length(key) + utf8Length(value);
}

/** Octets in UTF-8. */
export function utf8Length(text: string): Bytes {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      length += 4;
      at++;
    } else length += 3;
  }
  return length;
}
