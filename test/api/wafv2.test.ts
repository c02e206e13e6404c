/**
 * AWS WAF's control plane: the life of its resources, what is in use, what edges get, and the answers on the wire. What rules may be, and cost:
 * wafv2-rules.test.ts.
 */
import { beforeEach, describe, expect, test } from 'bun:test';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { ACCOUNT } from './acm-plane.ts';
import { goldenPairs } from './golden-pair.ts';
import {
  blocking,
  call,
  FROM_GERMANY,
  made,
  NOW,
  plain,
  refusal,
  startWafPlane,
  visibility,
  type WafPlane,
} from './waf-plane.ts';

let at: WafPlane;
beforeEach(() => void (at = startWafPlane()));
const Scope = 'CLOUDFRONT';
const lastWaf = (): Snapshot['waf'] => at.snapshots.at(-1)?.waf;

describe('a web ACL', () => {
  test('is read as it was made', async () => {
    const search = Uint8Array.of(0, 255, 98);
    const rule = blocking({
      ByteMatchStatement: {
        SearchString: search,
        FieldToMatch: { UriPath: {} },
        TextTransformations: [{ Priority: 0, Type: 'LOWERCASE' }],
        PositionalConstraint: 'CONTAINS',
      },
    });
    const { Name, Id, ARN } = await at.webAcl('acl', [rule], { Description: 'for tests', CaptchaConfig: {} });
    expect(ARN).toBe(`arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/acl/${Id}`);
    const { WebACL, LockToken } = await at.handlers.GetWebACL!({ Name, Id, Scope }, call());
    expect(WebACL).toMatchObject({
      ARN,
      Capacity: 20,
      Description: 'for tests',
      LabelNamespace: `awswaf:${ACCOUNT}:webacl:acl:`,
      CaptchaConfig: {},
      Rules: [rule],
    });
    expect(await at.handlers.GetWebACL!({ ARN }, call())).toEqual({ WebACL, LockToken });
  });

  test('says the evaluation window that was left unsaid', async () => {
    const { ARN } = await at.webAcl('acl', [blocking({ RateBasedStatement: { Limit: 10, AggregateKeyType: 'IP' } })]);
    const { WebACL } = await at.handlers.GetWebACL!({ ARN }, call());
    expect(WebACL?.Rules?.[0]?.Statement?.RateBasedStatement?.EvaluationWindowSec).toBe(300);
  });

  test('is changed by who knows its newest version', async () => {
    const { Name, Id, LockToken } = await at.webAcl('acl');
    const change = { ...plain, Name, Id, Rules: [blocking(FROM_GERMANY)] };
    const { NextLockToken } = await at.handlers.UpdateWebACL!({ ...change, LockToken }, call());
    expect(await refusal(() => at.handlers.UpdateWebACL!({ ...change, LockToken }, call()))).toBe('WAFOptimisticLockException');
    expect(await refusal(() => at.handlers.DeleteWebACL!({ Name, Id, Scope, LockToken }, call()))).toBe(
      'WAFOptimisticLockException',
    );
    const found = await at.handlers.GetWebACL!({ Name, Id, Scope }, call());
    expect(found.LockToken).toBe(NextLockToken);
    expect(found.WebACL?.Capacity).toBe(1);
  });

  test('is not changed by what is refused', async () => {
    const { Name, Id, LockToken } = await at.webAcl('acl', [blocking(FROM_GERMANY)]);
    const before = await at.handlers.GetWebACL!({ Name, Id, Scope }, call());
    const bad = { ...plain, Name, Id, LockToken, Rules: [blocking({})] };
    expect(await refusal(() => at.handlers.UpdateWebACL!(bad, call()))).toBe('WAFInvalidParameterException STATEMENT Statement');
    expect(await at.handlers.GetWebACL!({ Name, Id, Scope }, call())).toEqual(before);
  });

  const names: [what: string, named: object, region: string, want: string][] = [
    ['another name', { Name: 'b', Id: 'ID', Scope }, 'us-east-1', 'WAFNonexistentItemException'],
    ['another id', { Name: 'a', Id: '11111111-2222-3333-4444-555555555555', Scope }, 'us-east-1', 'WAFNonexistentItemException'],
    ['another region', { Name: 'a', Id: 'ID', Scope }, 'eu-west-1', 'WAFInvalidParameterException SCOPE_VALUE CLOUDFRONT'],
    [
      'a regional one',
      { Name: 'a', Id: 'ID', Scope: 'REGIONAL' },
      'us-east-1',
      'WAFInvalidParameterException SCOPE_VALUE REGIONAL',
    ],
    ['another ARN', { ARN: `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/b/ID` }, 'us-east-1', 'WAFNonexistentItemException'],
  ];
  test.each(names)('is not found by %s', async (_, named, region, want) => {
    const { Id } = await at.webAcl('a');
    const asked = JSON.parse(JSON.stringify(named).replaceAll('ID', Id)) as object;
    expect(await refusal(() => at.handlers.GetWebACL!(asked, call(region)))).toBe(want);
  });

  test('has a name of its own', async () => {
    await at.webAcl('acl');
    expect(await refusal(() => at.webAcl('acl'))).toBe('WAFDuplicateItemException');
  });
});

