/**
 * The headers that say where the viewer is: in the key, to the origin, and never the viewer's own. Facts 7.3 and 3.8.
 */
import { expect } from 'bun:test';
import type { TestConfig, ViewerPlace } from '../../src/testing/index.ts';
import { cachePolicy } from './explain-policies.ts';
import { ORIGIN_DECIDES, originDecides } from './policies.ts';
import { scenario } from './scenario.ts';

const BY_COUNTRY = '33333333-3333-4333-8333-333333333333';
const VIEWER_AND_CLOUDFRONT_HEADERS = '33f36d7e-f396-46d9-90e0-52428a34d9dc';

const cachePolicies = { ...originDecides, [BY_COUNTRY]: cachePolicy({ headers: ['CloudFront-Viewer-Country'] }) };
const byCountry: TestConfig = { DefaultCacheBehavior: { CachePolicyId: BY_COUNTRY } };

const travelling: Record<string, ViewerPlace> = {};

scenario(
  'a country in the key splits the cache and is sent to the origin; nowhere is a place of its own',
  { cachePolicies, distribution: byCountry, places: travelling },
  async ({ origin, viewer, explain }) => {
    origin.on('/shop', (tx) => tx.respond(200, {}, `for ${tx.headers['cloudfront-viewer-country'] ?? 'all'}`));
    const from = async (place: ViewerPlace, body: string, visit: 'miss' | 'hit'): Promise<void> => {
      travelling['127.0.0.1'] = place;
      const response = await viewer.get('/shop', { headers: { 'cloudfront-viewer-country': 'XX' } });
      (visit === 'hit' ? response.expectHit() : response.expectMiss()).expect({ status: 200, body });
    };
    await from({ country: 'DE', city: 'Berlin' }, 'for DE', 'miss');
    await from({ country: 'FR' }, 'for FR', 'miss');
    const { cacheKey } = await explain('/shop');
    expect(cacheKey?.parts.find(({ name }) => name === 'cloudfront-viewer-country')?.value).toBe('FR');
    await from({ country: 'DE', city: 'Bonn' }, 'for DE', 'hit');
    await from({}, 'for all', 'miss');
    await from({}, 'for all', 'hit');
    expect(origin.requests.map(({ headers }) => headers['cloudfront-viewer-city'])).toEqual([undefined, undefined, undefined]);
  },
);

const TOLD = {
  cachePolicies,
  distribution: {
    DefaultCacheBehavior: { CachePolicyId: ORIGIN_DECIDES, OriginRequestPolicyId: VIEWER_AND_CLOUDFRONT_HEADERS },
  },
} as const;

const GEO = /^cloudfront-viewer-(asn|city|country|latitude|longitude|metro|postal|time)/;
const geoHeaders = (headers: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => GEO.test(name)));

const SAO_PAULO: ViewerPlace = {
  country: 'BR',
  countryName: 'Brazil',
  region: 'SP',
  regionName: 'São Paulo',
  city: 'São Paulo',
  latitude: -23.5,
  longitude: -46.63331,
  postalCode: '01000-000',
  timeZone: 'America/Sao_Paulo',
  asn: 12741,
};

scenario(
  'AllViewerAndCloudFrontHeaders-2022-06 sends all that is known, outside the key',
  { ...TOLD, places: { '127.0.0.1': SAO_PAULO } },
  async ({ origin, viewer }) => {
    origin.on('/', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'x'));
    (await viewer.get('/', { headers: { 'cloudfront-viewer-metro-code': '510' } })).expectMiss();
    (await viewer.get('/')).expectHit();
    expect(geoHeaders(origin.lastRequest().headers)).toEqual({
      'cloudfront-viewer-asn': '12741',
      'cloudfront-viewer-city': 'S%C3%A3o%20Paulo',
      'cloudfront-viewer-country': 'BR',
      'cloudfront-viewer-country-name': 'Brazil',
      'cloudfront-viewer-country-region': 'SP',
      'cloudfront-viewer-country-region-name': 'S%C3%A3o Paulo',
      'cloudfront-viewer-latitude': '-23.50000',
      'cloudfront-viewer-longitude': '-46.63331',
      'cloudfront-viewer-postal-code': '01000-000',
      'cloudfront-viewer-time-zone': 'America/Sao_Paulo',
    });
  },
);

scenario('of an unknown place none is sent, whatever the viewer claims', TOLD, async ({ origin, viewer }) => {
  origin.on('/', (tx) => tx.respond(200, {}, 'x'));
  await viewer.get('/', { headers: { 'cloudfront-viewer-country': 'XX', 'cloudfront-viewer-city': 'Nowhere' } });
  expect(geoHeaders(origin.lastRequest().headers)).toEqual({});
});
