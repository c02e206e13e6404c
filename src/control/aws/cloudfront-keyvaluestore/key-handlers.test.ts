/** Changes of pairs: what is accepted, what is refused and leaves everything as it was. Facts: data plane 14. */
import { beforeEach, describe, expect, test } from 'bun:test';
import type { UpdateKeysRequest } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { call, controlPlane } from '../cloudfront/control-plane.fixture.ts';
import { ApiError } from '../wire/types.ts';

let keys: ReturnType<typeof controlPlane>['keyHandlers'];
let KvsARN: string;
beforeEach(async () => {
  const plane = controlPlane();
  keys = plane.keyHandlers;
  KvsARN = (await plane.handlers.CreateKeyValueStore!({ Name: 'store' }, call)).KeyValueStore!.ARN!;
});

const describeStore = () => keys.DescribeKeyValueStore!({ KvsARN }, call);
async function update(changes: Pick<UpdateKeysRequest, 'Puts' | 'Deletes'>, IfMatch?: string): Promise<string> {
  try {
    const { ItemCount, TotalSizeInBytes } = await keys.UpdateKeys!(
      { KvsARN, IfMatch: IfMatch ?? (await describeStore()).ETag, ...changes },
      call,
    );
    return `${ItemCount} ${TotalSizeInBytes}`;
  } catch (error) {
    if (error instanceof ApiError) return `${error.code}: ${error.message}`;
    throw error;
  }
}
const put = (Key: string, Value = ''): NonNullable<UpdateKeysRequest['Puts']>[number] => ({ Key, Value });
const numbered = (count: number) => Array.from({ length: count }, (_, n) => put(`${n}`, 'v'));

describe('a change', () => {
  const rows: [name: string, changes: Pick<UpdateKeysRequest, 'Puts' | 'Deletes'>, want: string][] = [
    ['of a key that is there', { Puts: [put('a', 'longer')] }, '2 11'],
    ['of one that is not', { Puts: [put('c', 'é')] }, '3 9'],
    ['of both kinds', { Puts: [put('c')], Deletes: [{ Key: 'a' }] }, '2 5'],
    ['that deletes what is not there', { Deletes: [{ Key: 'none' }] }, '2 6'],
    ['of 50 keys', { Puts: numbered(50) }, '52 146'],
    ['of 51 keys', { Puts: numbered(51) }, 'ValidationException: At most 50 keys can be changed at once, and 51 are named.'],
    ['of 51 keys of both kinds', { Puts: numbered(50), Deletes: [{ Key: 'a' }] }, 'ValidationException: At most 50 keys'],
    ['of keys that begin alike, before NUL', { Puts: [put('a\0b'), put('a\0')] }, '4 11'],
    ['of nothing', {}, 'ValidationException: Puts or Deletes must name at least one key.'],
    ['of a key twice', { Puts: [put('c'), put('c', 'x')] }, 'ValidationException: The key c is named more than once.'],
    ['of a key put and deleted', { Puts: [put('a')], Deletes: [{ Key: 'a' }] }, 'ValidationException: The key a is named more'],
    ['of a key of 513 bytes', { Puts: [put('c'), put('é'.repeat(257))] }, 'ValidationException: The key éé'],
    ['of a value over 1 KB', { Puts: [put('c', 'x'.repeat(1025))] }, 'ValidationException: The value of the key c is longer'],
  ];
  test.each(rows)('%s', async (_name, changes, want) => {
    await update({ Puts: [put('a', '1'), put('b', '234')] });
    const before = await describeStore();
    expect(await update(changes)).toStartWith(want);
    const after = await describeStore();
    if (want.includes('Exception')) expect(after).toEqual(before);
    else expect(after.ETag).not.toBe(before.ETag);
  });

  test('made for another version', async () => {
    const first = (await describeStore()).ETag!;
    await update({ Puts: [put('a', '1')] }, first);
    expect(await update({ Puts: [put('a', '2')] }, first)).toStartWith(
      `ConflictException: If-Match is ${first}, and the key value store is at KV`,
    );
    expect(await update({ Puts: [put('a', '2')] }, 'KVNEVERGIVENOUT')).toStartWith('ConflictException');
    expect(await update({ Puts: [put('a', '2')] }, `"${(await describeStore()).ETag}"`)).toBe('1 2');
  });

  test('that would make the store larger than 5 MB', async () => {
    for (let n = 0; n < 105; n++) {
      const Puts = Array.from({ length: 50 }, (_, m) => put(String(n * 50 + m).padStart(4, '0'), 'x'.repeat(994)));
      expect(await update({ Puts })).not.toContain('Exception');
    }
    const { ItemCount, TotalSizeInBytes } = await describeStore();
    expect([ItemCount, TotalSizeInBytes]).toEqual([5250, 5_239_500]);
    // 3,380 bytes are left.
    const Puts = [...['aaaa', 'bbbb', 'cccc'].map((key) => put(key, 'x'.repeat(1020))), put('dddd', 'x'.repeat(304))];
    expect(await update({ Puts: [...Puts, put('e')] })).toStartWith(
      'ServiceQuotaExceededException: The key value store would have more',
    );
    expect(await update({ Puts })).toBe('5254 5242880');
  });
});

test('pages begin after the last key shown, whatever has become of it', async () => {
  await update({ Puts: ['b', 'é', 'a', 'B', '😀'].map((key) => put(key)) });
  const first = await keys.ListKeys!({ KvsARN, MaxResults: 2 }, call);
  expect(first.Items!.map(({ Key }) => Key)).toEqual(['B', 'a']);
  await update({ Puts: [put('aa')], Deletes: [{ Key: 'a' }] });
  const second = await keys.ListKeys!({ KvsARN, MaxResults: 3, NextToken: first.NextToken }, call);
  expect(second.Items!.map(({ Key }) => Key)).toEqual(['aa', 'b', 'é']);
  const last = await keys.ListKeys!({ KvsARN, NextToken: second.NextToken }, call);
  expect(last).toEqual({ Items: [{ Key: '😀', Value: '' }] });
});
