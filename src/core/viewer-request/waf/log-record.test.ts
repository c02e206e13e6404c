import { expect, test } from 'bun:test';
import type { InspectedRequest } from '../../../model/waf-engine.ts';
import type { DataProtection, Rule, WafLogFilter } from '../../../model/web-acl.ts';
import { evaluate } from './evaluate.ts';
import { isKept, logRecord, protectedRequest } from './log-record.ts';
import type { Verdict } from './verdict.ts';
import { BLOCK, compiled, contains, COUNT, inspected, inspection, NAMESPACE, rule, webAcl } from './waf.fixture.ts';
import { createRateCounters } from './rates/rate-counters.ts';

const REQUEST: Partial<InspectedRequest> = {
  path: '/evil',
  query: 'a=1&pass=x',
  fields: [
    ['host', 'd.test'],
    ['x-key', 'k'],
  ],
  country: 'FI',
};
const digest = (text: string): string => `<${text}>`;
const logged = (request: Partial<InspectedRequest> = REQUEST) =>
  ({ request: inspected(request), requestId: 'id', distributionId: 'E1', receivedAt: 1_700_000_000_000 }) as const;
const recordOf = (rules: readonly Rule[], settings = {}): Readonly<Record<string, unknown>> => {
  const verdict = evaluate(compiled(webAcl(rules, settings)), inspection(REQUEST));
  return logRecord(logged(), verdict, digest);
};

test('a record has the fields of AWS WAF, in its order', () => {
  const marked = { kind: 'count', insertHeaders: [{ name: 'Seen', value: '1' }] } as const;
  const rules = [rule('mark', contains('/'), { action: marked, labels: ['seen'] }), rule('block', contains('evil'))];
  const detail = (text: string) => ({ conditionType: 'BYTE_MATCH', location: 'URI', matchedData: [text] });
  expect(recordOf(rules)).toEqual({
    timestamp: 1_700_000_000_000,
    formatVersion: 1,
    webaclId: 'arn:acl',
    terminatingRuleId: 'block',
    terminatingRuleType: 'REGULAR',
    action: 'BLOCK',
    terminatingRuleMatchDetails: [detail('evil')],
    httpSourceName: 'CF',
    httpSourceId: 'E1',
    ruleGroupList: [],
    rateBasedRuleList: [],
    nonTerminatingMatchingRules: [{ ruleId: 'mark', action: 'COUNT', ruleMatchDetails: [detail('/')] }],
    requestHeadersInserted: [{ name: 'x-amzn-waf-seen', value: '1' }],
    responseCodeSent: null,
    httpRequest: {
      clientIp: '192.0.2.1',
      country: 'FI',
      headers: [
        { name: 'host', value: 'd.test' },
        { name: 'x-key', value: 'k' },
      ],
      uri: '/evil',
      args: 'a=1&pass=x',
      httpVersion: 'HTTP/1.1',
      httpMethod: 'GET',
      requestId: 'id',
      fragment: '',
      scheme: 'http',
      host: 'd.test',
    },
    labels: [{ name: `${NAMESPACE}seen` }],
  });
});

test('the default action, a challenge and a limit are told in AWS’s words', () => {
  expect(recordOf([])).toMatchObject({ terminatingRuleId: 'Default_Action', terminatingRuleType: 'REGULAR', action: 'ALLOW' });
  const challenge = recordOf([rule('c', contains('/'), { action: { kind: 'challenge', insertHeaders: [] } })]);
  expect(challenge).toMatchObject({
    action: 'CHALLENGE',
    responseCodeSent: 202,
    challengeResponse: { responseCode: 202, failureReason: 'TOKEN_MISSING' },
  });
  const acl = compiled(
    webAcl([rule('r', { kind: 'rateBased', limit: 1, window: 60_000, aggregate: { by: 'IP' }, scopeDown: undefined })]),
  );
  const rates = createRateCounters();
  evaluate(acl, inspection({}, { rates }));
  expect(logRecord(logged(), evaluate(acl, inspection({}, { rates })), digest)).toMatchObject({
    terminatingRuleType: 'RATE_BASED',
    rateBasedRuleList: [
      { rateBasedRuleName: 'r', limitKey: 'IP', maxRateAllowed: 1, evaluationWindowSec: '60', limitValue: '192.0.2.1' },
    ],
  });
});

test('redacted fields are not in logs', () => {
  const redactedFields = [
    { kind: 'singleHeader', name: 'x-key' },
    { kind: 'queryString' },
    { kind: 'uriPath' },
    { kind: 'method' },
  ];
  const { httpRequest } = recordOf([], { logging: { destinations: [], redactedFields, filter: undefined } });
  expect(httpRequest).toMatchObject({ uri: 'REDACTED', args: 'REDACTED', httpMethod: 'REDACTED' });
  expect(JSON.stringify(httpRequest)).toContain('{"name":"x-key","value":"REDACTED"}');
});

