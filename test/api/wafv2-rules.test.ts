/**
 * What rules of AWS WAF may be, what they cost, and what edges make of them: through the API's own operations, so that constraints of the
 * model and meaning are judged together.
 */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { CustomHTTPHeader, FieldToMatch, Rule, Statement, TextTransformation } from '@aws-sdk/client-wafv2';
import { ACCOUNT } from './acm-plane.ts';
import { blocking, call, FROM_GERMANY, made, plain, refusal, startWafPlane, visibility, type Made } from './waf-plane.ts';

const at = startWafPlane();
const Scope = 'CLOUDFRONT';
const NONE: TextTransformation[] = [{ Priority: 0, Type: 'NONE' }];
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const noSuch = (kind: string): string =>
  `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/${kind}/gone/11111111-2222-3333-4444-555555555555`;

let ipSet: Made;
let patternSet: Made;
let group: Made;
beforeAll(async () => {
  const { handlers } = at;
  const set = { Name: 'ips', Scope, IPAddressVersion: 'IPV4', Addresses: [] as string[] } as const;
  ipSet = made((await handlers.CreateIPSet!(set, call())).Summary);
  const patterns = { Name: 'patterns', Scope, RegularExpressionList: [{ RegexString: 'a+b' }] } as const;
  patternSet = made(
    (await handlers.CreateRegexPatternSet!({ ...patterns, RegularExpressionList: [{ RegexString: 'a' }] }, call())).Summary,
  );
  const rules = {
    Name: 'group',
    Scope,
    Capacity: 50,
    VisibilityConfig: visibility,
    Rules: [blocking(FROM_GERMANY, { Name: 'one' })],
  } as const;
  group = made((await handlers.CreateRuleGroup!({ ...rules, Rules: [...rules.Rules] }, call())).Summary);
});

/** A string match; `field` and `types` as the case needs them. */
function match(field: FieldToMatch, types: readonly TextTransformation['Type'][] = ['NONE'], position = 'CONTAINS'): Statement {
  const TextTransformations = types.map((Type, Priority) => ({ Priority, Type }));
  return {
    ByteMatchStatement: {
      SearchString: octets('x'),
      FieldToMatch: field,
      TextTransformations,
      PositionalConstraint: position as 'CONTAINS',
    },
  };
}

const regex = (RegexString: string): Statement => ({
  RegexMatchStatement: { RegexString, FieldToMatch: { UriPath: {} }, TextTransformations: NONE },
});
const json = (pattern: object): FieldToMatch => ({ JsonBody: { MatchPattern: pattern, MatchScope: 'ALL' } });
const rate = (changes: object): Statement => ({ RateBasedStatement: { Limit: 100, AggregateKeyType: 'IP', ...changes } });
const managed = (Name: string, changes: object = {}): Statement => ({
  ManagedRuleGroupStatement: { VendorName: 'AWS', Name, ...changes },
});
const common = (changes: object = {}): Statement => managed('AWSManagedRulesCommonRuleSet', changes);
const owned = (changes: object = {}): Statement => ({ RuleGroupReferenceStatement: { ARN: group.ARN, ...changes } });
const overriding = (statement: Statement, changes: Partial<Rule> = {}): Rule =>
  blocking(statement, { Action: undefined, OverrideAction: { None: {} }, ...changes });
const headers = (count: number): CustomHTTPHeader[] => Array.from({ length: count }, (_, i) => ({ Name: `h${i}`, Value: 'v' }));
const answering = (changes: object): Rule =>
  blocking(FROM_GERMANY, { Action: { Block: { CustomResponse: { ResponseCode: 403, ...changes } } } });
const typed = [{ Name: 'Content-Type', Value: 'text/html' }];
const labelled = (Name: string): Rule => blocking(FROM_GERMANY, { RuleLabels: [{ Name }] });

