/** What the runtimes have: expressions and what they give. Facts: aws-api B8. */
import { describe, expect, test } from 'bun:test';
import { valueOf } from './instance.fixture.ts';

const IMPORTS = `import crypto from 'crypto';\nimport querystring from 'querystring';\nimport cf from 'cloudfront';`;

describe('both runtimes', () => {
  const rows: [expression: string, want: string][] = [
    [
      "require('crypto').createHash('sha256').update('abc').digest('hex')",
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    ],
    ["require('crypto').createHash('md5').update('a').update('bc').digest('base64')", 'kAFQmDzST7DWlj99KOF/cg=='],
    ["require('crypto').createHash('sha1').update('abc').digest('base64url')", 'qZk-NkcGgWq6PiVxeFDCbJzQ2J0'],
    [
      "require('crypto').createHmac('sha256', 'key').update('The quick brown fox jumps over the lazy dog').digest('hex')",
      'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
    ],
    [
      "require('crypto').createHash('sha256').update('\\0é').digest('hex')",
      '7e8d20ac6fc3f5fff436df1f54b0ee0e0b387d4ed998b32231e796d689ceff3b',
    ],
    ["JSON.stringify(require('querystring').parse('a=1&b=2&a=%C3%A9+x&c'))", '{"a":["1","é x"],"b":"2","c":""}'],
    ["require('querystring').stringify({ a: ['1', 2], b: 'é &', c: true })", 'a=1&a=2&b=%C3%A9%20%26&c=true'],
    ["require('querystring').escape('a b') + require('querystring').unescape('%zz%20')", 'a%20b%zz '],
    ['new Date().toISOString()', '2026-11-28T12:00:00.123Z'],
    ['Date.now() - new Date().getTime()', '0'],
    ['new Date()', 'Sat Nov 28 2026 12:00:00 GMT+0000 (UTC)'],
    ['new Date(2026, 0, 2, 3).toISOString()', '2026-01-02T03:00:00.000Z'],
    ["new Date('2026-01-02T03:04:05').getHours()", '3'],
    ["Date.parse('2026-01-02T03:04:05+01:00') - Date.parse('Fri, 02 Jan 2026 02:04:05 GMT')", '0'],
    ['new Date(0).getTimezoneOffset() + typeof Date()', '0string'],
    ['new Date() instanceof Date', 'true'],
    [
      '[typeof eval, typeof Map, typeof Set, typeof Proxy, typeof Reflect, typeof BigInt, typeof setTimeout, typeof fetch, typeof process].join()',
      Array(9).fill('undefined').join(),
    ],
    ['[3, 1, 10, 2].sort().join() + [3, 1, 10, 2].sort(function (a, b) { return a - b }).join()', '1,10,2,31,2,3,10'],
    ["'a-b-c'.split('-').map(function (x) { return x.toUpperCase() }).join('+')", 'A+B+C'],
    ["Array.prototype.slice.call('abc', 1).join()", 'b,c'],
    ["'aXbX'.replace('X', '-').replace(/X/g, function () { return '+' })", 'a-b+'],
    ['`${1 + 1}` + 2 ** 3', '28'],
    ['(function () { return this })() === undefined', 'true'],
    ["encodeURIComponent('é/') + decodeURIComponent('%C3%A9')", '%C3%A9%2Fé'],
    ["JSON.stringify({ a: [1, undefined] }) + JSON.parse('[1,2]').length", '{"a":[1,null]}2'],
  ];
  test.each(rows)('%s', async (expression, want) => {
    expect(await valueOf(expression, 'cloudfront-js-2.0')).toBe(want);
    expect(await valueOf(expression, 'cloudfront-js-1.0')).toBe(want);
  });
});

