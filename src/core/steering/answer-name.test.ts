import { expect, test } from 'bun:test';
import { answerName, type KnownNames } from './answer-name.ts';

const SERVED = new Set(['d1.cloudfront.localhost', 'www.example.com', '*.shop.example.com']);
const known: KnownNames = {
  domainSuffix: 'cloudfront.localhost',
  isServed: (name) => SERVED.has(name),
  addresses: ['192.0.2.1', '2001:db8::1', 'no address'],
};
const here = { kind: 'addresses', v4: ['192.0.2.1'], v6: ['2001:db8::1'] };

const rows: [name: string, want: object][] = [
  ['d1.cloudfront.localhost', here],
  ['D1.CloudFront.localhost.', here],
  ['d2.cloudfront.localhost', { kind: 'no-such-name' }],
  ['cloudfront.localhost', { kind: 'no-such-name' }],
  ['www.example.com', here],
  ['a.shop.example.com', here],
  ['a.b.shop.example.com', { kind: 'refused' }],
  ['example.com', { kind: 'refused' }],
  ['000000000000.cloudfront-kvs.global.api.aws', here],
  ['cloudfront-kvs.global.api.aws', { kind: 'refused' }],
  ['000000000000.localhost', here],
  ['localhost', here],
  ['notlocalhost', { kind: 'refused' }],
  ['', { kind: 'refused' }],
];
test.each(rows)('%s', (name, want) => expect<object>(answerName(name, known)).toEqual(want));
