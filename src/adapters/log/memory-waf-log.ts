/** The WafLog of tests: every record, in order. */
import type { WafLog } from '../../edge/waf-ports.ts';

export interface MemoryWafLog extends WafLog {
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

export function createMemoryWafLog(): MemoryWafLog {
  const records: Readonly<Record<string, unknown>>[] = [];
  return { records, write: (_, record) => void records.push(record) };
}
