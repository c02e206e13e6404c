import { expect, test } from 'bun:test';
import { RATES } from '../tables/waf.ts';
import { createRateExchange } from './rate-exchange.ts';

const news = (key: string, count = 1) => ({ rule: 'r', key, count });

test('each hears what all others have counted, once', () => {
  const rates = createRateExchange();
  for (const worker of ['a', 'b', 'c']) rates.exchange(worker, []);
  rates.exchange('a', [news('k', 2)]);
  expect(rates.exchange('b', [news('k')])).toEqual([news('k', 2)]);
  expect(rates.exchange('c', [])).toEqual([news('k', 3)]);
  expect([rates.exchange('a', []), rates.exchange('b', []), rates.exchange('c', [])]).toEqual([[news('k')], [], []]);
});

test('for a worker that does not ask, so much waits and no more', () => {
  const rates = createRateExchange();
  rates.exchange('silent', []);
  for (let at = 0; at < RATES.keys + 5; at++) rates.exchange('a', [news(`k${at}`)]);
  const heard = rates.exchange('silent', []);
  expect([heard.length, heard[0]?.key]).toEqual([RATES.keys, 'k5']);
});

test('who has ended hears nothing any more', () => {
  const rates = createRateExchange();
  rates.exchange('a', []);
  rates.forget('a');
  rates.exchange('b', [news('k')]);
  expect(rates.exchange('a', [])).toEqual([]);
});