test('lists come in pages, and a marker outlives its item', async () => {
  const all = [];
  for (const name of ['a', 'b', 'c', 'd', 'e']) all.push(await at.webAcl(name));
  const first = await at.handlers.ListWebACLs!({ Scope, Limit: 2 }, call());
  expect(first.WebACLs?.map(({ Name }) => Name)).toEqual(['a', 'b']);
  for (const { Name, Id, LockToken } of all.slice(0, 3)) await at.handlers.DeleteWebACL!({ Scope, Name, Id, LockToken }, call());
  const rest = await at.handlers.ListWebACLs!({ Scope, Limit: 2, NextMarker: first.NextMarker }, call());
  expect(rest.WebACLs?.map(({ Name }) => Name)).toEqual(['d', 'e']);
  expect(rest.NextMarker).toBeUndefined();
  expect(await refusal(() => at.handlers.ListWebACLs!({ Scope, NextMarker: 'never' }, call()))).toBe(
    'WAFInvalidParameterException ENTITY_LIMIT never',
  );
});

describe('what is in use stays', () => {
  test('a web ACL that a distribution names', async () => {
    const acl = await at.webAcl('acl');
    const { id, etag } = await at.distribution(acl.ARN);
    expect(await refusal(() => at.handlers.DeleteWebACL!({ ...acl, Scope }, call()))).toBe('WAFAssociatedItemException');
    await at.cloudFront.handlers.DisassociateDistributionWebACL!({ Id: id, IfMatch: etag }, call());
    expect(await refusal(() => at.handlers.DeleteWebACL!({ ...acl, Scope }, call()))).toBe('accepted');
  });

  test('sets and groups that rules name, wherever they stand', async () => {
    const ipSet = await at.handlers.CreateIPSet!({ Name: 'ips', Scope, IPAddressVersion: 'IPV4', Addresses: [] }, call());
    const inner = { IPSetReferenceStatement: { ARN: ipSet.Summary!.ARN } };
    const Rules = [blocking({ NotStatement: { Statement: { OrStatement: { Statements: [inner, FROM_GERMANY] } } } })];
    const group = await at.handlers.CreateRuleGroup!(
      { Name: 'group', Scope, Capacity: 10, VisibilityConfig: visibility, Rules },
      call(),
    );
    const reference = { RuleGroupReferenceStatement: { ARN: group.Summary!.ARN } };
    const acl = await at.webAcl('acl', [blocking(reference, { Action: undefined, OverrideAction: { None: {} } })]);
    const remove = {
      ipSet: () => at.handlers.DeleteIPSet!({ ...made(ipSet.Summary), Scope }, call()),
      group: () => at.handlers.DeleteRuleGroup!({ ...made(group.Summary), Scope }, call()),
      acl: () => at.handlers.DeleteWebACL!({ ...acl, Scope }, call()),
    };
    expect(await refusal(remove.ipSet)).toBe('WAFAssociatedItemException');
    expect(await refusal(remove.group)).toBe('WAFAssociatedItemException');
    for (const run of [remove.acl, remove.group, remove.ipSet]) expect(await refusal(run)).toBe('accepted');
  });
});

