/**
 * A run of a function as people read it: what it got, with what it changed as `-` and `+` lines, logs, cost, and the line of the source
 * where it failed. What is told comes from src/insight/functions.
 */
import { partsOfEvent } from '../../model/function-parts.ts';
import type { FunctionChange, FunctionTrace, TracedFailure } from '../../model/function-trace.ts';
import type { Style } from '../terminal.ts';

export type Paint = (text: string, style: Style) => string;

/** Ours: CloudFront names this as where throttling becomes likely. */
const HIGH_UTILIZATION = 71;
/** Ours: `--json` has all of a value. */
const LONGEST_VALUE = 300;

export function tracePage(trace: FunctionTrace, paint: Paint): string[] {
  const { name, eventType, did, event, changes, failure, logs, keyValues = [], computeUtilization } = trace;
  const head = `${paint(eventType, 'bold')}: ${name} ${DID[did]}; ${utilization(computeUtilization)}`;
  const changed = new Set(changes.map(({ part }) => part));
  const kept = did === 'generated' ? [] : [...partsOfEvent(event)].filter(([part]) => !changed.has(part));
  return [
    head,
    ...kept.map(([part, value]) => `    ${part}: ${shortened(value)}`),
    ...changeLines(changes, paint),
    ...(failure === undefined ? [] : [`  ${failure.result}: ${failure.message}`, ...excerpt(failure)]),
    ...keyValues.map(({ key, value }) => `  read: ${key}${value === undefined ? ', which is not there' : ''}`),
    ...logs.map((line) => `  log: ${line}`),
  ];
}

const DID: Readonly<Record<FunctionTrace['did'], string>> = {
  unchanged: 'changes nothing',
  changed: 'changes it',
  generated: 'answers',
  failed: 'fails',
};

export function changeLines(changes: readonly FunctionChange[], paint: Paint): string[] {
  return changes.flatMap(({ part, before, after }) => [
    ...(before === undefined ? [] : [paint(`  - ${part}: ${shortened(before)}`, 'red')]),
    ...(after === undefined ? [] : [paint(`  + ${part}: ${shortened(after)}`, 'green')]),
  ]);
}

export function utilization(computeUtilization: number): string {
  const warning = computeUtilization >= HIGH_UTILIZATION ? ' (CloudFront would probably throttle it)' : '';
  return `compute utilization: ${computeUtilization}${warning}`;
}

/** The line of the source, with a mark under the column; begins with an empty line. */
export function excerpt({ line, column, source }: Pick<TracedFailure, 'line' | 'column' | 'source'>): string[] {
  if (source === undefined || line === undefined) return [];
  const before = `${line} | `;
  const mark = column === undefined ? [] : [`${' '.repeat(before.length + column - 1)}^`];
  return ['', `${before}${source}`, ...mark];
}

function shortened(value: string): string {
  if (value.length <= LONGEST_VALUE) return value;
  return `${value.slice(0, LONGEST_VALUE)}... (${value.length} characters)`;
}