const protect = (field: DataProtection['field'], keys: readonly string[], action: DataProtection['action'] = 'SUBSTITUTION') => ({
  field,
  keys,
  action,
  excludeRuleMatchDetails: false,
  excludeRateBasedDetails: false,
});
const PROTECTIONS: readonly (readonly [name: string, protection: DataProtection, want: object])[] = [
  [
    'a header',
    protect('SINGLE_HEADER', ['X-Key']),
    {
      fields: [
        ['x-key', 'REDACTED'],
        ['cookie', 'a=1; b=2'],
      ],
    },
  ],
  [
    'a header, hashed',
    protect('SINGLE_HEADER', ['x-key'], 'HASH'),
    {
      fields: [
        ['x-key', '<k>'],
        ['cookie', 'a=1; b=2'],
      ],
    },
  ],
  [
    'a cookie',
    protect('SINGLE_COOKIE', ['b']),
    {
      fields: [
        ['x-key', 'k'],
        ['cookie', 'a=1; b=REDACTED'],
      ],
    },
  ],
  ['an argument', protect('SINGLE_QUERY_ARGUMENT', ['pass']), { query: 'a=1&pass=REDACTED&b' }],
  ['the query', protect('QUERY_STRING', []), { query: 'REDACTED' }],
  ['the body, which is not shown', protect('BODY', []), { query: 'a=1&pass=x&b' }],
];

for (const [name, protection, want] of PROTECTIONS) {
  test(`protected: ${name}`, () => {
    const request = {
      path: '/',
      query: 'a=1&pass=x&b',
      fields: [
        ['x-key', 'k'],
        ['cookie', 'a=1; b=2'],
      ] as const,
    };
    expect(protectedRequest(request, [protection], digest)).toMatchObject(want);
  });
}

test('what matched is not shown either, unless that is excluded', () => {
  const rules = [rule('r', contains('x', { kind: 'singleQueryArgument', name: 'pass' }))];
  const shown = (dataProtections: readonly DataProtection[]) =>
    recordOf(rules, { dataProtections })['terminatingRuleMatchDetails'];
  const hidden = protect('SINGLE_QUERY_ARGUMENT', ['pass']);
  expect(shown([hidden])).toMatchObject([{ matchedData: ['REDACTED'] }]);
  expect(shown([{ ...hidden, excludeRuleMatchDetails: true }])).toMatchObject([{ matchedData: ['x'] }]);
  expect(shown([protect('SINGLE_HEADER', ['pass'])])).toMatchObject([{ matchedData: ['x'] }]);
});

const verdict = (action: Verdict['action'], label = 'none'): Verdict => {
  const rules = [
    rule('count', contains('/'), { action: COUNT, labels: [label] }),
    rule('end', contains('/'), { action: action === 'BLOCK' ? BLOCK : { kind: 'allow', insertHeaders: [] } }),
  ];
  return evaluate(compiled(webAcl(rules)), inspection());
};
const action = (of: 'BLOCK' | 'COUNT' | 'ALLOW') => ({ kind: 'action', action: of }) as const;
const label = (name: string) => ({ kind: 'label', label: NAMESPACE + name }) as const;
const filter = (defaultBehavior: 'KEEP' | 'DROP', ...filters: WafLogFilter['filters']): WafLogFilter => ({
  defaultBehavior,
  filters,
});

const FILTERS: readonly (readonly [name: string, filter: WafLogFilter | undefined, verdict: Verdict, isKept: boolean])[] = [
  ['none', undefined, verdict('ALLOW'), true],
  ['the default', filter('DROP'), verdict('BLOCK'), false],
  [
    'an action',
    filter('DROP', { behavior: 'KEEP', requirement: 'MEETS_ANY', conditions: [action('BLOCK')] }),
    verdict('BLOCK'),
    true,
  ],
  [
    'another action',
    filter('DROP', { behavior: 'KEEP', requirement: 'MEETS_ANY', conditions: [action('BLOCK')] }),
    verdict('ALLOW'),
    false,
  ],
  [
    'a rule that counted',
    filter('DROP', { behavior: 'KEEP', requirement: 'MEETS_ANY', conditions: [action('COUNT')] }),
    verdict('ALLOW'),
    true,
  ],
  [
    'all conditions',
    filter('KEEP', { behavior: 'DROP', requirement: 'MEETS_ALL', conditions: [action('ALLOW'), label('x')] }),
    verdict('ALLOW', 'x'),
    false,
  ],
  [
    'not all conditions',
    filter('KEEP', { behavior: 'DROP', requirement: 'MEETS_ALL', conditions: [action('ALLOW'), label('x')] }),
    verdict('ALLOW', 'y'),
    true,
  ],
  [
    'the first that is met',
    filter(
      'KEEP',
      { behavior: 'KEEP', requirement: 'MEETS_ANY', conditions: [label('x')] },
      { behavior: 'DROP', requirement: 'MEETS_ANY', conditions: [action('ALLOW')] },
    ),
    verdict('ALLOW', 'x'),
    true,
  ],
];

for (const [name, given, of, want] of FILTERS) {
  test(`log filter: ${name}`, () => {
    expect(isKept(given, of)).toBe(want);
  });
}
