/** A histogram that is counted into: a preallocated array, one step for each observation. Its bounds: src/tables/metrics.ts. */
import type { Duration } from '../../model/units.ts';
import { BUCKETS, type Histogram } from '../../tables/metrics.ts';

export interface Latencies {
  observe(duration: Duration): void;
  readonly count: number;
  read(): Histogram;
}

export function createLatencies(): Latencies {
  const counts = new Float64Array(BUCKETS.length + 1);
  let sum: Duration = 0;
  let count = 0;
  return {
    observe(duration) {
      let bucket = 0;
      while (bucket < BUCKETS.length && duration > BUCKETS[bucket]!) bucket += 1;
      counts[bucket]! += 1;
      sum += duration;
      count += 1;
    },
    get count() {
      return count;
    },
    read: () => ({ counts: [...counts], sum: sum / 1000 }),
  };
}