describe('edges', () => {
  test('get what distributions use, and every change of it, and nothing else', async () => {
    const Addresses = ['192.0.2.0/24'];
    const ips = made(
      (await at.handlers.CreateIPSet!({ Name: 'ips', Scope, IPAddressVersion: 'IPV4', Addresses }, call())).Summary,
    );
    const acl = await at.webAcl('used', [blocking({ IPSetReferenceStatement: { ARN: ips.ARN } })]);
    await at.webAcl('unused');
    await at.settled();
    expect(lastWaf()).toBeUndefined();
    await at.distribution(acl.ARN);
    await at.settled();
    expect(lastWaf()?.webAcls.map(({ name }) => name)).toEqual(['used']);
    expect(lastWaf()?.ipSets).toEqual([{ arn: ips.ARN, addresses: Addresses }]);
    const { version } = at.snapshots.at(-1)!;
    await at.handlers.UpdateIPSet!({ ...ips, Scope, Addresses: ['198.51.100.7/32'] }, call());
    await at.settled();
    expect(lastWaf()?.ipSets[0]?.addresses).toEqual(['198.51.100.7/32']);
    expect(at.snapshots.at(-1)!.version).toBeGreaterThan(version);
  });

  test('get the lists of managed rules that go by address from IP sets of their names', async () => {
    const make = (Name: string, IPAddressVersion: 'IPV4' | 'IPV6', address: string) =>
      at.handlers.CreateIPSet!({ Name, Scope, IPAddressVersion, Addresses: [address] }, call());
    await make('AnonymousIPList', 'IPV4', '192.0.2.0/24');
    await make('AnonymousIPList-v6', 'IPV6', '2001:db8::/32');
    await make('AnonymousIPLists', 'IPV4', '198.51.100.0/24');
    await at.distribution((await at.webAcl('acl')).ARN);
    await at.settled();
    expect(lastWaf()?.addressLists).toEqual([{ name: 'AnonymousIPList', addresses: ['192.0.2.0/24', '2001:db8::/32'] }]);
  });

  test('get one secret for tokens, which stays', async () => {
    const first = await at.webAcl('first');
    const second = await at.webAcl('second');
    await at.distribution(first.ARN);
    await at.distribution(second.ARN);
    await at.settled();
    const keys = lastWaf()?.tokenKeys ?? [];
    expect(keys).toHaveLength(1);
    expect(Buffer.from(keys[0]!.secret, 'base64url')).toHaveLength(32);
  });
});

