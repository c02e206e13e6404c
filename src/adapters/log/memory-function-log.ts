/**
 * The FunctionLog as a list, for tests.
 */
import type { FunctionLog, FunctionLogEntry } from '../../edge/function-log.ts';

export interface MemoryFunctionLog extends FunctionLog {
  readonly entries: readonly FunctionLogEntry[];
}

export function createMemoryFunctionLog(): MemoryFunctionLog {
  const entries: FunctionLogEntry[] = [];
  return {
    entries,
    write: (entry) => void entries.push(entry),
  };
}