const INVALID = 'WAFInvalidParameterException';
const rows: [what: string, rules: () => Rule[], want: string][] = [
  ['every way of two statements', () => [blocking({ ...FROM_GERMANY, ...regex('a') })], `${INVALID} STATEMENT Statement`],
  [
    'one statement of an or',
    () => [blocking({ OrStatement: { Statements: [FROM_GERMANY] } })],
    `${INVALID} OR_STATEMENT Statements`,
  ],
  ['nothing to negate', () => [blocking({ NotStatement: { Statement: {} } })], `${INVALID} STATEMENT Statement`],
  ['a rate in a not', () => [blocking({ NotStatement: { Statement: rate({}) } })], `${INVALID} STATEMENT RateBasedStatement`],
  [
    'a managed group in an and',
    () => [blocking({ AndStatement: { Statements: [FROM_GERMANY, common()] } })],
    `${INVALID} STATEMENT ManagedRuleGroupStatement`,
  ],
  [
    'a rate in the scope of a group',
    () => [overriding(common({ ScopeDownStatement: rate({}) }))],
    `${INVALID} STATEMENT RateBasedStatement`,
  ],
  ['two rules of one name', () => [blocking(FROM_GERMANY), blocking(FROM_GERMANY, { Priority: 1 })], 'WAFDuplicateItemException'],
  [
    'two rules of one priority',
    () => [blocking(FROM_GERMANY), blocking(FROM_GERMANY, { Name: 'other' })],
    'WAFDuplicateItemException',
  ],
  ['an action and an override', () => [blocking(FROM_GERMANY, { OverrideAction: { None: {} } })], `${INVALID} RULE Rule`],
  ['no action', () => [blocking(FROM_GERMANY, { Action: undefined })], `${INVALID} RULE Rule`],
  ['an override of a plain rule', () => [overriding(FROM_GERMANY)], `${INVALID} RULE Statement`],
  ['an action of a group', () => [blocking(common())], `${INVALID} RULE Statement`],
  ['two actions', () => [blocking(FROM_GERMANY, { Action: { Allow: {}, Block: {} } })], `${INVALID} RULE_ACTION RuleAction`],
  [
    'an action that is not done here',
    () => [blocking(FROM_GERMANY, { Action: { Monetize: {} } })],
    `${INVALID} RULE_ACTION Monetize`,
  ],
  [
    'two overrides',
    () => [overriding(common(), { OverrideAction: { None: {}, Count: {} } })],
    `${INVALID} OVERRIDE_ACTION OverrideAction`,
  ],
  ['two fields', () => [blocking(match({ UriPath: {}, Method: {} }))], `${INVALID} FIELD_TO_MATCH FieldToMatch`],
  [
    'one priority of transformations twice',
    () => [blocking({ XssMatchStatement: { FieldToMatch: { Body: {} }, TextTransformations: [...NONE, ...NONE] } })],
    `${INVALID} TEXT_TRANSFORMATION 0`,
  ],
  [
    'eleven transformations',
    () => [
      blocking(
        match(
          { Method: {} },
          Array.from({ length: 11 }, () => 'LOWERCASE'),
        ),
      ),
    ],
    `${INVALID} TEXT_TRANSFORMATION 11`,
  ],
  ['a JSON pointer without a slash', () => [blocking(match(json({ IncludedPaths: ['a'] })))], `${INVALID} JSON_MATCH_PATTERN a`],
  [
    'a JSON pattern of two kinds',
    () => [blocking(match(json({ All: {}, IncludedPaths: ['/a'] })))],
    `${INVALID} JSON_MATCH_PATTERN MatchPattern`,
  ],
  [
    'nothing to search',
    () => [blocking({ ByteMatchStatement: { ...match({ Method: {} }).ByteMatchStatement!, SearchString: octets('') } })],
    `${INVALID} BYTE_MATCH_STATEMENT SearchString`,
  ],
  [
    'too long a search',
    () => [
      blocking({ ByteMatchStatement: { ...match({ Method: {} }).ByteMatchStatement!, SearchString: octets('x'.repeat(201)) } }),
    ],
    `${INVALID} BYTE_MATCH_STATEMENT SearchString`,
  ],
  ['a pattern that cannot run', () => [blocking(regex('(?=a)'))], `${INVALID} STATEMENT (?=a)`],
  ['half a character in a pattern', () => [blocking(regex('\ud800'))], `${INVALID} STATEMENT \ud800`],
  [
    'a country that there is not',
    () => [blocking({ GeoMatchStatement: { CountryCodes: ['ZZ' as 'DE'] } })],
    `${INVALID} GEO_MATCH_STATEMENT ZZ`,
  ],
  [
    'an IP set that there is not',
    () => [blocking({ IPSetReferenceStatement: { ARN: noSuch('ipset') } })],
    `${INVALID} IP_SET_REFERENCE_STATEMENT ${noSuch('ipset')}`,
  ],
  [
    'a pattern set in place of an IP set',
    () => [blocking({ IPSetReferenceStatement: { ARN: patternSet.ARN } })],
    `${INVALID} IP_SET_REFERENCE_STATEMENT PATTERNS`,
  ],
  [
    'a rule group that there is not',
    () => [overriding({ RuleGroupReferenceStatement: { ARN: noSuch('rulegroup') } })],
    `${INVALID} RULE_GROUP_REFERENCE_STATEMENT ${noSuch('rulegroup')}`,
  ],
  [
    'an override of a rule that the group has not',
    () => [overriding(owned({ ExcludedRules: [{ Name: 'two' }] }))],
    `${INVALID} EXCLUDED_RULE two`,
  ],
  ['an override of a rule of another version', () => [overriding(common({ ExcludedRules: [{ Name: 'Other' }] }))], 'accepted'],
  ['a managed group that there is not', () => [overriding(managed('Nothing'))], 'WAFNonexistentItemException'],
  [
    'a managed group that is not evaluated',
    () => [overriding(managed('AWSManagedRulesBotControlRuleSet'))],
    `${INVALID} MANAGED_RULE_SET_STATEMENT AWSManagedRulesBotControlRuleSet`,
  ],
  [
    'a version that there is not',
    () => [overriding(common({ Version: 'Version_9.9' }))],
    'WAFExpiredManagedRuleGroupVersionException',
  ],
  [
    'a namespace without its colon',
    () => [blocking({ LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'a:b' } })],
    `${INVALID} LABEL_MATCH_STATEMENT a:b`,
  ],
  ['a label with a reserved part', () => [labelled('a:awswaf')], `${INVALID} RULE a:awswaf`],
  ['a label of seven parts', () => [labelled('a:b:c:d:e:f:g')], `${INVALID} RULE a:b:c:d:e:f:g`],
  ['a label of a rule with a group', () => [overriding(common(), { RuleLabels: [{ Name: 'a' }] })], `${INVALID} RULE RuleLabels`],
  ['an answer that is not sent', () => [answering({ ResponseCode: 418 })], `${INVALID} CUSTOM_RESPONSE 418`],
  ['a body that there is not', () => [answering({ CustomResponseBodyKey: 'none' })], `${INVALID} CUSTOM_RESPONSE none`],
  ['a body of the web ACL', () => [answering({ CustomResponseBodyKey: 'body' })], 'accepted'],
  ['eleven headers', () => [answering({ ResponseHeaders: headers(11) })], 'WAFLimitsExceededException'],
  [
    'a header twice',
    () => [answering({ ResponseHeaders: [...headers(1), { Name: 'H0', Value: '' }] })],
    `${INVALID} CUSTOM_RESPONSE H0`,
  ],
  ['a type of its own', () => [answering({ ResponseHeaders: typed })], `${INVALID} CUSTOM_RESPONSE content-type`],
  ['a rate that allows', () => [blocking(rate({}), { Action: { Allow: {} } })], `${INVALID} RULE_ACTION Allow`],
  ['a window of its own', () => [blocking(rate({ EvaluationWindowSec: 90 }))], `${INVALID} RATE_BASED_STATEMENT 90`],
  ['custom keys without any', () => [blocking(rate({ AggregateKeyType: 'CUSTOM_KEYS' }))], `${INVALID} CUSTOM_KEYS CustomKeys`],
  [
    'an address as the only custom key',
    () => [blocking(rate({ AggregateKeyType: 'CUSTOM_KEYS', CustomKeys: [{ IP: {} }] }))],
    `${INVALID} CUSTOM_KEYS IP`,
  ],
  [
    'a constant of everything',
    () => [blocking(rate({ AggregateKeyType: 'CONSTANT' }))],
    `${INVALID} SCOPE_DOWN ScopeDownStatement`,
  ],
  [
    'a forwarded address from nowhere',
    () => [blocking(rate({ AggregateKeyType: 'FORWARDED_IP' }))],
    `${INVALID} FORWARDED_IP_CONFIG ForwardedIPConfig`,
  ],
  [
    'eleven rates',
    () => Array.from({ length: 11 }, (_, i) => blocking(rate({}), { Name: `r${i}`, Priority: i })),
    'WAFLimitsExceededException',
  ],
  [
    'more than there is',
    () => Array.from({ length: 8 }, (_, i) => overriding(common(), { Name: `r${i}`, Priority: i })),
    `${INVALID} WEB_ACL 5600`,
  ],
];