describe('CloudFront', () => {
  test('takes web ACLs that there are', async () => {
    const acl = await at.webAcl('acl');
    const none = acl.ARN.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect(await refusal(() => at.distribution(none))).toBe('InvalidWebACLId');
    const { id, etag, config } = await at.distribution(acl.ARN);
    const update = { Id: id, IfMatch: etag, DistributionConfig: { ...config, WebACLId: none } };
    expect(await refusal(() => at.cloudFront.handlers.UpdateDistribution!(update, call()))).toBe('InvalidWebACLId');
  });

  test('puts one on and takes it off', async () => {
    const { handlers } = at.cloudFront;
    const acl = await at.webAcl('acl');
    const { id, etag } = await at.distribution('');
    const put = { Id: id, WebACLArn: acl.ARN };
    const stale = { ...put, IfMatch: 'EXXXXXXXXXXXXX' };
    expect(await refusal(() => handlers.AssociateDistributionWebACL!(stale, call()))).toBe('InvalidIfMatchVersion');
    const done = await handlers.AssociateDistributionWebACL!({ ...put, IfMatch: etag }, call());
    expect(done).toMatchObject({ Id: id, WebACLArn: acl.ARN });
    const { DistributionConfig, ETag } = await handlers.GetDistributionConfig!({ Id: id }, call());
    expect({ acl: DistributionConfig?.WebACLId, ETag }).toEqual({ acl: acl.ARN, ETag: done.ETag! });
    await handlers.DisassociateDistributionWebACL!({ Id: id }, call());
    expect((await handlers.GetDistributionConfig!({ Id: id }, call())).DistributionConfig?.WebACLId).toBe('');
    expect(await refusal(() => handlers.DisassociateDistributionWebACL!({ Id: id }, call()))).toBe('EntityNotFound');
  });

  test('associates by its own calls alone', async () => {
    const acl = await at.webAcl('acl');
    const ResourceArn = `arn:aws:cloudfront::${ACCOUNT}:distribution/E0`;
    const want = `WAFInvalidParameterException RESOURCE_ARN ${ResourceArn}`;
    expect(await refusal(() => at.handlers.AssociateWebACL!({ WebACLArn: acl.ARN, ResourceArn }, call()))).toBe(want);
    expect(await refusal(() => at.handlers.GetWebACLForResource!({ ResourceArn }, call()))).toBe(want);
    expect(await at.handlers.ListResourcesForWebACL!({ WebACLArn: acl.ARN }, call())).toEqual({ ResourceArns: [] });
  });
});

test('tags of every kind of resource', async () => {
  const acl = await at.webAcl('acl', [], { Tags: [{ Key: 'a', Value: '1' }] });
  const set = await at.handlers.CreateRegexPatternSet!({ Name: 'set', Scope, RegularExpressionList: [] }, call());
  for (const ResourceARN of [acl.ARN, set.Summary!.ARN!]) {
    await at.handlers.TagResource!({ ResourceARN, Tags: [{ Key: 'b', Value: '2' }] }, call());
    await at.handlers.UntagResource!({ ResourceARN, TagKeys: ['a'] }, call());
    const { TagInfoForResource } = await at.handlers.ListTagsForResource!({ ResourceARN }, call());
    expect(TagInfoForResource).toEqual({ ResourceARN, TagList: [{ Key: 'b', Value: '2' }] });
  }
  const reserved = { ResourceARN: acl.ARN, Tags: [{ Key: 'aws:x', Value: '' }] };
  expect(await refusal(() => at.handlers.TagResource!(reserved, call()))).toBe('WAFInvalidParameterException TAGS aws:x');
});

