/**
 * Web ACLs for scenarios, in the form in which edges read them: a rule is its name, its statement and what it does.
 */
import { contains, rule as anyRule, webAcl as anyWebAcl } from '../../src/core/viewer-request/waf/waf.fixture.ts';
import type { Rule, WafConfiguration, WebAcl } from '../../src/model/web-acl.ts';
import type { RuleAction } from '../../src/model/web-acl-action.ts';
import type { RateBasedStatement, Statement } from '../../src/model/web-acl-statement.ts';
import type { TestEdgeOptions } from '../../src/testing/index.ts';

export const WEB_ACL_ARN = 'arn:aws:wafv2:us-east-1:000000000000:global/webacl/test/11111111-2222-3333-4444-555555555555';

export const BLOCK: RuleAction = { kind: 'block', response: undefined };
export const COUNT: RuleAction = { kind: 'count', insertHeaders: [] };
export const ALLOW: RuleAction = { kind: 'allow', insertHeaders: [] };
export const CHALLENGE: RuleAction = { kind: 'challenge', insertHeaders: [] };
export const CAPTCHA: RuleAction = { kind: 'captcha', insertHeaders: [] };

export { contains };

export function limit(count: number, settings: Partial<RateBasedStatement> = {}): Statement {
  return { kind: 'rateBased', limit: count, window: 60_000, aggregate: { by: 'IP' }, scopeDown: undefined, ...settings };
}

export function rule(name: string, statement: Statement, action: RuleAction = BLOCK, settings: Partial<Rule> = {}): Rule {
  return anyRule(name, statement, { action, ...settings });
}

function webAcl(rules: readonly Rule[], settings: Partial<WebAcl>): WebAcl {
  return anyWebAcl(rules, { arn: WEB_ACL_ARN, ...settings });
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
