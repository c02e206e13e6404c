import { expect, test } from 'bun:test';
import { sampleRequest } from '../../test/samples/distribution.ts';
import { sampleVisit } from '../../test/samples/visit.ts';
import { compile } from '../model/compile.ts';
import { createKnownWays } from './known-ways.ts';
import type { MatchedVisit } from './visit.ts';

const TO = { method: 'GET', key: 'key', uri: '/a' } as const;
const snapshot = compile({ version: 1, distributions: [] });
const plain = sampleVisit({ request: sampleRequest(), asked: sampleRequest() });

/** Changes in what is compiled: only their presence is looked at. */
type Compiled<Of> = { readonly [Name in keyof Of]?: unknown };
const of = (changes: Compiled<MatchedVisit['distribution']>): Partial<MatchedVisit> => ({
  distribution: { ...plain.distribution, ...changes } as MatchedVisit['distribution'],
});
const by = (changes: Compiled<MatchedVisit['behavior']>): Partial<MatchedVisit> => ({
  behavior: { ...plain.behavior, ...changes } as MatchedVisit['behavior'],
});

const rows: readonly [string, Partial<MatchedVisit>, boolean][] = [
  ['plain', {}, true],
  ['the country counts', of({ geoRestriction: { kind: 'whitelist', countries: new Set() } }), false],
  ['floods are watched', of({ floods: 'watch' }), false],
  ['floods are limited', of({ floods: 'limit' }), false],
  ['a web ACL', of({ source: { ...plain.distribution.source, webAclId: 'arn' } }), false],
  ['continuous deployment', { deployment: { primaryDistributionId: undefined, setCookie: undefined } }, false],
  ['an error page', { pageOf: { status: 404, fields: [] } }, false],
  ['signatures', by({ signers: {} }), false],
  ['a function', by({ functions: { viewerRequest: {} } }), false],
  ['a function on responses', by({ functions: { viewerResponse: {} } }), true],
  ['a function of Lambda', by({ lambdas: { viewerRequest: {} } }), false],
  ['the key names the place', by({ key: { ...plain.behavior.key, needsPlace: true } }), false],
  ['the request was changed on the way', { asked: sampleRequest({ path: '/b' }) }, false],
];

test.each(rows)('%s', (_name, changes, isKept) => {
  const request = sampleRequest();
  const ways = createKnownWays();
  ways.keep({ ...plain, request, asked: request, ...changes }, snapshot, TO);
  const way = ways.find(request, snapshot);
  expect(way !== undefined).toBe(isKept);
});

test('what is kept is for one snapshot, and for this very request', () => {
  const ways = createKnownWays();
  const request = sampleRequest();
  ways.keep({ ...plain, request, asked: request }, snapshot, TO);
  expect(ways.find(request, snapshot)).toMatchObject({ ...TO, path: plain.path, behavior: plain.behavior });
  expect(ways.find(request, compile({ version: 2, distributions: [] }))).toBeUndefined();
  expect(ways.find(sampleRequest(), snapshot)).toBeUndefined();
});
