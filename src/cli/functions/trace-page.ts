/**
 * A run of a function as people read it: what it got, with what it changed as `-` and `+` lines, logs, cost, and the line of the source
 * where it failed. What is told comes from src/insight/functions.
 */
import { partsOfEvent } from '../../model/function-parts.ts';
import type { FunctionChange, FunctionTrace, LambdaTrace, TracedFailure } from '../../model/function-trace.ts';
import { partsOfLambdaEvent } from '../../model/lambda-parts.ts';
import { MIB } from '../../model/units.ts';
import type { Style } from '../terminal.ts';

export type Paint = (text: string, style: Style) => string;

/** Ours: CloudFront names this as where throttling becomes likely. */
const HIGH_UTILIZATION = 71;
/** Ours: `--json` has all of a value. */
const LONGEST_VALUE = 300;

export function tracePage(trace: FunctionTrace | LambdaTrace, paint: Paint): string[] {
  const { name, eventType, did, event, changes, failure, logs } = trace;
  const isLambda = 'version' in trace;
  const named = isLambda ? `${name}:${trace.version}` : name;
  const parts = isLambda ? partsOfLambdaEvent(event) : partsOfEvent(event);
  const cost = isLambda ? lambdaCost(trace) : utilization(trace.computeUtilization);
  const keyValues = (isLambda ? undefined : trace.keyValues) ?? [];
  const leftOut = (isLambda ? trace.leftOut : undefined) ?? [];
  const changed = new Set(changes.map(({ part }) => part));
  const kept = did === 'generated' ? [] : [...parts].filter(([part]) => !changed.has(part));
  return [
    `${paint(eventType, 'bold')}: ${named} ${DID[did]}; ${cost}`,
    ...kept.map(([part, value]) => `    ${part}: ${shortened(value)}`),
    ...changeLines(changes, paint),
    ...(failure === undefined ? [] : [`  ${failureLine(failure)}`, ...excerpt(failure)]),
    ...keyValues.map(({ key, value }) => `  read: ${key}${value === undefined ? ', which is not there' : ''}`),
    ...logs.map((line) => `  log: ${line}`),
    ...leftOut.map((sentence) => `  not all of it: ${sentence}`),
  ];
}

export function failureLine({ result, message }: TracedFailure): string {
  return `${result}: ${message}`;
}

export function lambdaCost({ duration, initDuration, memory, peakMemory }: LambdaTrace): string {
  const init = initDuration === undefined ? '' : `, after ${initDuration.toFixed(0)} ms to start its process`;
  const used = peakMemory === 0 ? '' : `, ${Math.ceil(peakMemory / MIB)} of ${memory / MIB} MB`;
  return `${duration.toFixed(1)} ms${init}${used}`;
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
