/**
 * What an edge says that it would do is what it does: requests of every kind are explained, then sent, and the access log and the origin
 * are held against the explanation. src/edge/inspect.ts walks beside src/edge/serve.ts; this is what keeps them together.
 */
import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { expect } from 'bun:test';
import { behavior, type Explanation, type TestEdgeOptions } from '../../src/testing/index.ts';
import type { LogEntry } from '../../src/adapters/log/memory-log.ts';
import type { OriginRequestSeen } from '../../src/testing/test-origin.ts';
import { PRIVATE, rsaKey, trusting } from '../samples/signing-keys.ts';
import { cachePolicy } from './explain-policies.ts';
import { ORIGIN_DECIDES, originDecides } from './policies.ts';
import { scenario, type Scene } from './scenario.ts';

const key = rsaKey();

const SPLIT = '33333333-3333-4333-8333-333333333333';
const PLACED = '44444444-4444-4444-8444-444444444444';
const VIEWER_AND_CLOUDFRONT_HEADERS = '33f36d7e-f396-46d9-90e0-52428a34d9dc';
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL = { Quantity: 7, Items: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'] } as const;

function options(semantics: 'cloudfront' | 'rfc9111'): TestEdgeOptions {
  const methods = {
    ...ALL,
    Items: [...ALL.Items],
    CachedMethods: { Quantity: 3, Items: ['GET' as const, 'HEAD' as const, 'OPTIONS' as const] },
  };
  const items = [
    behavior('/off/*', { CachePolicyId: CACHING_DISABLED }),
    behavior('/app/*', { ViewerProtocolPolicy: 'redirect-to-https' }),
    behavior('/https/*', { ViewerProtocolPolicy: 'https-only' }),
    behavior('/split/*', { CachePolicyId: SPLIT, AllowedMethods: methods }),
    behavior('/private/*', { CachePolicyId: SPLIT, ...PRIVATE }),
    behavior('/placed/*', { CachePolicyId: PLACED }),
    behavior('/told/*', { CachePolicyId: ORIGIN_DECIDES, OriginRequestPolicyId: VIEWER_AND_CLOUDFRONT_HEADERS }),
  ];
  const split = cachePolicy({ query: 'all', cookies: 'all', headers: ['Accept-Language'], gzip: true, minTtl: 5 });
  return {
    cachePolicies: { ...originDecides, [SPLIT]: split, [PLACED]: cachePolicy({ headers: ['CloudFront-Viewer-Country'] }) },
    ...trusting(key),
    places: { '127.0.0.1': { country: 'DE', city: 'Köln' } },
    tags: { 'warmfront:cache-semantics': semantics },
    distribution: {
      DefaultRootObject: 'index.html',
      DefaultCacheBehavior: { CachePolicyId: ORIGIN_DECIDES },
      CacheBehaviors: { Quantity: items.length, Items: items },
    },
  };
}

/** For a day of the virtual clock's, which begins with 2026. */
const SIGNED = getSignedUrl({
  url: 'http://d0123456789abc.cloudfront.localhost/private/a?b=1',
  keyPairId: key.id,
  privateKey: key.privateKey,
  dateLessThan: new Date('2026-01-02'),
}).replace(/^http:..[^/]*/, '');

type Request = readonly [method: string, path: string, headers?: Readonly<Record<string, string>>];

/** In order; each is sent twice, and the clock moves between. */
const REQUESTS: readonly Request[] = [
  ['GET', '/'],
  ['GET', '/fresh?b=1&a=2'],
  ['HEAD', '/fresh?b=1&a=2'],
  ['GET', '/fresh?b=1&a=2', { range: 'bytes=1-2', 'if-none-match': '"other"' }],
  ['GET', '/fresh?b=1&a=2', { 'cache-control': 'no-cache', pragma: 'no-cache' }],
  ['GET', '/fresh?b=1&a=2', { 'cache-control': 'only-if-cached' }],
  ['GET', '/never', { 'cache-control': 'only-if-cached' }],
  ['GET', '/no-store'],
  ['GET', '/no-cache', { authorization: 'Basic eA==' }],
  ['GET', '/swr'],
  ['GET', '/varies', { 'accept-language': 'de' }],
  ['GET', '/varies', { 'accept-language': 'fr' }],
  ['HEAD', '/head-first'],
  ['GET', '/head-first'],
  ['GET', '/split/a?utm_source=x', { cookie: 'b=2; a=1', 'accept-language': 'de', 'accept-encoding': 'br, gzip;q=0.5' }],
  ['GET', '/split/a', { 'accept-encoding': 'gzip', 'user-agent': 'curl/8' }],
  ['OPTIONS', '/split/a', { origin: 'https://a.test' }],
  ['POST', '/split/a', { 'content-type': 'text/plain', 'x-any': '1' }],
  ['DELETE', '/fresh'],
  ['GET', '/off/a', { range: 'bytes=0-1', authorization: 'Basic eA==' }],
  ['GET', '/app/a'],
  ['GET', '/https/a'],
  ['GET', '/placed/a', { 'cloudfront-viewer-country': 'FR' }],
  ['GET', '/told/a', { 'user-agent': 'curl/8' }],
  ['GET', '/private/a?b=1'],
  ['GET', SIGNED],
  ['GET', SIGNED.replace('Expires', 'Expirez')],
  ['GET', '/missing'],
];

const STEPS = ['0s', '1s', '8s', '60s', '2d'] as const;

for (const semantics of ['cloudfront', 'rfc9111'] as const) {
  scenario(`${semantics}: explained, then served: the same`, options(semantics), async (scene) => {
    scriptOrigin(scene);
    for (const step of STEPS) {
      scene.clock.advance(step);
      if (step === '8s') scene.invalidate('/fresh*', '/split/*');
      if (step === '60s') scene.softPurge('/swr', '/split/a');
      for (const request of [...REQUESTS, ...REQUESTS]) await explainedThenServed(scene, request, step);
    }
  });
}

function scriptOrigin({ origin }: Scene): void {
  const fields: Readonly<Record<string, Record<string, string>>> = {
    '/no-store': { 'cache-control': 'no-store' },
    '/no-cache': { 'cache-control': 'no-cache' },
    '/swr': { 'cache-control': 'max-age=5, stale-while-revalidate=5' },
    '/varies': { 'cache-control': 'max-age=30', vary: 'Accept-Language' },
  };
  origin.on('/missing', (tx) => tx.respond(404, {}, 'no'));
  origin.on('*', (tx) => {
    const path = tx.target.split('?')[0] ?? '';
    tx.respond(
      200,
      { etag: `"${path}"`, 'cache-control': 'max-age=20', 'content-type': 'text/plain', ...fields[path] },
      'a body',
    );
  });
}

async function explainedThenServed(scene: Scene, [method, path, headers = {}]: Request, step: string): Promise<void> {
  const { explain, viewer, log, origin, settled } = scene;
  const explanation = await explain(path, { method, headers });
  const [before, asked] = [log.length, origin.requests.length];
  await viewer.send(method, path, { headers });
  await settled();
  const entry = log[before];
  if (entry === undefined) throw new Error(`${method} ${path} has left no line in the log`);
  const about = `${step} ${method} ${path} ${JSON.stringify(headers)}`;
  expect({ about, ...told(explanation) }).toEqual({ about, ...served(entry, explanation) });
  expect({ about, ...toldOrigin(explanation) }).toEqual({ about, ...seen(origin.requests[asked], explanation) });
}

function told({ verdict, cacheKey, cacheBehavior, distribution }: Explanation): Record<string, unknown> {
  return {
    kind: verdict.kind === 'revalidate' || verdict.kind === 'pass' ? 'miss' : verdict.kind,
    reason: verdict.kind === 'redirect' || verdict.kind === 'refused' ? undefined : verdict.reason,
    status: verdict.status,
    key: cacheKey?.key,
    pathPattern: cacheBehavior?.pathPattern,
    distributionId: distribution.kind === 'matched' ? distribution.id : undefined,
  };
}

function served({ outcome }: LogEntry, { verdict }: Explanation): Record<string, unknown> {
  const { cache, redirected, status, cacheKey, pathPattern, distributionId } = outcome;
  return {
    ...servedAs(cache, redirected, verdict),
    status: cache.kind === 'none' ? status : undefined,
    key: cacheKey,
    pathPattern,
    distributionId,
  };
}

function servedAs(cache: LogEntry['outcome']['cache'], redirected: boolean, verdict: Explanation['verdict']) {
  switch (cache.kind) {
    case 'none':
      return { kind: redirected ? 'redirect' : 'refused', reason: undefined };
    case 'hit':
      return { kind: 'hit', reason: 'hit' };
    case 'revalidated':
      // A 304 does not say any more why it was asked for; that it was, is told as a question.
      return { kind: verdict.kind === 'revalidate' ? 'miss' : 'revalidated', reason: verdict.reason };
    case 'hit-stale':
    case 'collapsed':
    case 'miss':
      return { kind: cache.kind, reason: cache.reason };
  }
}

function toldOrigin({ origin, verdict }: Explanation): Record<string, unknown> {
  const isAsked = origin?.wouldBeAsked === true || verdict.reason === 'stale-while-revalidate';
  if (origin === undefined || !isAsked) return { asked: false };
  const fields = origin.fields.filter(({ name }) => !OF_ONE_REQUEST.has(name) && !isCondition(name, verdict));
  return {
    asked: true,
    method: origin.method,
    target: origin.target,
    fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
  };
}

/** The id, and the port that the viewer happens to have. */
const OF_ONE_REQUEST = new Set(['x-amz-cf-id', 'cloudfront-viewer-address']);

const FRAMING = new Set(['host', 'connection', 'content-length', 'transfer-encoding', ...OF_ONE_REQUEST]);

function seen(request: OriginRequestSeen | undefined, { verdict }: Explanation): Record<string, unknown> {
  if (request === undefined) return { asked: false };
  const fields = Object.entries(request.headers).filter(([name]) => !FRAMING.has(name) && !isCondition(name, verdict));
  return { asked: true, method: request.method, target: request.target, fields: Object.fromEntries(fields) };
}

/** The conditions of a renewal beside a stale answer are not told: it is not this request's. */
function isCondition(name: string, verdict: Explanation['verdict']): boolean {
  return verdict.kind === 'hit-stale' && name.startsWith('if-');
}
