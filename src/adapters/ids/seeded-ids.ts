/** Request ids that repeat from run to run, for tests: the shape of random-ids.ts, a counter in place of randomness. */
import type { Ids } from '../../edge/ports.ts';

export function createSeededIds(seed = 'seeded'): Ids {
  let count = 0;
  return {
    requestId() {
      count += 1;
      const text = `${seed.replaceAll(/[^A-Za-z0-9_-]/g, '-').slice(0, 40)}-${count}-`;
      return `${text.padEnd(54, '0')}==`;
    },
  };
}
