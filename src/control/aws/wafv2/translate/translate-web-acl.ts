/**
 * Web ACLs and rule groups of the API as edges read them (model/web-acl.ts): defaults filled in, rules in the order of their priority.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { KIB, seconds, type Bytes, type Duration } from '../../../../model/units.ts';
import type { CustomResponseBodies, DataProtection, Rule, RuleGroup, Visibility, WebAcl } from '../../../../model/web-acl.ts';
import type { RuleGroupConfig, WebAclConfig } from '../config-codec.ts';
import { translateAction, translateDefaultAction, translateOverride } from './translate-action.ts';
import { translateStatement } from './translate-statement.ts';

/** Who it is. */
export interface Identity {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  readonly labelNamespace: string;
}

/** AWS WAF: how long a token is good for, unless configured. */
const USUAL_IMMUNITY = 300;
/** AWS WAF: how much of a body is inspected for distributions, unless configured. */
const USUAL_BODY: Bytes = 16 * KIB;

/** Where its log goes is beside the configuration, and added by whoever knows (waf-configuration.ts). */
export function translateWebAcl(config: WebAclConfig, identity: Identity): WebAcl {
  return {
    ...identity,
    defaultAction: translateDefaultAction(config.DefaultAction ?? {}),
    rules: translateRules(config.Rules),
    customResponseBodies: bodiesOf(config.CustomResponseBodies),
    visibility: visibilityOf(config.VisibilityConfig),
    immunity: {
      captcha: immunityOf(config.CaptchaConfig) ?? seconds(USUAL_IMMUNITY),
      challenge: immunityOf(config.ChallengeConfig) ?? seconds(USUAL_IMMUNITY),
    },
    tokenDomains: (config.TokenDomains ?? []).map((domain) => domain.toLowerCase()),
    bodyLimit: bodyLimitOf(config),
    logging: undefined,
    dataProtections: (config.DataProtectionConfig?.DataProtections ?? []).map(protectionOf),
  };
}

export function translateRuleGroup(config: RuleGroupConfig, identity: Identity): RuleGroup {
  return {
    ...identity,
    rules: translateRules(config.Rules),
    customResponseBodies: bodiesOf(config.CustomResponseBodies),
    visibility: visibilityOf(config.VisibilityConfig),
  };
}

function translateRules(rules: readonly Sdk.Rule[] = []): readonly Rule[] {
  return rules.toSorted((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0)).map(translateRule);
}

function translateRule(rule: Sdk.Rule): Rule {
  return {
    name: rule.Name ?? '',
    priority: rule.Priority ?? 0,
    statement: translateStatement(rule.Statement ?? {}),
    action: rule.OverrideAction ? translateOverride(rule.OverrideAction) : translateAction(rule.Action ?? {}),
    labels: (rule.RuleLabels ?? []).map(({ Name = '' }) => Name),
    visibility: visibilityOf(rule.VisibilityConfig),
    captchaImmunity: immunityOf(rule.CaptchaConfig),
    challengeImmunity: immunityOf(rule.ChallengeConfig),
  };
}

function immunityOf(config: Sdk.CaptchaConfig | Sdk.ChallengeConfig | undefined): Duration | undefined {
  const time = config?.ImmunityTimeProperty?.ImmunityTime;
  return time === undefined ? undefined : seconds(time);
}

function bodyLimitOf({ AssociationConfig }: WebAclConfig): Bytes {
  const bodies: Sdk.AssociationConfig['RequestBody'] & { readonly CLOUDFRONT?: Sdk.RequestBodyAssociatedResourceTypeConfig } =
    AssociationConfig?.RequestBody ?? {};
  // KB_16, KB_32, KB_48, KB_64
  const limit = bodies.CLOUDFRONT?.DefaultSizeInspectionLimit;
  return limit === undefined ? USUAL_BODY : Number(limit.slice('KB_'.length)) * KIB;
}

function bodiesOf(bodies: WebAclConfig['CustomResponseBodies']): CustomResponseBodies {
  return Object.fromEntries(
    Object.entries(bodies ?? {}).map(([key, { ContentType: contentType = 'TEXT_PLAIN', Content: content = '' }]) => [
      key,
      { contentType, content },
    ]),
  );
}

function visibilityOf({
  SampledRequestsEnabled,
  CloudWatchMetricsEnabled,
  MetricName,
}: Partial<Sdk.VisibilityConfig> = {}): Visibility {
  return {
    sampledRequests: SampledRequestsEnabled ?? false,
    metrics: CloudWatchMetricsEnabled ?? false,
    metricName: MetricName ?? '',
  };
}

function protectionOf({ Field, Action, ExcludeRuleMatchDetails, ExcludeRateBasedDetails }: Sdk.DataProtection): DataProtection {
  return {
    field: Field?.FieldType ?? 'BODY',
    keys: Field?.FieldKeys ?? [],
    action: Action ?? 'SUBSTITUTION',
    excludeRuleMatchDetails: ExcludeRuleMatchDetails ?? false,
    excludeRateBasedDetails: ExcludeRateBasedDetails ?? false,
  };
}
