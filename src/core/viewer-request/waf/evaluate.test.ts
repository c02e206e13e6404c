import { expect, test } from 'bun:test';
import type { InspectedRequest } from '../../../model/waf-engine.ts';
import { NO_WAF, type Rule, type RuleGroup } from '../../../model/web-acl.ts';
import type { Statement } from '../../../model/web-acl-statement.ts';
import { compileWebAcl } from './compile-web-acl.ts';
import { evaluate } from './evaluate.ts';
import type { TokenReading } from './inspection.ts';
import type { Verdict } from './verdict.ts';
import { BLOCK, compiled, contains, COUNT, inspection, NAMESPACE, PLAIN_ENGINE, rule, webAcl } from './waf.fixture.ts';

const ALLOW = { kind: 'allow', insertHeaders: [{ name: 'Seen', value: 'allow' }] } as const;
const CAPTCHA = { kind: 'captcha', insertHeaders: [] } as const;
const CHALLENGE = { kind: 'challenge', insertHeaders: [{ name: 'seen', value: 'challenge' }] } as const;
const ALWAYS = contains('/');
const counts = (value: string) => ({ kind: 'count', insertHeaders: [{ name: 'Seen', value }] }) as const;

const GROUP: RuleGroup = {
  arn: 'arn:group',
  id: 'g',
  name: 'g',
  labelNamespace: 'awswaf:1:rulegroup:g:',
  customResponseBodies: { page: { contentType: 'TEXT_PLAIN', content: 'from the group' } },
  visibility: { sampledRequests: true, metrics: true, metricName: 'g' },
  rules: [
    rule('first', contains('a'), { action: COUNT, labels: ['first'] }),
    rule('second', contains('b'), { action: { kind: 'block', response: { status: 418, bodyKey: 'page', headers: [] } } }),
    rule('third', contains('c'), { action: CAPTCHA }),
  ],
};
const NONE = { kind: 'none' } as const;
const SET_ASIDE = { kind: 'override-count' } as const;
const group = (settings: Partial<Rule> = {}, overrides: Extract<Statement, { kind: 'ruleGroup' }>['overrides'] = []): Rule =>
  rule('group', { kind: 'ruleGroup', arn: 'arn:group', overrides }, { action: NONE, ...settings });
const managed = (settings: Partial<Extract<Statement, { kind: 'managedRuleGroup' }>> = {}): Rule =>
  rule(
    'managed',
    {
      kind: 'managedRuleGroup',
      vendor: 'AWS',
      name: 'Paths',
      version: undefined,
      overrides: [],
      scopeDown: undefined,
      ...settings,
    },
    { action: NONE },
  );
const override = (name: string, action: Rule['action'] & { kind: 'count' | 'block' | 'allow' }, isExclusion = false) => ({
  rule: name,
  action,
  isExclusion,
});

/** The verdict in a line: action, who ended it, what was counted, what is inserted. */
function told({ action, terminating, counted, insert, groups }: Verdict): string {
  const by = terminating && `${terminating.name}${terminating.within ? `/${terminating.within.name}` : ''}`;
  const inside = groups.flatMap((each) => each.counted.map((one) => `${each.rule}/${one.name}=${one.action}`));
  const others = counted.map((one) => `${one.name}=${one.action}`);
  return [action, by ?? 'default', ...inside, ...others, ...insert.map((field) => field.join(':'))].join(' ');
}

const RULES: readonly (readonly [name: string, rules: readonly Rule[], request: Partial<InspectedRequest>, want: string])[] = [
  ['no rule', [], {}, 'ALLOW default'],
  ['the first that ends it', [rule('a', ALWAYS), rule('b', ALWAYS, { action: ALLOW })], {}, 'BLOCK a'],
  [
    'allowed before what would block',
    [rule('a', ALWAYS, { action: ALLOW }), rule('b', ALWAYS)],
    {},
    'ALLOW a x-amzn-waf-seen:allow',
  ],
  ['counts go on', [rule('a', ALWAYS, { action: COUNT }), rule('b', ALWAYS)], {}, 'BLOCK b a=COUNT'],
  [
    'the last value of a header',
    [rule('a', ALWAYS, { action: counts('1') }), rule('b', ALWAYS, { action: counts('2') })],
    {},
    'ALLOW default a=COUNT b=COUNT x-amzn-waf-seen:2',
  ],
  [
    'a label of an earlier rule',
    [rule('a', ALWAYS, { action: COUNT, labels: ['x'] }), rule('b', { kind: 'labelMatch', scope: 'LABEL', key: 'x' })],
    {},
    'BLOCK b a=COUNT',
  ],
  [
    'a label of a later rule',
    [rule('b', { kind: 'labelMatch', scope: 'LABEL', key: 'x' }), rule('a', ALWAYS, { action: COUNT, labels: ['x'] })],
    {},
    'ALLOW default a=COUNT',
  ],
  ['a captcha not solved', [rule('a', ALWAYS, { action: CAPTCHA }), rule('b', ALWAYS)], {}, 'CAPTCHA a'],
  ['a group that blocks', [group()], { path: '/ab' }, 'BLOCK group/second group/first=COUNT'],
  ['a group that only counts', [group()], { path: '/a' }, 'ALLOW default group/first=COUNT'],
  [
    'a group that is set aside',
    [group({ action: SET_ASIDE }), rule('z', ALWAYS)],
    { path: '/ab' },
    'BLOCK z group/first=COUNT group=COUNT',
  ],
  ['a group that challenges', [group()], { path: '/c' }, 'CAPTCHA group/third'],
  ['an overridden rule', [group({}, [override('second', COUNT)])], { path: '/b' }, 'ALLOW default group/second=COUNT'],
  [
    'an excluded rule',
    [group({}, [override('second', COUNT, true)])],
    { path: '/b' },
    'ALLOW default group/second=EXCLUDED_AS_COUNT',
  ],
  ['a stricter override', [group({}, [override('first', BLOCK)])], { path: '/a' }, 'BLOCK group/first'],
  [
    'a group’s label, seen from outside',
    [group(), rule('z', { kind: 'labelMatch', scope: 'LABEL', key: 'awswaf:1:rulegroup:g:first' })],
    { path: '/a' },
    'BLOCK z group/first=COUNT',
  ],
  ['a managed group', [managed()], { path: '/two' }, 'BLOCK managed/Two'],
  [
    'a managed group, overridden',
    [managed({ overrides: [override('Two', COUNT), override('Nosuch', COUNT)] })],
    { path: '/one/two' },
    'BLOCK managed/One',
  ],
  ['a managed group, scoped down', [managed({ scopeDown: contains('x') })], { path: '/one' }, 'ALLOW default'],
  ['a managed group in its scope', [managed({ scopeDown: contains('x') })], { path: '/one/x' }, 'BLOCK managed/One'],
  [
    'a managed group’s labels',
    [
      managed({ overrides: [override('One', COUNT)] }),
      rule('z', { kind: 'labelMatch', scope: 'NAMESPACE', key: 'awswaf:managed:aws:paths' }),
    ],
    { path: '/one' },
    'BLOCK z managed/One=COUNT',
  ],
];

