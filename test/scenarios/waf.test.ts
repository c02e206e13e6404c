import { expect } from 'bun:test';
import { behavior } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';
import { ALLOW, contains, COUNT, LOGGED, protectedBy, rule, WEB_ACL_ARN } from './web-acls.ts';

const ADMIN = [rule('admin', contains('/admin'))];

scenario(
  'who matches a rule that blocks gets 403; the origin is not asked',
  protectedBy(ADMIN),
  async ({ origin, viewer, log }) => {
    origin.on('GET /public', (tx) => tx.respond(200, {}, 'in'));
    (await viewer.get('/admin/x')).expectError(403).expect({ headers: { 'content-type': 'text/html' } });
    (await viewer.get('/public')).expect({ status: 200, body: 'in' });
    origin.expectRequests(1);
    const { outcome } = log[0]!;
    expect([outcome.errorDetail, outcome.cache]).toEqual(['InvalidRequestBlocked', { kind: 'none', refused: 'waf/admin' }]);
  },
);

scenario('what is cached is inspected, too', protectedBy([]), async ({ origin, viewer, updateWaf }) => {
  origin.on('GET /admin', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'cached'));
  (await viewer.get('/admin')).expectMiss();
  (await viewer.get('/admin')).expectHit();
  updateWaf(protectedBy(ADMIN).waf);
  (await viewer.get('/admin')).expectError(403);
});

const RESPONSE = {
  status: 429,
  bodyKey: 'page',
  headers: [
    { name: 'Retry-After', value: '9' },
    { name: 'Content-Length', value: '99' },
  ],
};
const PAGE = { kind: 'block', response: RESPONSE } as const;
const BODIES = { customResponseBodies: { page: { contentType: 'APPLICATION_JSON', content: '{"no":1}' } } } as const;

scenario(
  'a custom response says what is configured',
  protectedBy([rule('r', contains('/x'), PAGE)], BODIES),
  async ({ viewer }) => {
    const headers = { 'content-type': 'application/json', 'retry-after': '9' };
    (await viewer.get('/x')).expectError(429).expect({ body: '{"no":1}', headers });
    (await viewer.head('/x')).expect({ status: 429, body: '', headers });
  },
);

scenario('a custom error page stands for a plain block alone', protectedBy([]), async ({ origin, viewer, update, updateWaf }) => {
  origin.on('GET /sorry', (tx) => tx.respond(200, {}, 'sorry'));
  const own = { kind: 'block', response: { ...RESPONSE, status: 403 } } as const;
  updateWaf(protectedBy([rule('a', contains('/a')), rule('b', contains('/b'), own)], BODIES).waf);
  const page = { ErrorCode: 403, ResponsePagePath: '/sorry', ResponseCode: '200' };
  update({ WebACLId: WEB_ACL_ARN, CustomErrorResponses: { Quantity: 1, Items: [page] } });
  (await viewer.get('/a')).expectError(200).expect({ body: 'sorry' });
  (await viewer.get('/b')).expectError(403).expect({ body: '{"no":1}' });
});

const MARK = [rule('mark', contains('/'), { kind: 'count', insertHeaders: [{ name: 'Seen', value: 'yes' }] })];
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

scenario(
  'headers that a rule inserts reach the origin as policies have it',
  protectedBy(MARK),
  async ({ origin, viewer, update }) => {
    const seen: (string | undefined)[] = [];
    for (const path of ['/a', '/b']) {
      origin.on(`GET ${path}`, (tx) => {
        seen.push(tx.headers['x-amzn-waf-seen']);
        return tx.respond(200, {}, '');
      });
    }
    update({ WebACLId: WEB_ACL_ARN, DefaultCacheBehavior: { OriginRequestPolicyId: ALL_VIEWER } });
    await viewer.get('/a', { headers: { 'x-amzn-waf-seen': 'forged' } });
    update({ WebACLId: WEB_ACL_ARN });
    await viewer.get('/b');
    expect(seen).toEqual(['yes', undefined]);
  },
);

scenario(
  'WAF comes after the country and before the cache behavior',
  protectedBy(ADMIN, LOGGED),
  async ({ viewer, update, wafLog }) => {
    const secure = { Quantity: 1, Items: [behavior('/admin', { ViewerProtocolPolicy: 'https-only' })] };
    update({ WebACLId: WEB_ACL_ARN, CacheBehaviors: secure });
    await viewer.send('POST', '/admin', { body: 'x' });
    expect(wafLog.length).toBe(1);
  },
);

scenario(
  'a web ACL that is not there lets nothing in',
  { distribution: { WebACLId: WEB_ACL_ARN } },
  async ({ origin, viewer }) => {
    (await viewer.get('/')).expectError(403);
    origin.expectRequests(0);
  },
);

const BROKEN = [rule('list', { kind: 'ipSet', arn: 'arn:gone', forwarded: undefined }, ALLOW)];

scenario('a web ACL that cannot be used lets nothing in, and says so', protectedBy(BROKEN), async ({ viewer, reports }) => {
  (await viewer.get('/')).expectError(403);
  expect(reports.join()).toContain('there is no IP set arn:gone');
});

const LABELS = [rule('c', contains('/'), COUNT, { labels: ['x'] }), rule('l', { kind: 'labelMatch', scope: 'LABEL', key: 'x' })];

scenario('a rule that counts lets the request go on, with its label', protectedBy(LABELS), async ({ viewer }) => {
  (await viewer.get('/')).expectError(403);
});
