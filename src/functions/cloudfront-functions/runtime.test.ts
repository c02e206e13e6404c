/** What the runtimes have: expressions and what they give. Facts: aws-api B8. */
import { describe, expect, test } from 'bun:test';
import { createHmac } from 'node:crypto';
import { callOf, event, instanceOf, valueOf } from './instance.fixture.ts';
import type { Instance } from './instance.ts';
import { packEvent } from './pack-event.ts';

const IMPORTS = `import crypto from 'crypto';\nimport querystring from 'querystring';\nimport cf from 'cloudfront';`;

/** RFC 8392 A.2.2 and A.4. */
const KEY = '403697de87af64611c1d32a05dab0fe1fcb715a86ab435f1ec99192d79569388';
const TOKEN =
  "Buffer.from('d83dd18443a10104a1044c53796d6d65747269633235365850a70175636f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a5610d9f0061a5610d9f007420b7148093101ef6d789200', 'hex')";

function macOf(structure: string): string {
  return createHmac('sha256', 'k').update(Buffer.from(structure, 'hex')).digest('hex');
}

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
    ["Buffer.from(new String('ab')).toString() + Buffer.isEncoding('latin1')", 'abfalse'],
    ['typeof InternalError + typeof console.log + typeof console.error', 'functionfunctionundefined'],
    ["querystring.parse('a=%ff%41+%E2%82&b=%zz').a", '\ufffdA \ufffd'],
    [
      `JSON.stringify(cf.cwt.validateToken(${TOKEN}, { key: Buffer.from('${KEY}', 'hex') }).payload)`,
      '{"1":"coap://as.example.com","2":"erikw","3":"coap://light.example.com","4":1444064944,"5":1443944944,"6":1443944944,"7":{"type":"Buffer","data":[11,113]}}',
    ],
    [`cf.cwt.validateToken(${TOKEN}, { key: Buffer.from('${KEY}', 'hex') }).unprotectedHeaders[4]`, 'Symmetric256'],
    [
      "JSON.stringify(cf.cwt.validateToken(cf.cwt.generateToken({ payload: { 1: 'é', 401: { 1: [-1, 1.5, 2 ** 40, true, null] }, x: 'y' } }, { coseTag: 'MAC0', key: 'k' }), { key: 'k' }))",
      '{"protectedHeaders":{"1":5},"unprotectedHeaders":{},"payload":{"1":"é","401":{"1":[-1,1.5,1099511627776,true,null]},"x":"y"}}',
    ],
    [
      "cf.cwt.generateToken({ coseTag: 'MAC0', cwtTag: true, key: 'k' }, { protected: { 1: '5' }, payload: { 4: 1 } }).toString('hex')",
      `d83dd18443a10105a043a104015820${macOf('84644d41433043a101054043a10401')}`,
    ],
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
    ["String(new MemoryError('x')) + (new MemoryError() instanceof Error)", 'MemoryError: xtrue'],
    [
      "typeof Buffer + typeof atob + typeof event.request.rawQueryString + typeof ''.replaceAll",
      'undefinedundefinedundefinedundefined',
    ],
  ];
  test.each(rows)('%s', async (expression, want) => expect(await valueOf(expression, 'cloudfront-js-1.0')).toBe(want));
});

test('a viewer-response function has no edge location', async () => {
  const code = "import cf from 'cloudfront'; function handler(event) { console.log(cf.edgeLocation); return event.response; }";
  const response = { statusCode: 200, statusDescription: 'OK', headers: '{}', cookies: '{}' };
  expect((await callOf(code, 'cloudfront-js-2.0', event({}, response))).logs).toEqual(['{}']);
});

describe('failures are told', () => {
  const rows: [expression: string, want: string][] = [
    ["crypto.createHash('sha512')", 'TypeError: not supported algorithm: "sha512"'],
    ["crypto.createHash('md5').digest('latin1')", 'TypeError: Unknown digest encoding: "latin1"'],
    ["require('fs')", 'Error: Cannot find module "fs"'],
    ['cf.kvs()', 'Error: No key value store is associated with the function'],
    ["Buffer.from('x', 'utf-16')", 'TypeError: Unknown encoding: "utf-16"'],
    ["atob('*')", 'TypeError: invalid character in Base64'],
    ["Buffer.from('x').toString('latin1')", 'TypeError: Unknown encoding: "latin1"'],
    ["console.error('x')", 'TypeError: not a function'],
    ["cf.cwt.validateToken('x', { key: 'k' })", 'TypeError: cwt: the token must be a Buffer'],
    ["cf.cwt.validateToken(Buffer.alloc(1025), { key: 'k' })", 'Error: cwt: the token is longer than 1024 octets'],
    [`cf.cwt.validateToken(${TOKEN}, { key: 'other' })`, 'Error: cwt: the signature does not match'],
    [`cf.cwt.validateToken(${TOKEN}, {})`, 'Error: cwt: the key must be a string or a Buffer'],
    ["cf.cwt.validateToken(Buffer.from('d18443', 'hex'), { key: 'k' })", 'Error: cwt: the token is cut short'],
    ["cf.cwt.validateToken(Buffer.from('d2840000', 'hex'), { key: 'k' })", 'Error: cwt: the token is no COSE_Mac0'],
    ["cf.cwt.validateToken(Buffer.from('d19bffffffffffffffff', 'hex'), { key: 'k' })", 'Error: cwt: a number is too large'],
    ["cf.cwt.generateToken({ coseTag: 'SIGN1', key: 'k' }, { payload: {} })", 'Error: cwt: coseTag must be MAC0'],
  ];
  test.each(rows)('%s', async (expression, want) =>
    expect(await valueOf(expression, 'cloudfront-js-2.0', IMPORTS)).toStartWith(`threw: ${want} (`),
  );
});

describe('Math.random', () => {
  const code = 'function handler() { return { statusCode: 200, body: [Math.random(), Math.random()].join() }; }';
  const drawn = (instance: Instance, requestId: string): string => {
    const { ending } = instance.call(packEvent({ ...event(), requestId }));
    return ending.kind === 'returned' ? (JSON.parse(ending.text.slice(1)) as { body: string }).body : ending.message;
  };

  test('a request draws its own numbers, the same when it is replayed', async () => {
    const [one, other] = [await instanceOf(code), await instanceOf(`String.prototype.x = 1; ${code}`)];
    expect(drawn(one, 'a==')).toBe(drawn(other, 'a=='));
    const all = Array.from({ length: 50 }, (_, index) => drawn(other, `${index}==`));
    expect(new Set(all.flatMap((pair) => pair.split(','))).size).toBe(100);
  });

  test('they are spread evenly', async () => {
    const instance = await instanceOf(code);
    const sums = { below: 0, first: 0 };
    for (let index = 0; index < 4000; index++) {
      const [first = 0] = drawn(instance, `${index}-4TyzHTaYWb1GX1qTfsHhEqV6HUDd==`).split(',').map(Number);
      sums.first += first;
      if (first < 0.1) sums.below += 1;
    }
    expect(sums.first / 4000).toBeWithin(0.47, 0.53);
    expect(sums.below / 4000).toBeWithin(0.08, 0.12);
  });
});