for (const [name, rules, request, want] of RULES) {
  test(`rules: ${name}`, () => {
    expect(told(evaluate(compiled(webAcl(rules), { ruleGroups: [GROUP] }), inspection(request)))).toBe(want);
  });
}

const solved = (challengeSolved?: number, captchaSolved?: number): TokenReading => ({
  kind: 'token',
  challengeSolved,
  captchaSolved,
});
const TOKENS: readonly (readonly [name: string, settings: Partial<Rule>, token: TokenReading, now: number, want: string])[] = [
  ['a challenge solved', { action: CHALLENGE }, solved(0), 299_999, 'ALLOW default a=CHALLENGE x-amzn-waf-seen:challenge'],
  ['a challenge solved too long ago', { action: CHALLENGE }, solved(0), 300_000, 'CHALLENGE a'],
  [
    'a rule’s own immunity',
    { action: CHALLENGE, challengeImmunity: 600_000 },
    solved(0),
    599_999,
    'ALLOW default a=CHALLENGE x-amzn-waf-seen:challenge',
  ],
  ['a challenge is no captcha', { action: CAPTCHA }, solved(0), 0, 'CAPTCHA a'],
  ['a captcha solved', { action: CAPTCHA }, solved(0, 0), 1, 'ALLOW default a=CAPTCHA'],
  ['a forged token', { action: CAPTCHA }, { kind: 'none', reason: 'TOKEN_INVALID' }, 1, 'CAPTCHA a'],
];

for (const [name, settings, token, now, want] of TOKENS) {
  test(`token: ${name}`, () => {
    expect(told(evaluate(compiled(webAcl([rule('a', ALWAYS, settings)])), inspection({}, { token, now })))).toBe(want);
  });
}

test('who blocks answers with the page of its own group', () => {
  const { response } = evaluate(compiled(webAcl([group()]), { ruleGroups: [GROUP] }), inspection({ path: '/b' }));
  expect(response).toEqual({ status: 418, headers: [], body: { contentType: 'TEXT_PLAIN', content: 'from the group' } });
});

test('the default action may block, and answer', () => {
  const response = { status: 503, bodyKey: undefined, headers: [{ name: 'Retry-After', value: '1' }] };
  const verdict = evaluate(compiled(webAcl([], { defaultAction: { kind: 'block', response } })), inspection());
  expect([verdict.action, verdict.response]).toEqual([
    'BLOCK',
    { status: 503, headers: [['retry-after', '1']], body: undefined },
  ]);
});

test('geo labels are there even when the country does not match', () => {
  const acl = compiled(webAcl([rule('a', { kind: 'geoMatch', countries: ['US'], forwarded: undefined })]));
  const { labels } = evaluate(acl, inspection({}, { places: { '192.0.2.1': { country: 'FI' } } }));
  expect(labels).toEqual(['awswaf:clientip:geo:country:FI', 'awswaf:clientip:geo:region:FI-XX']);
});

test('labels of a rule have the namespace of the web ACL', () => {
  const acl = compiled(webAcl([rule('a', ALWAYS, { labels: ['x:y'] })]));
  expect(evaluate(acl, inspection()).labels).toEqual([`${NAMESPACE}x:y`]);
});

const BROKEN: readonly (readonly [name: string, statement: Statement, want: string])[] = [
  ['an IP set that is not there', { kind: 'ipSet', arn: 'arn:no', forwarded: undefined }, 'there is no IP set arn:no'],
  ['a group that is not there', { kind: 'ruleGroup', arn: 'arn:no', overrides: [] }, 'there is no rule group arn:no'],
  [
    'a managed group that is not there',
    { kind: 'managedRuleGroup', vendor: 'AWS', name: 'No', version: '2', overrides: [], scopeDown: undefined },
    'there is no managed rule group AWS No 2',
  ],
  [
    'a pattern that is none',
    { kind: 'regexMatch', pattern: '(', field: { kind: 'method' }, transformations: [], preParse: [] },
    'Invalid regular expression',
  ],
];

for (const [name, statement, want] of BROKEN) {
  test(`${name} breaks the web ACL`, () => {
    const action = statement.kind.endsWith('roup') ? NONE : BLOCK;
    const made = compileWebAcl(webAcl([rule('r', statement, { action })]), NO_WAF, PLAIN_ENGINE);
    expect('broken' in made && made.broken).toContain(want);
  });
}