describe('rules are judged', () => {
  const bodies = { CustomResponseBodies: { body: { ContentType: 'TEXT_PLAIN', Content: 'no' } } };
  test.each(rows)('%s', async (what, rules, want) => {
    const verdict = await refusal(() => at.webAcl(what.replaceAll(' ', '-'), rules(), bodies));
    expect(verdict).toBe(want.replace('PATTERNS', patternSet.ARN));
  });

  test('a rule group holds no rule groups', async () => {
    const make = (rule: Rule) => () =>
      at.handlers.CreateRuleGroup!({ Name: 'outer', Scope, Capacity: 1000, VisibilityConfig: visibility, Rules: [rule] }, call());
    expect(await refusal(make(overriding(owned())))).toBe(`${INVALID} STATEMENT RuleGroupReferenceStatement`);
    expect(await refusal(make(overriding(common())))).toBe(`${INVALID} STATEMENT ManagedRuleGroupStatement`);
  });

  test('a rule group keeps within its capacity, for ever', async () => {
    const config = { Name: 'small', Scope, Capacity: 3, VisibilityConfig: visibility } as const;
    const small = made((await at.handlers.CreateRuleGroup!({ ...config, Rules: [blocking(regex('a'))] }, call())).Summary);
    const change = { ...small, Scope, VisibilityConfig: visibility } as const;
    const more = [blocking(regex('a')), blocking(FROM_GERMANY, { Name: 'more', Priority: 1 })];
    expect(await refusal(() => at.handlers.UpdateRuleGroup!({ ...change, Rules: more }, call()))).toBe(`${INVALID} RULE_GROUP 4`);
  });
});

