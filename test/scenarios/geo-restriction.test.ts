/**
 * Geo restriction: whom the distribution answers to, by country, before anything else is judged. Facts 10.1, 1.1 stage 6.
 */
import { expect } from 'bun:test';
import type { TestConfig } from '../../src/testing/index.ts';
import { PRIVATE, rsaKey, trusting } from '../samples/signing-keys.ts';
import { scenario } from './scenario.ts';

const places = { '192.0.2.1': { country: 'DE' }, '2001:db8::1': { country: 'DE' }, '192.0.2.2': { country: 'FR' } };
const only = (kind: 'whitelist' | 'blacklist', ...Items: string[]): TestConfig => ({
  Restrictions: { GeoRestriction: { RestrictionType: kind, Quantity: Items.length, Items } },
});

scenario(
  'a whitelist answers to its countries, and to who cannot be placed',
  { places, distribution: only('whitelist', 'DE') },
  async (scene) => {
    const { origin, viewer, log } = scene;
    origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'x'));
    (await viewer.get('/', { from: '192.0.2.1' })).expectMiss();
    (await viewer.get('/', { from: '2001:db8::1' })).expectHit();
    (await viewer.get('/', { from: '10.0.0.1' })).expectHit();
    const refused = await viewer.get('/', { from: '192.0.2.2', headers: { 'x-forwarded-for': '192.0.2.1' } });
    refused.expectError(403).expect({ headers: { 'content-type': 'text/html' } });
    expect(refused.body).toContain('configured to block access from your country.');
    expect(log.at(-1)).toMatchObject({
      outcome: { errorDetail: 'ClientGeoBlocked', cache: { kind: 'none', refused: 'country' } },
      request: { viewerAddress: '192.0.2.2' },
    });
    (await viewer.head('/', { from: '192.0.2.2' })).expectError(403).expect({ body: '' });
    origin.expectRequests(1);
  },
);

scenario(
  'a blacklist, with a page of its own for those it refuses',
  {
    places,
    distribution: {
      ...only('blacklist', 'FR'),
      CustomErrorResponses: { Quantity: 1, Items: [{ ErrorCode: 403, ResponsePagePath: '/no.html', ResponseCode: '403' }] },
    },
  },
  async ({ origin, viewer }) => {
    origin.on('*', (tx) => tx.respond(200, {}, `for ${tx.target}`));
    (await viewer.get('/a', { from: '192.0.2.2' })).expectError(403).expect({ body: 'for /no.html' });
    (await viewer.get('/a', { from: '192.0.2.1' })).expect({ status: 200, body: 'for /a' });
  },
);

const key = rsaKey();

scenario(
  'the country is judged before the redirect, the method and the signature',
  {
    places,
    ...trusting(key),
    distribution: { ...only('blacklist', 'FR'), DefaultCacheBehavior: { ...PRIVATE, ViewerProtocolPolicy: 'redirect-to-https' } },
  },
  async ({ viewer, explain }) => {
    const geo = 'configured to block access';
    expect((await viewer.get('/a', { from: '192.0.2.2' })).body).toContain(geo);
    expect((await viewer.send('POST', '/a', { from: '192.0.2.2' })).body).toContain(geo);
    expect((await viewer.get('/a', { from: '192.0.2.2', scheme: 'https' })).body).toContain(geo);
    (await viewer.get('/a', { from: '192.0.2.1' })).expect({ status: 301 });
    (await viewer.get('/a', { from: '192.0.2.1', scheme: 'https' })).expect({
      status: 403,
      headers: { 'content-type': 'text/xml' },
    });
    const { verdict, steps } = await explain('/a', { from: '192.0.2.2' });
    expect(verdict).toMatchObject({ kind: 'refused', reason: 'geo-restriction', status: 403 });
    expect(steps).toEqual([{ step: 'geo-restriction', decision: 'refused', sentence: 'blacklist of FR: the viewer is in FR' }]);
  },
);

scenario('the field that says where the kit’s viewer is goes no further', { places }, async ({ origin, viewer }) => {
  origin.on('*', (tx) => tx.respond(200, {}, 'x'));
  (await viewer.get('/a', { from: '192.0.2.1' })).expect({ status: 200 });
  expect(origin.lastRequest().headers).toMatchObject({ 'x-forwarded-for': '192.0.2.1' });
  expect(Object.keys(origin.lastRequest().headers).filter((name) => name.startsWith('x-warmfront'))).toEqual([]);
});
