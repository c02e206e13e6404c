import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { RATES } from '../../../../tables/waf.ts';
import type { RateBasedStatement, RateKey } from '../../../../model/web-acl-statement.ts';
import { evaluate } from '../evaluate.ts';
import { createRateCounters, type RateRule } from './rate-counters.ts';
import { compiled, contains, inspection, rule, webAcl, type InspectionSettings } from '../waf.fixture.ts';
import type { InspectedRequest } from '../../../../model/waf-engine.ts';

const RULE: RateRule = { id: 'r', window: 60_000, limit: 10 };

test('a window ends to the millisecond', () => {
  const rates = createRateCounters();
  expect([0, 1, 60_000, 60_000, 60_001].map((now) => rates.hit(RULE, 'k', now))).toEqual([1, 2, 2, 3, 3]);
});

const gaps = fc.array(fc.nat({ max: 5000 }), { minLength: 100, maxLength: 300 });
const exactly = (seen: readonly number[], now: number): number => seen.filter((at) => at > now - RULE.window).length;

test('whatever comes when, the limit is passed as a list of all requests says, and the count is no less', () => {
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 40 }), fc.nat({ max: 9000 }), (between, limit, later) => {
      const rates = createRateCounters();
      const ruleOfLimit = { ...RULE, limit };
      const seen: number[] = [];
      let now = 0;
      for (const gap of between) {
        seen.push((now += gap));
        const exact = exactly(seen, now);
        const counted = rates.hit(ruleOfLimit, 'k', now);
        if (counted > limit !== exact > limit || counted < exact || (exact <= limit && counted !== exact)) return false;
        const isListed = rates.limited('r', now + later).length > 0;
        if (isListed !== exactly(seen, now + later) > limit) return false;
      }
      return true;
    }),
  );
});

const SMALL = { instants: 200, ofKey: 100 };
const STEP = RULE.window / RATES.steps;

test('where there is no more room for instants, a request counts up to one step longer', () => {
  fc.assert(
    fc.property(gaps, fc.boolean(), (between, isOwn) => {
      const rates = createRateCounters(isOwn ? SMALL : { instants: 100, ofKey: 200 });
      const seen: number[] = [];
      let now = 0;
      for (const gap of between) {
        seen.push((now += gap / 10));
        const counted = rates.hit({ ...RULE, limit: 1000 }, 'k', now);
        const atMost = seen.filter((at) => at > now - RULE.window - STEP).length;
        if (counted < exactly(seen, now) || counted > atMost) return false;
      }
      return true;
    }),
  );
});

test.each([
  { instants: 1000, ofKey: 10 },
  { instants: 10, ofKey: 1000 },
])('no more instants are told apart than %j', (room) => {
  const rates = createRateCounters(room);
  for (let now = 0; now <= 20; now++) rates.hit({ ...RULE, limit: 1000 }, 'k', now);
  expect([60_005, 60_015, 60_020].map((now) => rates.onlooker.hit(RULE, 'k', now))).toEqual([16, 13, 1]);
});

test('who has gone leaves the room of its instants', () => {
  const rates = createRateCounters(SMALL);
  const large = { ...RULE, limit: 1000 };
  for (const key of ['gone', 'too']) for (let at = 0; at < SMALL.ofKey; at++) rates.hit(large, key, at * 10);
  const later = 70_000;
  for (const now of [later, later + 100, later + 200]) rates.hit(large, 'k', now);
  expect(rates.onlooker.hit(large, 'k', later + RULE.window + 100)).toBe(2);
});

test('a flood of keys takes a bounded place, and who asks again and again stays', () => {
  const rates = createRateCounters();
  for (let at = 0; at < RATES.keys * 2; at++) {
    rates.hit(RULE, `k${at}`, at);
    if (at % 1000 === 0) rates.hit(RULE, 'busy', at);
  }
  expect(rates.hit(RULE, 'busy', RATES.keys * 2)).toBe(21);
  expect(rates.hit(RULE, 'k0', RATES.keys * 2)).toBe(1);
});

test('what two have counted is counted by both', () => {
  const [one, other] = [createRateCounters(), createRateCounters()];
  for (const rates of [one, other]) rates.retain([RULE]);
  for (let at = 0; at < 3; at++) one.hit(RULE, 'k', at);
  other.hit(RULE, 'k', 5);
  other.add(one.takeNews(10), 10);
  one.add(other.takeNews(10), 10);
  expect([one.hit(RULE, 'k', 20), other.hit(RULE, 'k', 20)]).toEqual([5, 5]);
  expect([one.takeNews(10).length, one.takeNews(10).length]).toEqual([1, 0]);
});

