/**
 * What the supervisor asks of its workers about AWS WAF, and makes one answer of: samples, keys over their limits, tests of web ACLs. What each
 * worker says: worker-calls.ts.
 */
import type { Clock } from '../edge/ports.ts';
import type { WafSampleQuery, WafSamples } from '../model/waf-samples.ts';
import type { WafTestResult } from '../model/waf-test.ts';
import type { Duration } from '../model/units.ts';
import { answerWithin } from './answer-within.ts';
import { mergeWafSamples } from './merge-waf-samples.ts';
import type { WafTestOrder } from './test-web-acl.ts';
import type { WafRule } from './worker-calls.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface WafOfWorkers {
  /** Of requests that a web ACL inspected. */
  samples(query: WafSampleQuery): Promise<WafSamples>;
  limitedKeys(rule: WafRule): Promise<readonly string[]>;
  /** What a web ACL decides about requests that nobody has sent. Rejects where it cannot be used. */
  test(order: WafTestOrder): Promise<readonly WafTestResult[]>;
}

export function wafOfWorkers(ready: () => readonly WorkerProcess[], clock: Clock, limit: Duration): WafOfWorkers {
  const fromEach = <Answer>(ask: (worker: WorkerProcess) => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(ready().map((worker) => answerWithin(clock, limit, ask(worker))));
  return {
    samples: async (query) => mergeWafSamples(await fromEach((worker) => worker.ask('wafSamples', query)), query),
    limitedKeys: async (rule) => [...new Set((await fromEach((worker) => worker.ask('wafLimitedKeys', rule))).flat())],
    async test(order) {
      const [first] = ready();
      if (first === undefined) throw new Error('no worker serves at the moment');
      return first.ask('testWebAcl', order);
    },
  };
}
