/**
 * One run of a function with an event for `warmfront functions run`: as TestFunction for CloudFront Functions; for Lambda@Edge in a process like
 * those at the edge, and judged as there.
 */
import { partsOfResult, type Parts } from '../../model/function-parts.ts';
import type { LambdaTrace } from '../../model/function-trace.ts';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import { partsOfLambdaResult } from '../../model/lambda-parts.ts';
import type { Arguments } from '../read-arguments.ts';
import { printable, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { EventText, FunctionBench, FunctionResult } from './function-bench.ts';
import { readFunction, readPath, readRuntime, refuseOptionsOfCloudFront } from './read-function.ts';
import { excerpt, failureLine, lambdaCost, utilization } from './trace-page.ts';

export interface OneRun {
  readonly hasFailed: boolean;
  /** For `--json`. */
  readonly told: object;
  readonly page: readonly string[];
  readonly parts: Parts;
}

export function runOnce(
  file: string,
  event: EventText,
  given: Arguments,
  bench: FunctionBench,
  terminal: Terminal,
): Promise<OneRun> {
  return isForLambda(event) ? runLambda(file, event, given, bench, terminal) : runFunction(file, event, given, bench, terminal);
}

/** Lambda's have `Records`, CloudFront's have not. */
function isForLambda({ text }: EventText): boolean {
  try {
    const event: unknown = JSON.parse(text);
    return isObject(event) && 'Records' in event;
  } catch {
    // The bench says what is wrong with it.
    return false;
  }
}

async function runFunction(
  file: string,
  event: EventText,
  given: Arguments,
  bench: FunctionBench,
  terminal: Terminal,
): Promise<OneRun> {
  if (given.options.has('handler')) throw new UsageError('--handler is for functions of Lambda; this event is of CloudFront');
  const tested = readFunction(file, readRuntime(given) ?? 'cloudfront-js-2.0', given, terminal);
  const told = printable(await bench.test(tested, event));
  const { output, error } = told;
  const hasFailed = error !== '';
  const parts: Parts = hasFailed
    ? new Map([['error', error]])
    : partsOfResult(JSON.parse(output) as JsonObject, JSON.parse(event.text) as JsonObject);
  return { hasFailed, told, page: functionPage(told, tested.code), parts };
}

function functionPage({ output, error, logs, computeUtilization, warnings }: FunctionResult, code: string): string[] {
  return [
    ...(error === '' ? indented(JSON.parse(output)) : [error, ...errorExcerpt(error, code)]),
    '',
    utilization(computeUtilization),
    ...logs.map((line) => `log: ${line}`),
    ...warnings.map((line) => `warning: ${line}`),
  ];
}

/** The line that an error names. */
function errorExcerpt(error: string, code: string): string[] {
  const [, line, column] = /\(line (\d+)(?:, column (\d+))?\)$/.exec(error) ?? [];
  const source = line === undefined ? undefined : code.split(/\r?\n/)[Number(line) - 1];
  if (source === undefined) return [];
  return excerpt({ line: Number(line), source, ...(column !== undefined && { column: Number(column) }) });
}

async function runLambda(
  file: string,
  event: EventText,
  { options }: Arguments,
  bench: FunctionBench,
  terminal: Terminal,
): Promise<OneRun> {
  refuseOptionsOfCloudFront(options);
  const told = printable(await bench.runLambda(readPath(file, terminal), event, options.get('handler')?.at(-1)));
  const { failure, result = {} } = told;
  const parts: Parts = failure === undefined ? partsOfLambdaResult(result, told.event) : new Map([['error', failure.message]]);
  return { hasFailed: failure !== undefined, told, page: lambdaPage(told), parts };
}

function lambdaPage(trace: LambdaTrace): string[] {
  const { result = {}, failure, logs, leftOut = [] } = trace;
  return [
    ...(failure === undefined ? indented(result['response'] ?? result['request']) : [failureLine(failure)]),
    '',
    lambdaCost(trace),
    ...logs.map((line) => `log: ${line}`),
    ...leftOut.map((sentence) => `not all of it: ${sentence}`),
  ];
}

/** What was too long to be kept is not there. */
function indented(value: unknown): string[] {
  return JSON.stringify(value ?? {}, null, 2).split('\n');
}