describe('web ACLs are judged', () => {
  const settings: [what: string, changes: object, want: string][] = [
    ['two default actions', { DefaultAction: { Allow: {}, Block: {} } }, `${INVALID} DEFAULT_ACTION DefaultAction`],
    [
      'a body of 5 KB',
      { CustomResponseBodies: { b: { ContentType: 'TEXT_PLAIN', Content: 'x'.repeat(5000) } } },
      'WAFLimitsExceededException',
    ],
    ['a token domain of one label', { TokenDomains: ['com'] }, `${INVALID} TOKEN_DOMAIN com`],
    [
      'a resource that there is not',
      { AssociationConfig: { RequestBody: { MOON: { DefaultSizeInspectionLimit: 'KB_16' } } } },
      `${INVALID} ASSOCIATED_RESOURCE_TYPE MOON`,
    ],
    [
      'protection of an unnamed header',
      { DataProtectionConfig: { DataProtections: [{ Field: { FieldType: 'SINGLE_HEADER' }, Action: 'HASH' }] } },
      `${INVALID} DATA_PROTECTION_CONFIG SINGLE_HEADER`,
    ],
  ];
  test.each(settings)('%s', async (what, changes, want) => {
    expect(await refusal(() => at.webAcl(what.replaceAll(' ', '-'), [], changes))).toBe(want);
  });
});