describe('runtime 2.0', () => {
  const rows: [expression: string, want: string][] = [
    ["Buffer.from('eyJhIjoxfQ', 'base64url')", '{"a":1}'],
    ["JSON.parse(Buffer.from('eyJhIjoxfQ', 'base64url')).a", '1'],
    ["Buffer.from('é').toString('hex') + Buffer.from('c3a9', 'hex') + Buffer.from('é').toString('base64')", 'c3a9éw6k='],
    ["Buffer.from('a\\0b').toString() === 'a\\0b'", 'true'],
    ["Buffer.concat([Buffer.from('a'), Buffer.from([98])]).equals(Buffer.from('ab'))", 'true'],
    ["JSON.stringify(Buffer.from('ab'))", '{"type":"Buffer","data":[97,98]}'],
    [
      "Buffer.alloc(3, 'ab').toString() + Buffer.byteLength('é') + Buffer.isBuffer(Buffer.alloc(1)) + Buffer.isEncoding('hex')",
      'aba2truetrue',
    ],
    [
      "Buffer.from([1, 2, 3, 4]).readUInt32BE(0) + ',' + Buffer.from([255, 255]).readInt16LE() + ',' + Buffer.from([1, 2, 3]).readUIntBE(0, 3)",
      '16909060,-1,66051',
    ],
    [
      "(function () { var b = Buffer.alloc(8); b.writeDoubleBE(1.5); return b.toString('hex') + b.readDoubleBE() })()",
      '3ff80000000000001.5',
    ],
    [
      "Buffer.from('hello').slice(1, 3).toString() + Buffer.from('hello').indexOf('l') + Buffer.from('hello').includes('lo') + Buffer.from('abab').lastIndexOf('ab')",
      'el2true2',
    ],
    ["Buffer.from('abcd').swap16().toString() + Buffer.compare(Buffer.from('a'), Buffer.from('b'))", 'badc-1'],
    ["crypto.createHash('sha1').update('abc').digest().toString('hex')", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ["crypto.createHmac('sha256', Buffer.from('key')).update(new TextEncoder().encode('x')).digest('hex').length", '64'],
    ["new TextDecoder().decode(new TextEncoder().encode('é€😀'))", 'é€😀'],
    ["atob(btoa('\\xff\\x00')).charCodeAt(0) + atob('aGk=')", '255hi'],
    ["'a.b.c'.replaceAll('.', '-') + querystring.stringify({ a: 1 })", 'a-b-ca=1'],
    ['JSON.stringify(cf.edgeLocation)', '{"name":"FRA","serverIp":"192.0.2.1","region":"eu-central-1"}'],
    ['event.request.rawQueryString()', 'ID=42&ID=77&Exp=1619740800&'],
    ['JSON.stringify(Object.keys(event.request))', '["method","uri","querystring","headers","cookies"]'],
    ['(() => { let a = 1; const b = (c) => c + a; return b(1) })()', '2'],
    ['typeof String.bytesFrom', 'undefined'],
  ];
  test.each(rows)('%s', async (expression, want) => expect(await valueOf(expression, 'cloudfront-js-2.0', IMPORTS)).toBe(want));
});

describe('runtime 1.0', () => {
  const rows: [expression: string, want: string][] = [
    ["String.bytesFrom('c3a9', 'hex').length + String.bytesFrom('c3a9', 'hex').fromUTF8()", '2é'],
    ["String.bytesFrom([97, 98]) + 'é'.toUTF8().length + ('€'.toBytes() === null)", 'ab2true'],
    ["String.bytesFrom('aGk', 'base64').toString('hex') + 'x'.toString()", '6869x'],
    ["require('crypto').createHash('sha1').update('abc').digest().length", '20'],
    [
      "typeof Buffer + typeof atob + typeof event.request.rawQueryString + typeof ''.replaceAll",
      'undefinedundefinedundefinedundefined',
    ],
  ];
  test.each(rows)('%s', async (expression, want) => expect(await valueOf(expression, 'cloudfront-js-1.0')).toBe(want));
});

describe('failures are told', () => {
  const rows: [expression: string, want: string][] = [
    ["crypto.createHash('sha512')", 'TypeError: not supported algorithm: "sha512"'],
    ["crypto.createHash('md5').digest('latin1')", 'TypeError: Unknown digest encoding: "latin1"'],
    ["require('fs')", 'Error: Cannot find module "fs"'],
    ['cf.kvs()', 'Error: No key value store is associated with the function'],
    ["Buffer.from('x', 'utf-16')", 'TypeError: Unknown encoding: "utf-16"'],
    ["atob('*')", 'TypeError: invalid character in Base64'],
  ];
  test.each(rows)('%s', async (expression, want) =>
    expect(await valueOf(expression, 'cloudfront-js-2.0', IMPORTS)).toStartWith(`threw: ${want} (`),
  );
});
