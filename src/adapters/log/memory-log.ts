/** An AccessLog that keeps every record, for tests. Files: access-log-file.ts. */
import type { Delivery, Outcome } from '../../core/outcome.ts';
import type { ViewerRequest } from '../../core/request.ts';
import type { AccessLog } from '../../edge/ports.ts';

export interface LogEntry {
  readonly request: ViewerRequest;
  readonly outcome: Outcome;
  readonly delivery: Delivery;
}

export interface MemoryLog extends AccessLog {
  /** In the order of finishing; grows. */
  readonly entries: readonly LogEntry[];
  /** Resolves once there are `count` entries in all. */
  written(count: number): Promise<void>;
}

export function createMemoryLog(): MemoryLog {
  const entries: LogEntry[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    entries,
    write(request, outcome, delivery) {
      entries.push({ request, outcome, delivery });
      for (const waiter of waiting) if (waiter.count <= entries.length) waiter.resolve();
    },
    written(count) {
      if (entries.length >= count) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ count, resolve }));
    },
  };
}
