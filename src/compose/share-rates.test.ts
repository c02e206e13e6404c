import { expect, test } from 'bun:test';
import { createVirtualClock } from '../adapters/clock/virtual-clock.ts';
import { createRateCounters, type RateCounters, type RateRule } from '../core/viewer-request/waf/rates/rate-counters.ts';
import { RATES } from '../tables/waf.ts';
import { createRateExchange } from './rate-exchange.ts';
import { shareRates } from './share-rates.ts';

const RULE: RateRule = { id: 'r', window: 60_000, limit: 10 };

/** Several workers of one machine, each with its counters. */
function workers(count: number) {
  const clock = createVirtualClock();
  const exchange = createRateExchange();
  const counters = Array.from({ length: count }, () => createRateCounters());
  for (const [at, rates] of counters.entries()) {
    rates.retain([RULE]);
    shareRates({ clock, waf: sharing(rates, clock.now), tell: async (news) => exchange.exchange(String(at), news) });
  }
  /** Some rounds of telling. */
  const rounds = async (times: number, length: number = RATES.sharing): Promise<void> => {
    for (let at = 0; at < times; at++) {
      clock.advance(length);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  };
  return { clock, counters, rounds };
}

function sharing(rates: RateCounters, now: () => number) {
  return {
    hasRateRules: true,
    get hasPressingRates() {
      return rates.hasPressingNews;
    },
    takeRateNews: () => rates.takeNews(RATES.shared),
    addRateNews: (news: Parameters<RateCounters['add']>[0]) => rates.add(news, now()),
  };
}

test('after two rounds each worker counts for all', async () => {
  const { clock, counters, rounds } = workers(3);
  await rounds(1);
  for (const rates of counters) for (let at = 0; at < 4; at++) rates.hit(RULE, 'k', clock.now());
  await rounds(2);
  expect(counters.map((rates) => rates.onlooker.hit(RULE, 'k', clock.now()))).toEqual([13, 13, 13]);
  await rounds(3);
  expect(counters.map((rates) => rates.onlooker.hit(RULE, 'k', clock.now()))).toEqual([13, 13, 13]);
});

test('a large part of a limit is told at once, a small one with everything else', async () => {
  const { clock, counters, rounds } = workers(2);
  const large = { ...RULE, id: 'large', limit: 1000 };
  for (const rates of counters) rates.retain([RULE, large]);
  await rounds(1);
  const ask = (rule: RateRule) => counters.map((rates) => rates.onlooker.hit(rule, 'k', clock.now()) - 1);
  for (const rates of counters) rates.hit(large, 'k', clock.now());
  await rounds(3, RATES.looking);
  expect(ask(large)).toEqual([1, 1]);
  for (const rates of counters) rates.hit(RULE, 'k', clock.now());
  await rounds(1, RATES.looking);
  for (const rates of counters) rates.hit(RULE, 'k', clock.now());
  await rounds(1, RATES.looking);
  expect(ask(RULE)).toEqual([3, 4]);
});

test('who has told nothing, because the supervisor did not answer, goes on', async () => {
  const clock = createVirtualClock();
  const rates = createRateCounters();
  rates.retain([RULE]);
  let asked = 0;
  const tell = (): Promise<never> => {
    asked += 1;
    return Promise.reject(new Error('gone'));
  };
  shareRates({ clock, waf: sharing(rates, clock.now), tell });
  for (let at = 0; at < 3; at++) {
    clock.advance(RATES.sharing);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
  expect(asked).toBe(3);
});
