import { describe, expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { editionConditions, editionOf, isSameEdition, type Edition } from './edition.ts';
import { judgePart, partFieldsAsked } from './judge-part.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const OLD = 'Sun, 01 Feb 2026 00:00:00 GMT';
const JUST_NOW = 'Sun, 01 Mar 2026 12:00:00 GMT';
const V1: Edition = { validators: [['etag', '"v1"']], length: 1000 };

describe('which edition a response is of', () => {
  const cases: readonly [name: string, fields: Fields, want: Fields | undefined][] = [
    ['a strong tag', [['etag', '"v1"']], [['etag', '"v1"']]],
    [
      'a strong tag outweighs a date',
      [
        ['etag', '"v1"'],
        ['last-modified', OLD],
      ],
      [['etag', '"v1"']],
    ],
    ['a date of long ago', [['last-modified', OLD]], [['last-modified', OLD]]],
    [
      'a date beside a weak tag',
      [
        ['etag', 'W/"v1"'],
        ['last-modified', OLD],
      ],
      [
        ['last-modified', OLD],
        ['etag', 'W/"v1"'],
      ],
    ],
    ['a weak tag alone', [['etag', 'W/"v1"']], undefined],
    ['a tag that is none', [['etag', 'v1']], undefined],
    ['a date of this second', [['last-modified', JUST_NOW]], undefined],
    [
      'a date of the second it was sent in',
      [
        ['last-modified', OLD],
        ['date', OLD],
      ],
      undefined,
    ],
    ['a date that is none', [['last-modified', 'yesterday']], undefined],
    ['nothing', [], undefined],
  ];
  test.each(cases)('%s', (_, fields, want) => {
    expect(editionOf(fields, 1000, NOW)?.validators).toEqual(want as Fields);
  });
});

describe('whether two editions are the same', () => {
  const weak: Edition = {
    validators: [
      ['last-modified', OLD],
      ['etag', 'W/"a"'],
    ],
    length: 1000,
  };
  const cases: readonly [name: string, one: Edition, other: Edition, want: boolean][] = [
    ['tag and length', V1, { ...V1 }, true],
    ['another tag', V1, { ...V1, validators: [['etag', '"v2"']] }, false],
    ['another length', V1, { ...V1, length: 1001 }, false],
    ['date and weak tag', weak, { ...weak }, true],
    [
      'the same date, another weak tag',
      weak,
      {
        ...weak,
        validators: [
          ['last-modified', OLD],
          ['etag', 'W/"b"'],
        ],
      },
      false,
    ],
    ['a tag where there was a date', { ...V1, validators: [['last-modified', OLD]] }, V1, false],
  ];
  test.each(cases)('%s', (_, one, other, want) => {
    expect(isSameEdition(one, other)).toBe(want);
    expect(isSameEdition(other, one)).toBe(want);
  });
});

test('a part of an edition is asked for under its validator', () => {
  expect(partFieldsAsked({ range: { first: 0, last: 99 }, edition: undefined })).toEqual([['range', 'bytes=0-99']]);
  expect(partFieldsAsked({ range: { first: 0, last: 99 }, edition: V1 })).toEqual([
    ['range', 'bytes=0-99'],
    ['if-match', '"v1"'],
  ]);
  expect(editionConditions({ validators: [['last-modified', OLD]], length: 1 })).toEqual([['if-unmodified-since', OLD]]);
});

describe('whether a response is the part asked for', () => {
  const known = { range: { first: 100, last: 199 }, edition: V1 };
  const last = { range: { first: 900, last: 999 }, edition: V1 };
  const unknown = { range: { first: 100, last: 199 }, edition: undefined };
  const tag: Fields = [['etag', '"v1"']];
  const cases: readonly [
    name: string,
    asked: typeof known | typeof unknown,
    status: number,
    contentRange: string | undefined,
    fields: Fields,
    bodyLength: number | undefined,
    want: string,
  ][] = [
    ['the part', unknown, 206, 'bytes 100-199/1000', tag, 100, 'part'],
    ['the part, chunked', unknown, 206, 'bytes 100-199/1000', tag, undefined, 'part'],
    ['all that is left of a short object', unknown, 206, 'bytes 100-149/150', tag, 50, 'part'],
    ['without a validator', unknown, 206, 'bytes 100-199/1000', [], 100, 'part'],
    ['of a length it does not say', unknown, 206, 'bytes 100-199/*', tag, 100, 'part-of-unknown'],
    ['of a length it does not say any more', known, 206, 'bytes 100-199/*', tag, 100, 'changed'],
    ['another first octet', unknown, 206, 'bytes 101-200/1000', tag, 100, 'refused'],
    ['more than was asked for', unknown, 206, 'bytes 100-200/1000', tag, 101, 'refused'],
    ['more than was asked for, of unknown length', unknown, 206, 'bytes 100-200/*', tag, 101, 'refused'],
    ['less than was asked for', unknown, 206, 'bytes 100-150/1000', tag, 51, 'refused'],
    ['a Content-Length that denies it', unknown, 206, 'bytes 100-199/1000', tag, 99, 'refused'],
    ['no Content-Range', unknown, 206, undefined, tag, 100, 'refused'],
    ['a Content-Range that is none', unknown, 206, 'bytes 199-100/1000', tag, 100, 'refused'],
    ['the part of the edition', known, 206, 'bytes 100-199/1000', tag, 100, 'part'],
    ['the same octets of another edition', known, 206, 'bytes 100-199/1000', [['etag', '"v2"']], 100, 'changed'],
    ['of no edition', known, 206, 'bytes 100-199/1000', [], 100, 'changed'],
    ['of a longer object under the same tag', known, 206, 'bytes 100-199/2000', tag, 100, 'changed'],
    ['of an object that has shrunk', last, 206, 'bytes 900-949/950', tag, 50, 'changed'],
    ['less of the edition than was asked for', known, 206, 'bytes 100-150/1000', tag, 51, 'refused'],
    ['412 under a condition', known, 412, undefined, [], 0, 'changed'],
    ['416 of an edition that was there', known, 416, 'bytes */50', [], 0, 'changed'],
    ['the whole instead of a part', known, 200, undefined, tag, 1000, 'changed'],
    ['gone', known, 404, undefined, [], 0, 'changed'],
    ['an origin that fails', known, 503, undefined, [], 0, 'unranged'],
    ['416', unknown, 416, 'bytes */50', [], 0, 'unsatisfiable'],
    ['the whole', unknown, 200, undefined, tag, 1000, 'unranged'],
    ['a redirect', unknown, 302, undefined, [], 0, 'unranged'],
  ];
  test.each(cases)('%s', (_, asked, status, contentRange, fields, bodyLength, want) => {
    const all: Fields = contentRange === undefined ? fields : [...fields, ['content-range', contentRange]];
    expect<string>(judgePart(asked, { status, fields: all, bodyLength }, NOW).kind).toBe(want);
  });
});
