/**
 * What each worker has counted for rate-based rules, on its way to the others: whoever tells takes along what is there for it. Bounded: for each
 * worker, so many counts wait; the oldest are dropped first, which makes the others count too little, never too much. A worker that says
 * nothing is forgotten when it ends.
 */
import type { RateNews } from '../core/viewer-request/waf/rates/rate-counters.ts';
import { RATES } from '../tables/waf.ts';

export interface RateExchange {
  /** Takes what the worker has counted; gives what all others have since it last asked. */
  exchange(worker: string, news: readonly RateNews[]): readonly RateNews[];
  forget(worker: string): void;
}

export function createRateExchange(): RateExchange {
  const waiting = new Map<string, Map<string, RateNews>>();

  function put(box: Map<string, RateNews>, news: RateNews): void {
    const key = `${news.rule} ${news.key}`;
    const before = box.get(key);
    box.delete(key);
    if (box.size >= RATES.keys) box.delete(box.keys().next().value ?? '');
    box.set(key, before === undefined ? news : { ...news, count: before.count + news.count });
  }

  return {
    exchange(worker, news) {
      const own = waiting.get(worker);
      waiting.set(worker, new Map());
      for (const [other, box] of waiting) {
        if (other !== worker) for (const one of news) put(box, one);
      }
      return own === undefined ? [] : [...own.values()];
    },
    forget: (worker) => void waiting.delete(worker),
  };
}
