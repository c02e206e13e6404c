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
}

export function createMemoryLog(): MemoryLog {
  const entries: LogEntry[] = [];
  return {
    entries,
    write: (request, outcome, delivery) => void entries.push({ request, outcome, delivery }),
  };
}
