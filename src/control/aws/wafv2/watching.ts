/**
 * What edges have seen: samples of the requests that rules matched, and who is over the limit of a rate-based rule. AWS WAF API reference:
 * GetSampledRequests, GetRateBasedStatementManagedKeys. Edges keep both for themselves; whoever composes them asks all.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import type { Fields } from '../../../http/fields.ts';
import { isAddress } from '../../../model/network.ts';
import { SECOND } from '../../../model/units.ts';
import type { WafSample, WafSampleQuery, WafSamples, WafSampleToken } from '../../../model/waf-samples.ts';
import { SAMPLES } from '../../../tables/waf.ts';
import { ApiError } from '../wire/types.ts';
import type { Handlers } from '../wire/types.ts';
import { invalidParameter, nonexistent } from './waf-faults.ts';
import type { WafContext } from './waf-context.ts';
import { checkScope, find, webAclByArn } from './waf-registry.ts';

export interface WafWatch {
  samples(query: WafSampleQuery): Promise<WafSamples>;
  /** Addresses. A rule of a group is named with the rule that refers to the group: `group/rule`. */
  limitedKeys(rule: { readonly webAclArn: string; readonly ruleName: string }): Promise<readonly string[]>;
}

export function watchingHandlers({ registry }: WafContext, watch: WafWatch) {
  return {
    async GetSampledRequests({ WebAclArn = '', RuleMetricName = '', Scope, TimeWindow, MaxItems = 0 }, call) {
      checkScope(Scope, call);
      webAclByArn(registry, WebAclArn);
      const { StartTime, EndTime } = TimeWindow ?? {};
      // AWS WAF: a window that begins more than three hours ago begins there.
      const from = Math.max(StartTime?.getTime() ?? 0, call.now - SAMPLES.age);
      const to = EndTime?.getTime() ?? call.now;
      if ((StartTime?.getTime() ?? 0) > to)
        throw invalidParameter('EXPIRE_TIMESTAMP', 'TimeWindow', 'The time window ends before it begins.');
      const query = { webAclArn: WebAclArn, metricName: RuleMetricName, from, to, most: MaxItems };
      const { samples, population } = await watch.samples(query);
      return {
        SampledRequests: samples.map(sampleShape),
        PopulationSize: population,
        TimeWindow: { StartTime: new Date(from), EndTime: new Date(to) },
      };
    },
    async GetRateBasedStatementManagedKeys({ Scope, WebACLName, WebACLId, RuleGroupRuleName, RuleName = '' }, call) {
      const stored = find(registry.webAcls, { Name: WebACLName, Scope, Id: WebACLId }, call);
      const rule = findRule(registry.webAclConfig(stored).Rules);
      const rate = rule?.Statement?.RateBasedStatement;
      if (rate === undefined) throw nonexistent();
      if (rate.AggregateKeyType !== 'IP' && rate.AggregateKeyType !== 'FORWARDED_IP') {
        const message = `The rule ${RuleName} aggregates by more than an address; only those of the AggregateKeyType IP or FORWARDED_IP have a list.`;
        throw new ApiError('WAFUnsupportedAggregateKeyTypeException', message, 400);
      }
      const ruleName = RuleGroupRuleName === undefined ? RuleName : `${RuleGroupRuleName}/${RuleName}`;
      const limited = await watch.limitedKeys({ webAclArn: registry.arnOf('webacl', stored), ruleName });
      // Those whose header held none are counted together, and are no address.
      const addresses = limited.filter(isAddress);
      const isV6 = (address: string): boolean => address.includes(':');
      return {
        ManagedKeysIPV4: {
          IPAddressVersion: 'IPV4',
          Addresses: addresses.filter((address) => !isV6(address)).map((address) => `${address}/32`),
        },
        ManagedKeysIPV6: { IPAddressVersion: 'IPV6', Addresses: addresses.filter(isV6).map((address) => `${address}/128`) },
      };

      /** In the web ACL itself, or in the rule group that one of its rules refers to. */
      function findRule(rules: readonly Sdk.Rule[] = []): Sdk.Rule | undefined {
        if (RuleGroupRuleName === undefined) return rules.find(({ Name }) => Name === RuleName);
        const reference = rules.find(({ Name }) => Name === RuleGroupRuleName)?.Statement?.RuleGroupReferenceStatement;
        const group = registry.byArn('rulegroup', registry.ruleGroups, reference?.ARN ?? '');
        return group && registry.ruleGroupConfig(group).Rules?.find(({ Name }) => Name === RuleName);
      }
    },
  } satisfies Handlers<typeof Sdk>;
}

function sampleShape({ request, insertedHeaders, captcha, challenge, ...sample }: WafSample): Sdk.SampledHTTPRequest {
  return {
    Request: {
      ClientIP: request.clientIp,
      Country: request.country,
      URI: request.uri,
      Method: request.method,
      HTTPVersion: request.httpVersion,
      Headers: headersShape(request.headers),
    },
    Weight: sample.weight,
    Timestamp: new Date(sample.at),
    Action: sample.action,
    ...(sample.ruleWithinGroup !== undefined && { RuleNameWithinRuleGroup: sample.ruleWithinGroup }),
    ...(insertedHeaders.length > 0 && { RequestHeadersInserted: headersShape(insertedHeaders) }),
    ...(sample.responseCode !== undefined && { ResponseCodeSent: sample.responseCode }),
    ...(sample.labels.length > 0 && { Labels: sample.labels.map((Name) => ({ Name })) }),
    ...(sample.overriddenAction !== undefined && { OverriddenAction: sample.overriddenAction }),
    ...(captcha && { CaptchaResponse: tokenShape(captcha, CAPTCHA_STATUS) }),
    ...(challenge && { ChallengeResponse: tokenShape(challenge, CHALLENGE_STATUS) }),
  };
}

/** AWS WAF: what a request is answered with that has no token. */
const CAPTCHA_STATUS = 405;
const CHALLENGE_STATUS = 202;

function tokenShape(token: WafSampleToken, status: number): Sdk.CaptchaResponse {
  return token.kind === 'solved'
    ? { ResponseCode: 0, SolveTimestamp: Math.floor(token.solvedAt / SECOND) }
    : { ResponseCode: status, FailureReason: token.reason as Sdk.FailureReason };
}

function headersShape(fields: Fields): Sdk.HTTPHeader[] {
  return fields.map(([Name, Value]) => ({ Name, Value }));
}