describe('logging', () => {
  const bucket = 'arn:aws:s3:::aws-waf-logs-here';
  const put = (ResourceArn: string, destination: string, changes: object = {}) =>
    at.handlers.PutLoggingConfiguration!(
      { LoggingConfiguration: { ResourceArn, LogDestinationConfigs: [destination], ...changes } },
      call(),
    );

  test('is part of what edges get, and goes with its web ACL', async () => {
    const acl = await at.webAcl('acl');
    await at.distribution(acl.ARN);
    const filter = {
      Behavior: 'DROP',
      Requirement: 'MEETS_ANY',
      Conditions: [{ ActionCondition: { Action: 'COUNT' } }],
    } as const;
    await put(acl.ARN, bucket, {
      RedactedFields: [{ SingleHeader: { Name: 'Cookie' } }],
      LoggingFilter: { DefaultBehavior: 'KEEP', Filters: [filter] },
    });
    await at.settled();
    expect(lastWaf()?.webAcls[0]?.logging).toEqual({
      destinations: [bucket],
      redactedFields: [{ kind: 'singleHeader', name: 'cookie' }],
      filter: {
        defaultBehavior: 'KEEP',
        filters: [{ behavior: 'DROP', requirement: 'MEETS_ANY', conditions: [{ kind: 'action', action: 'COUNT' }] }],
      },
    });
    const other = await at.webAcl('other');
    await put(other.ARN, bucket);
    await at.handlers.DeleteWebACL!({ ...other, Scope }, call());
    const { LoggingConfigurations } = await at.handlers.ListLoggingConfigurations!({ Scope }, call());
    expect(LoggingConfigurations?.map(({ ResourceArn }) => ResourceArn)).toEqual([acl.ARN]);
  });

  test('to where nothing is delivered is kept, and said', async () => {
    const { ARN } = await at.webAcl('acl');
    const group = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:aws-waf-logs-x`;
    await put(ARN, group);
    expect(at.reports.join('\n')).toContain(`it is not delivered to ${group}`);
    expect((await at.handlers.GetLoggingConfiguration!({ ResourceArn: ARN }, call())).LoggingConfiguration).toMatchObject({
      LogDestinationConfigs: [group],
      LogScope: 'CUSTOMER',
    });
  });

  const rows: [what: string, destination: string, changes: object, want: string][] = [
    ['a bucket of another name', 'arn:aws:s3:::logs', {}, 'WAFInvalidParameterException LOG_DESTINATION arn:aws:s3:::logs'],
    ['a bucket that there is not', 'arn:aws:s3:::aws-waf-logs-gone', {}, 'WAFNonexistentItemException'],
    ['two destinations', bucket, { LogDestinationConfigs: [bucket, bucket] }, 'WAFInvalidParameterException LOG_DESTINATION 2'],
    ['a part that stays', bucket, { RedactedFields: [{ Body: {} }] }, 'WAFInvalidParameterException FIELD_TO_MATCH Body'],
  ];
  test.each(rows)('is refused for %s', async (_, destination, changes, want) => {
    const { ARN } = await at.webAcl('acl');
    expect(await refusal(() => put(ARN, destination, changes))).toBe(want);
  });
});

describe('what edges have seen', () => {
  const window = (start: number, end: number) => ({ StartTime: new Date(start), EndTime: new Date(end) });
  const asked = { Scope, RuleMetricName: 'metric', MaxItems: 5 } as const;

  test('is told as samples', async () => {
    const { ARN } = await at.webAcl('acl');
    const queries: object[] = [];
    at.watched.samples = (query) => {
      queries.push(query);
      const request = { clientIp: '192.0.2.1', country: 'DE', uri: '/?a', method: 'GET', httpVersion: 'HTTP/2.0' };
      const sample = {
        at: NOW - 1000,
        action: 'CHALLENGE',
        weight: 3,
        request: { ...request, headers: [['host', 'a.test']] as [string, string][] },
        ruleWithinGroup: 'inner',
        insertedHeaders: [],
        responseCode: 202,
        labels: ['a:b'],
        overriddenAction: undefined,
        captcha: undefined,
        challenge: { kind: 'unsolved', reason: 'TOKEN_MISSING' } as const,
      };
      return { samples: [sample], population: 3 };
    };
    const day = 24 * 3_600_000;
    const answer = await at.handlers.GetSampledRequests!(
      { ...asked, WebAclArn: ARN, TimeWindow: window(NOW - day, NOW) },
      call(),
    );
    // AWS WAF: of the last three hours.
    const from = NOW - day / 8;
    expect(queries).toEqual([{ webAclArn: ARN, metricName: 'metric', from, to: NOW, most: 5 }]);
    expect(answer).toEqual({
      PopulationSize: 3,
      TimeWindow: window(from, NOW),
      SampledRequests: [
        {
          Request: {
            ClientIP: '192.0.2.1',
            Country: 'DE',
            URI: '/?a',
            Method: 'GET',
            HTTPVersion: 'HTTP/2.0',
            Headers: [{ Name: 'host', Value: 'a.test' }],
          },
          Weight: 3,
          Timestamp: new Date(NOW - 1000),
          Action: 'CHALLENGE',
          RuleNameWithinRuleGroup: 'inner',
          ResponseCodeSent: 202,
          Labels: [{ Name: 'a:b' }],
          ChallengeResponse: { ResponseCode: 202, FailureReason: 'TOKEN_MISSING' },
        },
      ],
    });
    const backwards = { ...asked, WebAclArn: ARN, TimeWindow: window(NOW, NOW - 1) };
    expect(await refusal(() => at.handlers.GetSampledRequests!(backwards, call()))).toBe(
      'WAFInvalidParameterException EXPIRE_TIMESTAMP TimeWindow',
    );
  });

  test('is told as addresses over a limit', async () => {
    const rate = (changes: object) => ({ RateBasedStatement: { Limit: 10, AggregateKeyType: 'IP' as const, ...changes } });
    const Rules = [blocking(rate({}), { Name: 'inner' })];
    const settings = { Name: 'group', Scope, Capacity: 9, VisibilityConfig: visibility, Rules } as const;
    const group = made((await at.handlers.CreateRuleGroup!({ ...settings, Rules }, call())).Summary);
    const reference = { RuleGroupReferenceStatement: { ARN: group.ARN } };
    const constant = rate({ AggregateKeyType: 'CONSTANT', ScopeDownStatement: FROM_GERMANY });
    const acl = await at.webAcl('acl', [
      blocking(reference, { Name: 'outer', Action: undefined, OverrideAction: { None: {} } }),
      blocking(constant, { Name: 'constant', Priority: 1 }),
    ]);
    at.watched.limitedKeys = ({ ruleName }) => (ruleName === 'outer/inner' ? ['192.0.2.1', 'INVALID', '2001:db8::1'] : []);
    const named = { Scope, WebACLName: 'acl', WebACLId: acl.Id } as const;
    const found = { ...named, RuleGroupRuleName: 'outer', RuleName: 'inner' };
    expect(await at.handlers.GetRateBasedStatementManagedKeys!(found, call())).toEqual({
      ManagedKeysIPV4: { IPAddressVersion: 'IPV4', Addresses: ['192.0.2.1/32'] },
      ManagedKeysIPV6: { IPAddressVersion: 'IPV6', Addresses: ['2001:db8::1/128'] },
    });
    const keysOf = (rule: object) => refusal(() => at.handlers.GetRateBasedStatementManagedKeys!({ ...found, ...rule }, call()));
    expect(await keysOf({ RuleGroupRuleName: undefined, RuleName: 'constant' })).toBe('WAFUnsupportedAggregateKeyTypeException');
    expect(await keysOf({ RuleGroupRuleName: undefined, RuleName: 'inner' })).toBe('WAFNonexistentItemException');
  });
});

test('managed rule groups are listed and described', async () => {
  const listed = await at.handlers.ListAvailableManagedRuleGroups!({ Scope, Limit: 1 }, call());
  expect(listed).toMatchObject({
    ManagedRuleGroups: [{ Name: 'AWSManagedRulesCommonRuleSet' }],
    NextMarker: 'AWSManagedRulesCommonRuleSet',
  });
  const asked = { Scope, VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' } as const;
  const versions = await at.handlers.ListAvailableManagedRuleGroupVersions!(asked, call());
  const described = await at.handlers.DescribeManagedRuleGroup!(asked, call());
  expect(described.VersionName).toBe(versions.CurrentDefaultVersion);
  expect(described).toMatchObject({ Capacity: 700, LabelNamespace: 'awswaf:managed:aws:core-rule-set:' });
  expect(described.Rules?.[0]).toEqual({ Name: 'NoUserAgent_HEADER', Action: { Block: {} } });
});

goldenPairs('wafv2', 'wafv2', () => startWafPlane());
