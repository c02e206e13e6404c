/**
 * A web ACL of AWS WAF (wafv2, scope CLOUDFRONT) as an edge reads it from the snapshot: plain JSON, defaults filled in, rules in the order
 * of their priority. What other objects hold (IP sets, pattern sets, rule groups) lies beside in `WafConfiguration`, found by ARN.
 * Enumerated values keep the API's spelling, since logs and samples say them. What rules ask of a request: web-acl-statement.ts; what they
 * do with it: web-acl-action.ts; what is asked with: waf-engine.ts. The API's form, its validation and capacities: control/aws/wafv2. What a
 * verdict is: core/viewer-request/waf.
 */
import type { AllowAction, BlockAction, RuleAction } from './web-acl-action.ts';
import type { FieldToMatch, Statement } from './web-acl-statement.ts';
import type { Bytes, Duration, Instant } from './units.ts';

/** Part of the snapshot: all that edges need to inspect requests. Objects that no web ACL in use refers to need not be here. */
export interface WafConfiguration {
  /** A distribution uses the one whose ARN its webAclId is; one that is not here lets nothing through. */
  readonly webAcls: readonly WebAcl[];
  readonly ruleGroups: readonly RuleGroup[];
  readonly ipSets: readonly IpSet[];
  readonly regexPatternSets: readonly RegexPatternSet[];
  /** The operator's lists for managed rule groups that go by address: see waf-engine.ts. */
  readonly addressLists: readonly AddressList[];
  /** What tokens of challenges and captchas are signed with: the first signs, all verify. At least one where a rule challenges. */
  readonly tokenKeys: readonly TokenKey[];
}

/** No web ACL, and nothing for any. */
export const NO_WAF: WafConfiguration = {
  webAcls: [],
  ruleGroups: [],
  ipSets: [],
  regexPatternSets: [],
  addressLists: [],
  tokenKeys: [],
};

export interface WebAcl {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  /** `awswaf:<account>:webacl:<name>:`, what the labels of its own rules begin with. */
  readonly labelNamespace: string;
  readonly defaultAction: AllowAction | BlockAction;
  /** Lowest priority first. */
  readonly rules: readonly Rule[];
  readonly customResponseBodies: CustomResponseBodies;
  readonly visibility: Visibility;
  readonly immunity: Immunity;
  /** Where tokens are accepted from besides the host itself; may be empty. */
  readonly tokenDomains: readonly string[];
  /** How much of a body is inspected: AssociationConfig's for CLOUDFRONT, 16 KiB unless it says more. */
  readonly bodyLimit: Bytes;
  /** Undefined: nothing is logged. */
  readonly logging: WafLogging | undefined;
  readonly dataProtections: readonly DataProtection[];
}

export interface RuleGroup {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  /** `awswaf:<account>:rulegroup:<name>:` */
  readonly labelNamespace: string;
  /** Lowest priority first. None of them refers to a rule group. */
  readonly rules: readonly Rule[];
  readonly customResponseBodies: CustomResponseBodies;
  readonly visibility: Visibility;
}

export interface Rule {
  readonly name: string;
  readonly priority: number;
  readonly statement: Statement;
  readonly action: RuleAction | OverrideAction;
  /** Without the namespace of who holds the rule: `names:of:mine`. Empty where the statement refers to a rule group. */
  readonly labels: readonly string[];
  readonly visibility: Visibility;
  /** Undefined: the web ACL's. */
  readonly captchaImmunity: Duration | undefined;
  readonly challengeImmunity: Duration | undefined;
}

/** Of a rule whose statement refers to a rule group: whether what the group decides stands. */
export type OverrideAction = { readonly kind: 'none' } | { readonly kind: 'override-count' };

export type CustomResponseBodies = Readonly<Record<string, CustomResponseBody>>;

export interface CustomResponseBody {
  readonly contentType: 'TEXT_PLAIN' | 'TEXT_HTML' | 'APPLICATION_JSON';
  readonly content: string;
}

export interface Visibility {
  readonly sampledRequests: boolean;
  readonly metrics: boolean;
  readonly metricName: string;
}

export interface Immunity {
  /** 300 seconds unless configured. */
  readonly captcha: Duration;
  readonly challenge: Duration;
}

export interface IpSet {
  readonly arn: string;
  /** In CIDR notation, as configured: `192.0.2.0/24`, `2001:db8::/32`. */
  readonly addresses: readonly string[];
}

export interface RegexPatternSet {
  readonly arn: string;
  readonly patterns: readonly string[];
}

export interface AddressList {
  /** The rule of a managed rule group that goes by it: `AWSManagedIPReputationList`. */
  readonly name: string;
  readonly addresses: readonly string[];
}

export interface TokenKey {
  /** Says in a token which key signed it. */
  readonly id: string;
  /** At least 32 random octets, base64url. */
  readonly secret: string;
  readonly createdAt: Instant;
}

export interface WafLogging {
  /** ARNs. */
  readonly destinations: readonly string[];
  /** uriPath, queryString, method and singleHeader only. */
  readonly redactedFields: readonly FieldToMatch[];
  /** Undefined: everything is logged. */
  readonly filter: WafLogFilter | undefined;
}

/** The first of the filters whose conditions are met decides. */
export interface WafLogFilter {
  readonly defaultBehavior: 'KEEP' | 'DROP';
  readonly filters: readonly {
    readonly behavior: 'KEEP' | 'DROP';
    readonly requirement: 'MEETS_ALL' | 'MEETS_ANY';
    readonly conditions: readonly WafLogCondition[];
  }[];
}

export type WafLogCondition =
  | {
      readonly kind: 'action';
      readonly action: 'ALLOW' | 'BLOCK' | 'COUNT' | 'CAPTCHA' | 'CHALLENGE' | 'EXCLUDED_AS_COUNT';
    }
  /** Fully qualified. */
  | { readonly kind: 'label'; readonly label: string };

/** What logs and samples do not show. */
export interface DataProtection {
  readonly field: 'SINGLE_HEADER' | 'SINGLE_COOKIE' | 'SINGLE_QUERY_ARGUMENT' | 'QUERY_STRING' | 'BODY';
  /** Empty for QUERY_STRING and BODY. */
  readonly keys: readonly string[];
  readonly action: 'SUBSTITUTION' | 'HASH';
  readonly excludeRuleMatchDetails: boolean;
  readonly excludeRateBasedDetails: boolean;
}
