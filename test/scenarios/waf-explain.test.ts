import { expect } from 'bun:test';
import { scenario } from './scenario.ts';
import { CHALLENGE, contains, COUNT, limit, protectedBy, rule, WEB_ACL_ARN } from './web-acls.ts';

const MARKED = { kind: 'count', insertHeaders: [{ name: 'seen', value: '1' }] } as const;
const RULES = [
  rule('seen', contains('/'), MARKED, { labels: ['seen'] }),
  rule('admin', contains('adm', { kind: 'allQueryArguments' })),
  rule('robot', contains('/robot'), CHALLENGE),
  rule('often', limit(10), COUNT),
];
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

scenario(
  'explain says which rule refuses, where, and counts nothing',
  protectedBy(RULES),
  async ({ explain, origin, viewer, update }) => {
    origin.on('*', (tx) => tx.respond(200, {}, ''));
    for (let at = 0; at < 20; at++) await explain('/');
    const { verdict, waf, steps } = await explain('/x?role=an-adm');
    expect(verdict).toMatchObject({ kind: 'refused', reason: 'waf', status: 403 });
    expect(verdict.sentence).toBe(
      'refused with 403: blocked by the rule admin of the web ACL test, in ALL_QUERY_ARGS role: "adm"',
    );
    expect(waf).toMatchObject({ action: 'BLOCK', rule: 'admin', labels: ['awswaf:000000000000:webacl:test:seen'] });
    const found = [{ condition: 'BYTE_MATCH', location: 'ALL_QUERY_ARGS', name: 'role', at: 3, matched: ['adm'] }];
    expect(waf?.matched.at(-1)).toEqual({ rule: 'admin', action: 'BLOCK', found });
    expect(steps.map(({ step, decision }) => `${step} ${decision}`)).toEqual(['waf block']);
    (await viewer.get('/x?role=an-adm')).expectError(403);

    expect((await explain('/robot')).verdict).toMatchObject({ reason: 'waf', status: 202 });
    (await viewer.get('/robot')).expectError(202);

    // The 20 explanations above were no requests.
    expect((await explain('/')).waf?.matched.map((one) => one.rule)).toEqual(['seen']);
    update({ WebACLId: WEB_ACL_ARN, DefaultCacheBehavior: { OriginRequestPolicyId: ALL_VIEWER } });
    expect((await explain('/')).origin?.fields.find(({ name }) => name === 'x-amzn-waf-seen')?.value).toBe('1');
    await viewer.get('/y');
    expect(origin.lastRequest().headers['x-amzn-waf-seen']).toBe('1');
  },
);

scenario(
  'explain says of a web ACL that is not there that it lets nothing in',
  { distribution: { WebACLId: WEB_ACL_ARN } },
  async ({ explain }) => {
    expect((await explain('/')).verdict.sentence).toBe(
      `refused with 403: the web ACL lets nothing through: there is no web ACL ${WEB_ACL_ARN}`,
    );
  },
);