describe('rules cost', () => {
  const costs: [what: string, rules: () => Rule[], want: number][] = [
    ['a search', () => [blocking(match({ UriPath: {} }))], 10],
    ['a comparison', () => [blocking(match({ UriPath: {} }, ['NONE'], 'EXACTLY'))], 2],
    ['two transformations', () => [blocking(match({ UriPath: {} }, ['URL_DECODE', 'LOWERCASE']))], 30],
    ['all query arguments', () => [blocking(match({ AllQueryArguments: {} }))], 20],
    ['a JSON body', () => [blocking(match(json({ All: {} })))], 20],
    ['a pattern', () => [blocking(regex('a'))], 3],
    [
      'a pattern set',
      () => [
        blocking({
          RegexPatternSetReferenceStatement: { ARN: patternSet.ARN, FieldToMatch: { Method: {} }, TextTransformations: NONE },
        }),
      ],
      25,
    ],
    [
      'injection of SQL, high',
      () => [
        blocking({
          SqliMatchStatement: { FieldToMatch: { QueryString: {} }, TextTransformations: NONE, SensitivityLevel: 'HIGH' },
        }),
      ],
      30,
    ],
    [
      'injection of SQL',
      () => [blocking({ SqliMatchStatement: { FieldToMatch: { QueryString: {} }, TextTransformations: NONE } })],
      20,
    ],
    ['scripts', () => [blocking({ XssMatchStatement: { FieldToMatch: { QueryString: {} }, TextTransformations: NONE } })], 40],
    ['an IP set', () => [blocking({ IPSetReferenceStatement: { ARN: ipSet.ARN } })], 1],
    [
      'an IP set anywhere in a header',
      () => [
        blocking({
          IPSetReferenceStatement: {
            ARN: ipSet.ARN,
            IPSetForwardedIPConfig: { HeaderName: 'x', FallbackBehavior: 'MATCH', Position: 'ANY' },
          },
        }),
      ],
      5,
    ],
    ['a rate', () => [blocking(rate({ ScopeDownStatement: FROM_GERMANY }))], 3],
    [
      'a rate of two keys',
      () => [blocking(rate({ AggregateKeyType: 'CUSTOM_KEYS', CustomKeys: [{ IP: {} }, { HTTPMethod: {} }] }))],
      62,
    ],
    [
      'a managed group and its scope',
      () => [overriding(common({ ScopeDownStatement: { NotStatement: { Statement: FROM_GERMANY } } }))],
      701,
    ],
    ['a group of the account', () => [overriding(owned())], 50],
    ['six labels', () => [blocking(FROM_GERMANY, { RuleLabels: Array.from({ length: 6 }, (_, i) => ({ Name: `l${i}` })) })], 3],
    [
      'the same transformation once',
      () => [
        blocking(match({ UriPath: {} }, ['LOWERCASE'])),
        blocking(match({ UriPath: {} }, ['LOWERCASE']), { Name: 'b', Priority: 1 }),
      ],
      30,
    ],
  ];
  test.each(costs)('%s', async (_, rules, want) => {
    expect(await at.handlers.CheckCapacity!({ Scope, Rules: rules() }, call())).toEqual({ Capacity: want });
  });
});

test('edges read rules in order, with what is left unsaid', async () => {
  const rules = [
    blocking(rate({}), { Name: 'second', Priority: 9, Action: { Challenge: {} } }),
    blocking(match({ SingleHeader: { Name: 'X-Name' } }, ['NONE', 'LOWERCASE']), {
      Name: 'first',
      Priority: 1,
      RuleLabels: [{ Name: 'seen' }],
      CaptchaConfig: { ImmunityTimeProperty: { ImmunityTime: 60 } },
    }),
  ];
  const AssociationConfig = { RequestBody: { CLOUDFRONT: { DefaultSizeInspectionLimit: 'KB_48' } } };
  const { ARN } = await at.webAcl('translated', rules, { ...plain, AssociationConfig });
  await at.distribution(ARN);
  await at.settled();
  const translated = at.snapshots.at(-1)?.waf?.webAcls.find(({ arn }) => arn === ARN);
  const shown = { sampledRequests: true, metrics: true, metricName: 'metric' };
  const unlabelled = { labels: [], visibility: shown, captchaImmunity: undefined, challengeImmunity: undefined };
  expect(translated).toMatchObject({
    bodyLimit: 49_152,
    immunity: { captcha: 300_000, challenge: 300_000 },
    rules: [
      {
        name: 'first',
        action: { kind: 'block', response: undefined },
        labels: ['seen'],
        captchaImmunity: 60_000,
        statement: {
          kind: 'byteMatch',
          search: 'x',
          position: 'CONTAINS',
          field: { kind: 'singleHeader', name: 'x-name' },
          transformations: ['LOWERCASE'],
          preParse: [],
        },
      },
      {
        name: 'second',
        priority: 9,
        action: { kind: 'challenge', insertHeaders: [] },
        statement: { kind: 'rateBased', limit: 100, window: 300_000, aggregate: { by: 'IP' }, scopeDown: undefined },
        ...unlabelled,
      },
    ],
  });
});
