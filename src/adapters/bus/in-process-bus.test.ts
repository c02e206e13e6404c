import { expect } from 'bun:test';
import { busContract } from '../../../test/contracts/bus.ts';
import { createInProcessBus } from './in-process-bus.ts';

busContract('the in-process bus', async () => {
  const timers = new Set<() => void>();
  const warnings: string[] = [];
  const bus = createInProcessBus({
    clock: {
      now: () => 0,
      after(_delay, run) {
        timers.add(run);
        return { cancel: () => void timers.delete(run) };
      },
    },
    warn: (message) => warnings.push(message),
  });
  return {
    bus,
    async retry() {
      expect(warnings.every((line) => line.startsWith('edge edge did not apply '))).toBe(true);
      expect(warnings.length).toBe(timers.size);
      for (const run of timers) run();
      timers.clear();
    },
    quiet: () => new Promise((resolve) => setImmediate(resolve)),
    async close() {},
  };
});
