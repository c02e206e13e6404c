/**
 * The file that a key value store is made from: `{"data": [{"key": "...", "value": "..."}]}`. CloudFront Developer Guide, "File format for
 * key-value pairs": UTF-8, at most 5 MB, no key twice. Where the file lies is said by the caller.
 */
import { KEY_VALUE_QUOTAS } from '../tables/quotas.ts';
import { pairFault, pairSize, type KeyValuePair } from './key-value-store.ts';
import { sentence } from './sentence.ts';

export type KeyValueFile =
  | { readonly kind: 'pairs'; readonly pairs: readonly KeyValuePair[] }
  /** `isTooLarge`: every pair may be, but not all together. */
  | { readonly kind: 'refused'; readonly why: string; readonly isTooLarge: boolean };

export function readKeyValueFile(text: string): KeyValueFile {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return refused(`it is not JSON: ${sentence(error)}`);
  }
  const items = isRecord(file) ? file['data'] : undefined;
  if (!Array.isArray(items)) return refused('it must be an object with a list named "data"');
  const pairs = new Map<string, string>();
  let size = 0;
  for (const [index, item] of items.entries()) {
    const at = `data[${index}]`;
    if (!isRecord(item)) return refused(`${at} must be an object with "key" and "value"`);
    const { key, value } = item;
    if (typeof key !== 'string') return refused(`${at}.key must be a string`);
    if (typeof value !== 'string') return refused(`${at}.value must be a string`);
    const fault = pairFault(key, value);
    if (fault !== undefined) return refused(`${at}: ${fault}`);
    if (pairs.has(key)) return refused(`${at}: the key ${key} is there twice`);
    pairs.set(key, value);
    size += pairSize(key, value);
  }
  if (size <= KEY_VALUE_QUOTAS.storeSize) return { kind: 'pairs', pairs: [...pairs] };
  const why = `its pairs have ${size} bytes, and a key value store takes ${KEY_VALUE_QUOTAS.storeSize}`;
  return { ...refused(why), isTooLarge: true };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(why: string): Extract<KeyValueFile, { kind: 'refused' }> {
  return { kind: 'refused', why, isTooLarge: false };
}
