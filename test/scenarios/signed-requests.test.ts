/**
 * Private content: signed URLs and signed cookies as the AWS SDK's own signer makes them. Facts 9. What each part of a signature may be is
 * in the tables of src/core/viewer-request/signature; here the edge serves, refuses, caches and forwards.
 */
import { expect } from 'bun:test';
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { behavior, type TestConfig } from '../../src/testing/index.ts';
import { ecdsaKey, PRIVATE, rsaKey, trusting, type SigningKey } from '../samples/signing-keys.ts';
import { scenario, type Scene } from './scenario.ts';

const rsa = rsaKey();
const ecdsa = ecdsaKey();
const options = { ...trusting(rsa, ecdsa), distribution: { DefaultCacheBehavior: PRIVATE } };

const WITH_OPTIONS: TestConfig['DefaultCacheBehavior'] = {
  ...PRIVATE,
  AllowedMethods: { Quantity: 3, Items: ['GET', 'HEAD', 'OPTIONS'] },
};

type Signing = Partial<Parameters<typeof getSignedUrl>[0]>;

/** Path and query, signed for the scene's distribution, valid for a minute unless told otherwise. */
function signed({ domainName, clock }: Scene, path: string, { id, privateKey }: SigningKey, how: Signing = {}): string {
  const dateLessThan = new Date(clock.now() + 60_000);
  const asked = { url: `http://${domainName}${path}`, keyPairId: id, privateKey, dateLessThan, ...how };
  const url = getSignedUrl(asked as Parameters<typeof getSignedUrl>[0]);
  return url.slice(url.indexOf(domainName) + domainName.length);
}

const code = (body: string): string | undefined => /<Code>(.*)<\/Code>/.exec(body)?.[1];

scenario('a canned URL opens what it names, until it expires, and the origin sees nothing of it', options, async (scene) => {
  const { origin, viewer, clock } = scene;
  origin.on('/video.mp4', (tx) => tx.respond(200, { 'cache-control': 'max-age=3600' }, 'film'));
  const path = signed(scene, '/video.mp4', rsa);
  (await viewer.get(path)).expectMiss().expect({ status: 200, body: 'film' });
  expect(origin.lastRequest().target).toBe('/video.mp4');
  (await viewer.get(path)).expectHit();
  (await viewer.get(signed(scene, '/video.mp4', ecdsa, { algorithm: 'SHA256' }))).expectHit();
  clock.advance('59.999s');
  (await viewer.get(path)).expectHit();
  clock.advance(1);
  const refused = await viewer.get(path);
  refused.expectError(403).expect({ headers: { 'content-type': 'text/xml', server: 'CloudFront' } });
  expect(refused.body).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>',
  );
  expect(scene.log.at(-1)?.request.query).toContain('Key-Pair-Id=');
  expect(scene.log.at(-1)?.outcome).toMatchObject({ errorDetail: 'Error', cache: { kind: 'none', refused: 'date/expired' } });
});

scenario('nothing signed: 403 with 146 bytes, whatever the method', options, async ({ origin, viewer }) => {
  origin.on('*', (tx) => tx.respond(200, {}, 'secret'));
  const refused = await viewer.get('/video.mp4');
  refused.expectError(403).expect({ headers: { 'content-length': '146' } });
  expect(code(refused.body)).toBe('MissingKey');
  (await viewer.head('/video.mp4')).expectError(403).expect({ headers: { 'content-length': '146' }, body: '' });
  origin.expectRequests(0);
});

scenario('cookies open what their policy names; a parameter in the URL outweighs them', options, async (scene) => {
  const { origin, viewer, clock, domainName } = scene;
  origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, tx.target));
  const policy = JSON.stringify({
    Statement: [
      {
        Resource: `http://${domainName}/a/*`,
        Condition: { DateLessThan: { 'AWS:EpochTime': Math.floor(clock.now() / 1000) + 60 } },
      },
    ],
  });
  const cookies = getSignedCookies({ keyPairId: rsa.id, privateKey: rsa.privateKey, policy, algorithm: 'SHA256' });
  const cookie = `theme=dark; ${Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')}; odd`;
  (await viewer.get('/a/1.ts', { headers: { cookie } })).expectMiss().expect({ status: 200, body: '/a/1.ts' });
  (await viewer.get('/a/1.ts', { headers: { cookie } })).expectHit();
  (await viewer.get('/b/1.ts', { headers: { cookie } })).expectError(403);
  const byUrl = await viewer.get('/a/1.ts?Expires=1', { headers: { cookie } });
  expect([byUrl.status, code(byUrl.body)]).toEqual([403, 'MissingKey']);
});

