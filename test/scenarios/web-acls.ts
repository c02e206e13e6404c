/**
 * Web ACLs for scenarios, in the form in which edges read them: a rule is its name, its statement and what it does.
 */
import type { Rule, WafConfiguration, WebAcl } from '../../src/model/web-acl.ts';
import type { RuleAction } from '../../src/model/web-acl-action.ts';
import type { FieldToMatch, RateBasedStatement, Statement } from '../../src/model/web-acl-statement.ts';
import type { TestEdgeOptions } from '../../src/testing/index.ts';

export const WEB_ACL_ARN = 'arn:aws:wafv2:us-east-1:000000000000:global/webacl/test/11111111-2222-3333-4444-555555555555';

export const BLOCK: RuleAction = { kind: 'block', response: undefined };
export const COUNT: RuleAction = { kind: 'count', insertHeaders: [] };
export const ALLOW: RuleAction = { kind: 'allow', insertHeaders: [] };
export const CHALLENGE: RuleAction = { kind: 'challenge', insertHeaders: [] };
export const CAPTCHA: RuleAction = { kind: 'captcha', insertHeaders: [] };

export function contains(search: string, field: FieldToMatch = { kind: 'uriPath' }): Statement {
  return { kind: 'byteMatch', search, position: 'CONTAINS', field, transformations: [], preParse: [] };
}

export function limit(count: number, settings: Partial<RateBasedStatement> = {}): Statement {
  return { kind: 'rateBased', limit: count, window: 60_000, aggregate: { by: 'IP' }, scopeDown: undefined, ...settings };
}

export function rule(name: string, statement: Statement, action: RuleAction = BLOCK, settings: Partial<Rule> = {}): Rule {
  return {
    name,
    priority: 0,
    statement,
    action,
    labels: [],
    visibility: { sampledRequests: true, metrics: true, metricName: name },
    captchaImmunity: undefined,
    challengeImmunity: undefined,
    ...settings,
  };
}

export function webAcl(rules: readonly Rule[], settings: Partial<WebAcl> = {}): WebAcl {
  return {
    arn: WEB_ACL_ARN,
    id: '11111111-2222-3333-4444-555555555555',
    name: 'test',
    labelNamespace: 'awswaf:000000000000:webacl:test:',
    defaultAction: { kind: 'allow', insertHeaders: [] },
    rules,
    customResponseBodies: {},
    visibility: { sampledRequests: true, metrics: true, metricName: 'test' },
    immunity: { captcha: 300_000, challenge: 300_000 },
    tokenDomains: [],
    bodyLimit: 16_384,
    logging: undefined,
    dataProtections: [],
    ...settings,
  };
}

/** A distribution whose web ACL has these rules. */
export function protectedBy(
  rules: readonly Rule[],
  settings: Partial<WebAcl> = {},
  material: Partial<WafConfiguration> = {},
): Pick<TestEdgeOptions, 'distribution'> & { readonly waf: Partial<WafConfiguration> } {
  return { distribution: { WebACLId: WEB_ACL_ARN }, waf: { webAcls: [webAcl(rules, settings)], ...material } };
}

/** Settings of a web ACL that logs everything. */
export const LOGGED: Partial<WebAcl> = { logging: { destinations: [], redactedFields: [], filter: undefined } };
