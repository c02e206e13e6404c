import { describe, expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { RANGE_BLOCK } from '../../model/assumptions.ts';
import { MIB, SECOND } from '../../model/units.ts';
import { blockAt, blockKey, blockOf, blockRange, headOf } from './blocks.ts';
import { decideDivision, decideRangeFill, type DivisionInput, type RangeFillInput } from './decide-range-fill.ts';
import type { Edition } from './edition.ts';
import type { Freshness } from './stored-response.ts';

const FRESH: Freshness = {
  requestTime: 0,
  responseTime: 0,
  initialAge: 0,
  lifetime: 60 * SECOND,
  staleWhileRevalidate: undefined,
  staleIfError: undefined,
  alwaysRevalidate: false,
};
const EDITION: Edition = { validators: [['etag', '"v1"']], length: 10 * RANGE_BLOCK };

describe('what a request for a part makes of a miss', () => {
  const range = (value: string): Fields => [['range', value]];
  type Change = Partial<Omit<RangeFillInput, 'request'>> & { method?: string };
  const cases: readonly [name: string, fields: Fields, change: Change, want: number | string][] = [
    ['no range', [], {}, 'no-range'],
    ['the beginning', range('bytes=0-9'), {}, 0],
    ['the last octet of a block', range(`bytes=${RANGE_BLOCK - 1}-`), {}, 0],
    ['the first octet of a block', range(`bytes=${RANGE_BLOCK}-`), {}, 1],
    ['a suffix', range('bytes=-5'), {}, 0],
    ['an open range', range(`bytes=${5 * RANGE_BLOCK + 7}-`), {}, 5],
    ['HEAD', range('bytes=0-9'), { method: 'HEAD' }, 'method'],
    ['OPTIONS', range('bytes=0-9'), { method: 'OPTIONS' }, 'method'],
    ['several ranges', range(`bytes=${RANGE_BLOCK}-${RANGE_BLOCK + 1},${9 * RANGE_BLOCK}-`), {}, 1],
    ['another unit', range('lines=0-1'), {}, 'malformed'],
    ['a range that ends before it begins', range('bytes=9-1'), {}, 'malformed'],
    ['RFC 9111 mode', range('bytes=0-9'), { semantics: 'rfc9111' }, 'semantics'],
    ['a stale whole object', range('bytes=0-9'), { stored: { method: 'GET', status: 200 } }, 'stored'],
    ['an expired error', range('bytes=0-9'), { stored: { method: 'GET', status: 404 } }, 0],
    ['a head', range('bytes=0-9'), { stored: { method: 'HEAD', status: 200 } }, 0],
    ['a store too small for blocks', range('bytes=0-9'), { largestObject: RANGE_BLOCK }, 'no-room'],
  ];
  test.each(cases)('%s', (_, fields, { method = 'GET', ...change }, want) => {
    const got = decideRangeFill({
      request: { method, fields },
      semantics: 'cloudfront',
      stored: undefined,
      largestObject: 64 * MIB,
      ...change,
    });
    expect<number | string>(got.kind === 'blocks' ? got.begin : got.reason).toBe(want);
  });
});

describe('what the first part makes of its object', () => {
  const part: DivisionInput['part'] = { kind: 'part', octets: RANGE_BLOCK, length: 10 * RANGE_BLOCK, edition: EDITION };
  const stored: DivisionInput = {
    part,
    storing: { kind: 'store', freshness: FRESH, because: '' },
    compression: { kind: 'as-is', reason: 'compress-off' },
    largest: 64 * MIB,
    hasRoom: true,
  };
  const passed = { kind: 'pass', reason: 'no-store' } as const;
  const compressed = { kind: 'compress', coding: 'gzip', length: 10 } as const;
  const entire = { ...part, octets: 500, length: 500, edition: undefined };
  const loose = { ...part, edition: undefined };
  const cases: readonly [name: string, change: Partial<DivisionInput>, want: string][] = [
    ['an edition that may be stored', {}, 'blocks'],
    ['all there is', { part: entire }, 'entire'],
    ['all there is, not to be stored', { part: entire, storing: passed }, 'entire'],
    ['not to be stored', { storing: passed }, 'pass no-store'],
    ['to be compressed', { compression: compressed }, 'whole compressed'],
    ['no strong validator', { part: loose }, 'whole no-strong-validator'],
    ['no strong validator, too large to keep whole', { part: loose, largest: MIB }, 'pass no-strong-validator'],
    ['no room for the part', { hasRoom: false }, 'pass no-capacity'],
  ];
  test.each(cases)('%s', (_, change, want) => {
    const got = decideDivision({ ...stored, ...change });
    expect('reason' in got ? `${got.kind} ${got.reason}` : got.kind).toBe(want);
  });
});

test('every octet lies in one block, and the blocks end with the object', () => {
  for (const offset of [0, 1, RANGE_BLOCK - 1, RANGE_BLOCK, 7 * RANGE_BLOCK + 5]) {
    const { first, last } = blockRange(blockAt(offset), 8 * RANGE_BLOCK);
    expect([first <= offset && offset <= last, last - first + 1]).toEqual([true, RANGE_BLOCK]);
  }
  expect(blockRange(2, 2 * RANGE_BLOCK + 3)).toEqual({ first: 2 * RANGE_BLOCK, last: 2 * RANGE_BLOCK + 2 });
});

test('a block is forgotten with its object, and knows its edition', () => {
  const fields: Fields = [
    ['etag', '"v1"'],
    ['content-range', 'bytes 0-9/100'],
    ['content-length', '10'],
  ];
  const about = { key: 'E1/film', distributionId: 'E1', uri: '/film', fields, freshness: FRESH, tags: ['a'], banSequence: 1 };
  const head = headOf(about, EDITION);
  expect(head).toMatchObject({
    key: 'E1/film',
    method: 'HEAD',
    status: 200,
    bodyLength: EDITION.length,
    fields: [['etag', '"v1"']],
  });
  const block = blockOf(head, 3, 7);
  expect(block).toMatchObject({ key: blockKey('E1/film', 3), uri: '/film', tags: ['a'], edition: EDITION, banSequence: 7 });
  expect([block.status, block.bodyLength, block.fields.length]).toEqual([206, RANGE_BLOCK, 0]);
});
