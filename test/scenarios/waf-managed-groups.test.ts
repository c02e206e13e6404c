import { expect } from 'bun:test';
import type { Method } from '@aws-sdk/client-cloudfront';
import type { ManagedRuleGroupStatement } from '../../src/model/web-acl-statement.ts';
import type { Rule } from '../../src/model/web-acl.ts';
import { scenario } from './scenario.ts';
import { COUNT, protectedBy, rule, WEB_ACL_ARN } from './web-acls.ts';

function managed(name: string, settings: Partial<ManagedRuleGroupStatement> = {}): ManagedRuleGroupStatement {
  const named = { vendor: 'AWS', name: `AWSManagedRules${name}`, version: undefined };
  return { kind: 'managedRuleGroup', ...named, overrides: [], scopeDown: undefined, ...settings };
}

/** A rule of a web ACL that refers to a group: what the group decides stands. */
function group(name: string, statement: ManagedRuleGroupStatement): Rule {
  return { ...rule(name, statement), action: { kind: 'none' } };
}

const attack = '/search?q=%3Cscript%3Ealert(1)%3C/script%3E';
const headers = { 'user-agent': 'Mozilla/5.0' };

scenario(
  'a managed rule group refuses attacks and lets the rest pass',
  protectedBy([group('common', managed('CommonRuleSet'))]),
  async ({ origin, viewer, log }) => {
    origin.on('GET /search', (tx) => tx.respond(200, {}, 'found'));
    (await viewer.get('/search?q=shoes', { headers })).expect({ status: 200, body: 'found' });
    (await viewer.get(attack, { headers })).expectError(403);
    expect(log[1]!.outcome.errorDetail).toBe('InvalidRequestBlocked');
    origin.expectRequests(1);
  },
);

const counted = { rule: 'CrossSiteScripting_QUERYARGUMENTS', action: COUNT, isExclusion: false };
const key = 'awswaf:managed:aws:core-rule-set:CrossSiteScripting_QueryArguments';

scenario(
  'a rule of the group may only count, and later rules go by its label',
  protectedBy([
    group('common', managed('CommonRuleSet', { overrides: [counted] })),
    rule('labelled', { kind: 'labelMatch', scope: 'LABEL', key }, undefined, { priority: 1 }),
  ]),
  async ({ viewer, log }) => {
    (await viewer.get(attack, { headers })).expectError(403);
    expect(log[0]!.outcome.cache).toEqual({ kind: 'none', refused: 'waf/labelled' });
  },
);

const METHODS: Method[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
const AllowedMethods = { Quantity: 7, Items: METHODS, CachedMethods: { Quantity: 2, Items: METHODS.slice(0, 2) } };
const posts = { WebACLId: WEB_ACL_ARN, DefaultCacheBehavior: { AllowedMethods } };

scenario(
  'bodies are looked into before the origin sees them',
  { ...protectedBy([group('sqli', managed('SQLiRuleSet'))]), distribution: posts },
  async ({ origin, viewer }) => {
    origin.on('POST /login', (tx) => tx.respond(200, {}, 'in'));
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    (await viewer.send('POST', '/login', { headers: form, body: 'user=ann&password=secret' })).expect({ status: 200 });
    (await viewer.send('POST', '/login', { headers: form, body: "user=ann'+or+'1'%3D'1" })).expectError(403);
    origin.expectRequests(1);
  },
);
