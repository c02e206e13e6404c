/**
 * Web ACLs and rule groups as the state keeps them: JSON, as it travels, since search strings are octets. The API's own model reads and
 * writes them; names, tags and tokens are kept beside. AWS WAF: an evaluation window that is left unsaid is said in answers.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { USUAL_RATE_WINDOW } from '../../../tables/waf.ts';
import { readJson, writeJson } from '../wire/json-codec.ts';
import type { ServiceModel, Shape } from '../wire/model.ts';

/** What CreateWebACL and UpdateWebACL have in common. */
export type WebAclConfig = Omit<Sdk.CreateWebACLRequest, 'Name' | 'Scope' | 'Tags'>;
/** What CreateRuleGroup and UpdateRuleGroup have in common, and the capacity, which never changes. */
export type RuleGroupConfig = Omit<Sdk.CreateRuleGroupRequest, 'Name' | 'Scope' | 'Tags'>;

export interface ConfigCodec {
  /** `unknowns` takes the members that there are not. Throws WireFault where the JSON is of another form. */
  readWebAcl(json: unknown, unknowns?: string[]): WebAclConfig;
  writeWebAcl(config: WebAclConfig): unknown;
  readRuleGroup(json: unknown): RuleGroupConfig;
  writeRuleGroup(config: RuleGroupConfig): unknown;
}

export function createConfigCodec({ operations }: ServiceModel): ConfigCodec {
  const inputOf = (operation: string): Shape => {
    const input = operations.get(operation)?.input;
    if (input === undefined) throw new Error(`the model of wafv2 has no input for ${operation}`);
    return input;
  };
  const webAcl = inputOf('CreateWebACL');
  const ruleGroup = inputOf('CreateRuleGroup');
  // The state holds what writeJson made of a checked input.
  const read = (shape: Shape, json: unknown, unknowns: string[] = []): unknown => readJson(shape, json, '', unknowns);
  return {
    readWebAcl: (json, unknowns) => read(webAcl, json, unknowns) as WebAclConfig,
    writeWebAcl: (config) => writeJson(webAcl, completed(config)),
    readRuleGroup: (json) => read(ruleGroup, json) as RuleGroupConfig,
    writeRuleGroup: (config) => writeJson(ruleGroup, completed(config)),
  };
}

function completed<Config extends { readonly Rules?: Sdk.Rule[] | undefined }>(config: Config): Config {
  return config.Rules === undefined ? config : { ...config, Rules: config.Rules.map(withWindow) };
}

function withWindow(rule: Sdk.Rule): Sdk.Rule {
  const rate = rule.Statement?.RateBasedStatement;
  if (rate === undefined || rate.EvaluationWindowSec !== undefined) return rule;
  return { ...rule, Statement: { ...rule.Statement, RateBasedStatement: { ...rate, EvaluationWindowSec: USUAL_RATE_WINDOW } } };
}