test('the busiest keys are told first', () => {
  const rates = createRateCounters();
  for (const key of ['a', 'b', 'b', 'c']) rates.hit(RULE, key, 0);
  expect(rates.takeNews(1)).toEqual([{ rule: 'r', key: 'b', count: 2 }]);
  expect(rates.takeNews(9).map(({ key }) => key)).toEqual(['a', 'c']);
});

test('what is the largest part of a limit is told first, and what presses is not forgotten', () => {
  const rates = createRateCounters();
  const [small, large] = [
    { ...RULE, id: 'small', limit: 10 },
    { ...RULE, id: 'large', limit: 10_000 },
  ];
  for (let time = 0; time < 5; time++) rates.hit(large, 'crowd', time);
  for (const key of ['a', 'a', 'b']) rates.hit(small, key, 9);
  expect(rates.hasPressingNews).toBe(true);
  expect(rates.takeNews(1)).toEqual([{ rule: 'small', key: 'a', count: 2 }]);
  expect(rates.hasPressingNews).toBe(true);
  expect(rates.takeNews(1)).toEqual([{ rule: 'small', key: 'b', count: 1 }]);
  expect(rates.hasPressingNews).toBe(false);
});

test('a changed rule begins anew', () => {
  const rates = createRateCounters();
  rates.hit(RULE, 'k', 0);
  rates.retain([{ ...RULE, id: 'r2' }]);
  rates.retain([RULE]);
  expect(rates.hit(RULE, 'k', 1)).toBe(1);
});

test('an onlooker sees what would be counted, and counts nothing', () => {
  const rates = createRateCounters();
  rates.hit(RULE, 'k', 0);
  expect([1, 2, 60_000].map((now) => rates.onlooker.hit(RULE, 'k', now))).toEqual([2, 2, 1]);
});

test('who is over the limit is listed as long as that holds', () => {
  const rates = createRateCounters();
  for (let at = 0; at < 11; at++) rates.hit(RULE, 'k', 0);
  rates.hit(RULE, 'other', 0);
  expect([rates.limited('r', 59_999), rates.limited('r', 60_000)]).toEqual([['k'], []]);
});

const NO_TRANSFORMATIONS = { transformations: [] } as const;
const limited = (
  aggregate: RateBasedStatement['aggregate'],
  scopeDown?: RateBasedStatement['scopeDown'],
): RateBasedStatement => ({
  kind: 'rateBased',
  limit: 1,
  window: 60_000,
  aggregate,
  scopeDown,
});
const keys = (...all: RateKey[]): RateBasedStatement =>
  limited({ by: 'CUSTOM_KEYS', keys: all, forwarded: { header: 'x-forwarded-for', fallback: 'NO_MATCH' } });
const X: RateKey = { kind: 'header', name: 'x', ...NO_TRANSFORMATIONS };
const from = (viewerAddress: string): Partial<InspectedRequest> => ({ viewerAddress });
const field = (name: string, value: string): Partial<InspectedRequest> => ({ fields: [[name, value]] });
const XFF = { header: 'x-forwarded-for', fallback: 'MATCH' } as const;