const ALL_FORWARDED: TestConfig = {
  DefaultCacheBehavior: {
    ...PRIVATE,
    OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
  },
};

scenario(
  'what is the viewer’s own stays, byte for byte; what signs goes, also where everything is forwarded',
  { ...options, distribution: ALL_FORWARDED },
  async (scene) => {
    const { origin, viewer, domainName } = scene;
    origin.on('*', (tx) => tx.respond(200, {}, 'x'));
    const path = signed(scene, '/a?b=1&c=%20x&B=2', rsa);
    const headers = { cookie: 'sid=1; CloudFront-Policy=x; CloudFront-Other=y' };
    (await viewer.get(path, { headers })).expect({ status: 200 });
    expect(origin.lastRequest().target).toBe('/a?b=1&c=%20x&B=2');
    expect(origin.lastRequest().headers['cookie']).toBe('CloudFront-Other=y; sid=1');
    const [target = '', query = ''] = path.split('?');
    const reordered = query.split('&').toReversed().join('&');
    (await viewer.get(`${target}?${reordered}`)).expectError(403);
    (await viewer.get(`${path}&d=1`)).expectError(403);
    (await viewer.get(path, { host: `${domainName}:8080` })).expectError(403);
    (await viewer.get(path, { host: `${domainName}:80` })).expect({ status: 200 });
  },
);

const forwardsAll = { OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3' };
const errorPage = { ErrorCode: 403, ResponsePagePath: '/public/no.html', ResponseCode: '403' };

scenario(
  'a custom error page answers for a refused signature; paths without signers take the parameters for the viewer’s own',
  {
    ...options,
    distribution: {
      DefaultCacheBehavior: PRIVATE,
      CacheBehaviors: { Quantity: 1, Items: [behavior('/public/*', forwardsAll)] },
      CustomErrorResponses: { Quantity: 1, Items: [errorPage] },
    },
  },
  async ({ origin, viewer }) => {
    origin.on('*', (tx) => tx.respond(200, {}, `for ${tx.target}`));
    (await viewer.get('/film')).expectError(403).expect({ body: 'for /public/no.html' });
    (await viewer.get('/public/a?Expires=1')).expect({ status: 200, body: 'for /public/a?Expires=1' });
  },
);

scenario('the source address is that of the connection, whatever the viewer says', options, async (scene) => {
  const { origin, viewer } = scene;
  origin.on('*', (tx) => tx.respond(200, {}, 'x'));
  (await viewer.get(signed(scene, '/a', rsa, { ipAddress: '127.0.0.0/8' }))).expect({ status: 200 });
  const elsewhere = signed(scene, '/a', rsa, { ipAddress: '192.0.2.7' });
  (await viewer.get(elsewhere, { headers: { 'x-forwarded-for': '192.0.2.7' } })).expectError(403);
});

scenario(
  'a preflight must be signed, too',
  { ...options, distribution: { DefaultCacheBehavior: WITH_OPTIONS } },
  async (scene) => {
    const { origin, viewer } = scene;
    origin.on('*', (tx) => tx.respond(204, {}, ''));
    (await viewer.send('OPTIONS', '/a')).expectError(403);
    (await viewer.send('OPTIONS', signed(scene, '/a', rsa))).expect({ status: 204 });
    origin.expectRequests(1);
  },
);

scenario(
  'a key that no trusted group holds signs nothing',
  { ...trusting(rsa), distribution: { DefaultCacheBehavior: PRIVATE } },
  async (scene) => {
    const refused = await scene.viewer.get(signed(scene, '/a', ecdsa));
    expect([refused.status, code(refused.body)]).toEqual([403, 'InvalidKey']);
    const stolenId = await scene.viewer.get(signed(scene, '/a', { ...ecdsa, id: rsa.id }));
    expect([stolenId.status, code(stolenId.body)]).toEqual([403, 'AccessDenied']);
  },
);

scenario(
  'a redirect to HTTPS keeps the signature, which then counts for HTTPS alone',
  { ...options, distribution: { DefaultCacheBehavior: { ...PRIVATE, ViewerProtocolPolicy: 'redirect-to-https' } } },
  async (scene) => {
    const { origin, viewer, domainName } = scene;
    origin.on('*', (tx) => tx.respond(200, {}, 'x'));
    const forHttps = signed(scene, '/a', rsa, { url: `https://${domainName}/a` });
    const location = (await viewer.get(forHttps)).expect({ status: 301 }).headers['location'];
    expect(location).toBe(`https://${domainName}${forHttps}`);
    (await viewer.get(forHttps, { scheme: 'https' })).expect({ status: 200 });
    (await viewer.get(signed(scene, '/a', rsa), { scheme: 'https' })).expectError(403);
  },
);
