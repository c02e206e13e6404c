import { expect, test } from 'bun:test';
import { ApiError } from '../wire/types.ts';
import { pageOf } from './paging.ts';
import type { Asked } from './paging.ts';

/** Two managed ones, which have no position, then those that live of a to f; b, d and f were deleted. */
const LIVING = ['managed-1', 'managed-2', 'a', 'c', 'e'];
const positions = {
  position(id: string): number | undefined {
    const at = ['a', 'b', 'c', 'd', 'e', 'f'].indexOf(id);
    return at < 0 ? undefined : at + 1;
  },
};

const PAGES: readonly (readonly [name: string, asked: Asked, want: string])[] = [
  ['everything', {}, 'managed-1 managed-2 a c e'],
  ['a first page', { MaxItems: 2 }, 'managed-1 managed-2 | managed-2'],
  ['MaxItems as older SDKs write it', { MaxItems: '2', Marker: 'managed-2' }, 'a c | c'],
  ['the last page', { MaxItems: 2, Marker: 'c' }, 'e'],
  ['nothing is left', { Marker: 'e' }, ''],
  ['a managed marker', { MaxItems: 1, Marker: 'managed-1' }, 'managed-2 | managed-2'],
  ['the marker was deleted since', { MaxItems: 1, Marker: 'b' }, 'c | c'],
  ['the marker was the last and was deleted', { Marker: 'f' }, ''],
  ['a marker that never was', { Marker: 'g' }, 'InvalidArgument'],
  ['MaxItems of none', { MaxItems: 0 }, 'InvalidArgument'],
];

for (const [name, asked, want] of PAGES) {
  test(name, () => {
    expect(shown(asked)).toBe(want);
  });
}

/** `items | next marker`, or the error's code. */
function shown(asked: Asked): string {
  try {
    const { head, items } = pageOf(LIVING, asked, (id) => id, positions);
    return [items.join(' '), ...(head.NextMarker === undefined ? [] : [head.NextMarker])].join(' | ');
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}