/** The second request of each row comes after the first: is it over a limit of one? */
const KEYS: readonly (readonly [
  name: string,
  statement: RateBasedStatement,
  first: Partial<InspectedRequest>,
  second: Partial<InspectedRequest>,
  isOver: boolean,
  settings?: InspectionSettings,
])[] = [
  ['IP', limited({ by: 'IP' }), {}, {}, true],
  ['another IP', limited({ by: 'IP' }), from('1.1.1.1'), from('1.1.1.2'), false],
  [
    'forwarded IP',
    limited({ by: 'FORWARDED_IP', forwarded: XFF }),
    field('x-forwarded-for', '1.1.1.1, 2.2.2.2'),
    field('x-forwarded-for', '1.1.1.1'),
    true,
  ],
  ['no header', limited({ by: 'FORWARDED_IP', forwarded: XFF }), {}, {}, false],
  [
    'no address, counted together: fallback',
    limited({ by: 'FORWARDED_IP', forwarded: XFF }),
    field('x-forwarded-for', 'x'),
    field('x-forwarded-for', '1.1.1.1.1, 1.1.1.1'),
    true,
  ],
  [
    'no address, once: fallback',
    limited({ by: 'FORWARDED_IP', forwarded: XFF }),
    field('x-forwarded-for', '1.1.1.1'),
    field('x-forwarded-for', 'x'),
    false,
  ],
  [
    'no address: no fallback',
    limited({ by: 'FORWARDED_IP', forwarded: { ...XFF, fallback: 'NO_MATCH' } }),
    field('x-forwarded-for', 'x'),
    field('x-forwarded-for', 'x'),
    false,
  ],
  [
    'constant',
    limited({ by: 'CONSTANT' }, contains('/a')),
    { ...from('1.1.1.1'), path: '/a' },
    { ...from('1.1.1.2'), path: '/a' },
    true,
  ],
  ['out of scope', limited({ by: 'CONSTANT' }, contains('/a')), { path: '/b' }, { path: '/a' }, false],
  ['a header', keys({ kind: 'header', name: 'x', ...NO_TRANSFORMATIONS }), field('x', '1'), field('x', '1'), true],
  [
    'a header, transformed',
    keys({ kind: 'header', name: 'x', transformations: ['LOWERCASE'] }),
    field('x', 'A'),
    field('x', 'a'),
    true,
  ],
  ['a header that is missing', keys({ kind: 'header', name: 'x', ...NO_TRANSFORMATIONS }), {}, {}, false],
  ['long values that are alike', keys(X), field('x', `${'1'.repeat(9000)}2`), field('x', `${'1'.repeat(9000)}2`), true],
  ['long values that differ', keys(X), field('x', `${'1'.repeat(9000)}2`), field('x', `${'1'.repeat(9000)}3`), false],
  [
    'a cookie',
    keys({ kind: 'cookie', name: 'c', ...NO_TRANSFORMATIONS }),
    field('cookie', 'c=1'),
    field('cookie', 'a=2; c=1'),
    true,
  ],
  [
    'an argument',
    keys({ kind: 'queryArgument', name: 'a', ...NO_TRANSFORMATIONS }),
    { query: 'a=1' },
    { query: 'b=1&A=1' },
    true,
  ],
  ['the query', keys({ kind: 'queryString', ...NO_TRANSFORMATIONS }), { query: 'a=1' }, { query: 'a=2' }, false],
  ['the path', keys({ kind: 'uriPath', ...NO_TRANSFORMATIONS }), { path: '/a' }, { path: '/a', query: 'x' }, true],
  ['method and IP', keys({ kind: 'httpMethod' }, { kind: 'ip' }), {}, { method: 'POST' }, false],
  ['method and IP, both', keys({ kind: 'httpMethod' }, { kind: 'ip' }), {}, {}, true],
  [
    'a label namespace',
    keys({ kind: 'labelNamespace', namespace: 'awswaf:clientip:geo' }),
    {},
    {},
    true,
    { labels: ['awswaf:clientip:geo:country:FI'] },
  ],
  ['no such label', keys({ kind: 'labelNamespace', namespace: 'awswaf:clientip:geo' }), {}, {}, false],
  ['JA3, which is not known', keys({ kind: 'ja3Fingerprint', fallback: 'NO_MATCH' }), {}, {}, false],
  [
    'ASN',
    keys({ kind: 'asn' }),
    field('x-forwarded-for', '1.1.1.1'),
    field('x-forwarded-for', '1.1.1.2'),
    true,
    { places: { '1.1.1.1': { asn: 7 }, '1.1.1.2': { asn: 7 } } },
  ],
];

for (const [name, statement, first, second, isOver, settings] of KEYS) {
  test(`aggregated by ${name}`, () => {
    const acl = compiled(webAcl([rule('r', statement)]));
    const rates = createRateCounters();
    const actions = [first, second].map((request) => evaluate(acl, inspection(request, { ...settings, rates })).action);
    expect(actions).toEqual(['ALLOW', isOver ? 'BLOCK' : 'ALLOW']);
  });
}

test('what viewers send is no longer a key than others hold', () => {
  const counters = createRateCounters();
  const lengths: number[] = [];
  const rates = {
    ...counters,
    hit: (of: RateRule, key: string, now: number) => lengths.push(key.length) && counters.hit(of, key, now),
  };
  evaluate(
    compiled(webAcl([rule('r', keys(X, { kind: 'uriPath', ...NO_TRANSFORMATIONS }))])),
    inspection(field('x', '1'.repeat(9000)), { rates }),
  );
  expect(lengths).toEqual([32]);
});

test('a verdict says what the limit was and what the key', () => {
  const acl = compiled(webAcl([rule('r', limited({ by: 'IP' }))]));
  const rates = createRateCounters();
  evaluate(acl, inspection({}, { rates }));
  const verdict = evaluate(acl, inspection({}, { rates }));
  expect([verdict.terminating?.type, verdict.limited]).toEqual([
    'RATE_BASED',
    [{ rule: 'r', limit: 1, window: 60_000, limitKey: 'IP', values: [{ key: 'IP', value: '192.0.2.1' }], count: 2 }],
  ]);
});
