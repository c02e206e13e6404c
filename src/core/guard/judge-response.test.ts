import { describe, expect, test } from 'bun:test';
import type { Field } from '../../http/fields.ts';
import { judgeResponse } from './judge-response.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

const SESSION: UnkeyedInput = { kind: 'cookie', name: 'session', value: 'alice' };
const COUNTED: UnkeyedInput = { kind: 'cookie', name: '_ga', value: 'GA1.2.1234567890.1690000000' };
const CODINGS: UnkeyedInput = { kind: 'header', name: 'accept-encoding', value: 'br' };
const BEARER: UnkeyedInput = { kind: 'header', name: 'authorization', value: 'Bearer abc' };
const HTML: Field = ['content-type', 'text/html'];
const CSS: Field = ['content-type', 'text/css; charset=utf-8'];

type Row = [
  name: string,
  inputs: readonly UnkeyedInput[],
  path: string,
  status: number,
  fields: readonly Field[],
  want: readonly string[],
];

function judge(...[inputs, path, status, fields]: [Row[1], Row[2], Row[3], Row[4]]): readonly string[] {
  return judgeResponse(inputs, path, { status, fields }).map(({ rule, certainty }) => `${rule} ${certainty}`);
}

const PERSONAL = 'personal-response certain';
const PERHAPS_PERSONAL = 'personal-response likely';
const CONFUSED = 'path-confusion certain';

describe('for one viewer', () => {
  const rows: Row[] = [
    ['a plain page', [], '/', 200, [HTML], []],
    ['visits are counted', [COUNTED], '/', 200, [HTML], []],
    ['a session, and nothing said', [SESSION], '/', 200, [HTML], [PERHAPS_PERSONAL]],
    ['private, overruled', [], '/', 200, [HTML, ['cache-control', 'private']], [PERHAPS_PERSONAL]],
    ['private to a session', [COUNTED], '/', 200, [HTML, ['cache-control', 'private']], [PERSONAL]],
    ['no-store to a session', [COUNTED], '/', 200, [HTML, ['cache-control', 'no-store']], [PERSONAL]],
    ['private="set-cookie" says nothing of the rest', [COUNTED], '/', 200, [HTML, ['cache-control', 'private="set-cookie"']], []],
    ['a new session', [], '/', 200, [HTML, ['set-cookie', 'sid=5f2e8a7c9b1d4e3f6a0c; Path=/']], [PERSONAL]],
    [
      'a new session, meant for all',
      [],
      '/',
      200,
      [
        ['cache-control', 'public'],
        ['set-cookie', 'sid=5f2e8a7c9b1d4e3f6a0c'],
      ],
      [PERHAPS_PERSONAL],
    ],
    ['stickiness', [], '/', 200, [['set-cookie', 'AWSALB=5f2e8a7c9b1d4e3f6a0c']], [PERHAPS_PERSONAL]],
    ['a language', [], '/', 200, [['set-cookie', 'lang=en']], [PERHAPS_PERSONAL]],
    ['a coding that nobody keyed', [CODINGS], '/', 200, [HTML, ['content-encoding', 'br']], ['reflected-input likely']],
    ['no coding', [CODINGS], '/', 200, [HTML], []],
    ['Authorization', [BEARER], '/', 200, [HTML], [PERSONAL]],
    ['Authorization, and public', [BEARER], '/', 200, [HTML, ['cache-control', 'public, max-age=60']], [PERHAPS_PERSONAL]],
    ['Authorization, and a lifetime', [BEARER], '/', 200, [HTML, ['cache-control', 'max-age=60']], [PERHAPS_PERSONAL]],
    ['Authorization, refused', [BEARER], '/', 404, [HTML], []],
    ['Vary: Cookie', [SESSION], '/', 200, [HTML, ['vary', 'Accept-Encoding, Cookie']], [PERSONAL]],
    ['Vary: Cookie, to who counts visits', [COUNTED], '/', 200, [HTML, ['vary', 'Cookie']], []],
  ];
  test.each(rows)('%s', (_, inputs, path, status, fields, want) => expect(judge(inputs, path, status, fields)).toEqual(want));
});

describe('paths that pass for files', () => {
  const rows: Row[] = [
    ['a style sheet', [COUNTED], '/a.css', 200, [CSS], []],
    ['a page for a style sheet', [COUNTED], '/account/a.css', 200, [HTML], [CONFUSED]],
    ['the same, and nobody is known', [], '/account/a.css', 200, [HTML], ['path-confusion likely']],
    ['no type', [COUNTED], '/account/a.css', 200, [], [CONFUSED]],
    ['no type, and nobody is known', [], '/account/a.css', 200, [], []],
    ['octets', [COUNTED], '/a.css', 200, [['content-type', 'application/octet-stream']], []],
    ['an error page', [COUNTED], '/a.css', 404, [HTML], []],
    ['JSON for a script', [COUNTED], '/a.js', 200, [['content-type', 'application/json']], [CONFUSED]],
    ['a source map', [COUNTED], '/a.js.map', 200, [['content-type', 'application/json']], []],
    ['an image of another kind', [COUNTED], '/a.png', 200, [['content-type', 'image/webp']], []],
    ['an extension in capitals', [COUNTED], '/a.CSS', 200, [HTML], [CONFUSED]],
    ['encoded dot segments', [COUNTED], '/static/%2e%2e/account', 200, [HTML], [CONFUSED]],
    ['an encoded slash after dots', [COUNTED], '/static/..%2faccount', 200, [HTML], [CONFUSED]],
    ['a backslash', [COUNTED], '/static\\account', 200, [HTML], [CONFUSED]],
    ['an encoded slash alone', [COUNTED], '/wiki/A%2fB', 200, [HTML], ['path-confusion likely']],
    ['an encoded slash in the name of a picture', [COUNTED], '/a%2fb', 200, [['content-type', 'image/png']], []],
    ['nobody is known', [], '/static/..%2faccount', 200, [HTML], []],
  ];
  test.each(rows)('%s', (_, inputs, path, status, fields, want) => expect(judge(inputs, path, status, fields)).toEqual(want));
});

describe('errors that a request may have caused', () => {
  const input = (name: string, value: string): UnkeyedInput => ({ kind: 'header', name, value });
  const CAUSED = 'error-by-input certain';
  const rows: Row[] = [
    ['a large field', [input('x-a', 'a'.repeat(4097))], '/', 400, [], [CAUSED]],
    ['a large field, no error', [input('x-a', 'a'.repeat(4097))], '/', 200, [], []],
    ['many fields', [1, 2, 3].map((index) => input(`x-${index}`, 'a'.repeat(3000))), '/', 431, [], [CAUSED]],
    ['octets beyond ASCII', [input('x-a', '\xff')], '/', 404, [], [CAUSED]],
    ['a field that nobody knows', [input('x-a', '1')], '/', 404, [], ['error-by-input likely']],
    ['a field that nobody knows, and overload', [input('x-a', '1')], '/', 503, [], []],
    ['a parameter', [{ kind: 'query', name: 'page', value: 'x' }], '/', 404, [], ['error-by-input likely']],
    ['a tracking parameter', [{ kind: 'query', name: 'utm_source', value: 'x' }], '/', 404, [], []],
    ['ordinary fields', [input('accept', '*/*'), input('sec-ch-ua', '"a"'), input('referer', '/')], '/', 404, [], []],
  ];
  test.each(rows)('%s', (_, inputs, path, status, fields, want) => expect(judge(inputs, path, status, fields)).toEqual(want));
});
