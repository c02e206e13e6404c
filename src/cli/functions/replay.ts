/**
 * `warmfront functions replay`: changed code on what viewers have sent, before it is published. The events and what the published code
 * made of them come from the running Warmfront; the new code runs here, and nowhere else. Exit code 1: something differs.
 */
import { tracesThatDiffer } from '../../model/function-parts.ts';
import { MOST_RUNS_ASKED, type FunctionReplay, type RecordedFunctionRun } from '../../model/function-trace.ts';
import type { ControlClient } from '../control-client.ts';
import type { Arguments } from '../read-arguments.ts';
import { painter, printable, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { FunctionBench } from './function-bench.ts';
import { notRecorded } from './inspect.ts';
import { readFunction, readRuntime } from './read-function.ts';
import { changeLines, excerpt, type Paint } from './trace-page.ts';

const MOST_SHOWN = 10;

export async function replayFunction(
  file: string,
  given: Arguments,
  client: () => ControlClient,
  bench: FunctionBench,
  terminal: Terminal,
): Promise<number> {
  const { options, switches } = given;
  const requestId = options.get('request-id')?.at(-1);
  const last = readLast(options.get('last')?.at(-1) ?? '100');
  const asked = readRuntime(given);
  const tested = readFunction(file, asked ?? 'cloudfront-js-2.0', given, terminal);
  const wanted = options.get('function')?.at(-1);
  const found = await client().functionRuns({ requestId, name: wanted, last });
  const runs = runsOfOne(found.runs, wanted, tested.name);
  const [newest] = runs.slice(-1);
  if (newest === undefined) throw notRecorded(whatOf(requestId, wanted), found);
  const traces = await bench.replay({ ...tested, runtime: asked ?? newest.runtime }, runs);
  const replays = runs.map((recorded, index): FunctionReplay => {
    const replayed = traces[index]!;
    return { recorded, replayed, differences: tracesThatDiffer(recorded.trace, replayed) };
  });
  const differing = replays.filter(({ differences }) => differences.length > 0);
  const lines = switches.has('json') ? [JSON.stringify(replays, null, 2)] : page(printable(replays), file, painter(terminal));
  for (const line of lines) terminal.print(line);
  return differing.length === 0 ? 0 : 1;
}

function readLast(given: string): number {
  const last = Number(given);
  if (/^[1-9]\d{0,3}$/.test(given) && last <= MOST_RUNS_ASKED) return last;
  throw new UsageError(`--last is a number from 1 to ${MOST_RUNS_ASKED}, not "${given}"`);
}

/** Of the function that is meant: named, named as the file, or the only one there is. */
function runsOfOne(
  runs: readonly RecordedFunctionRun[],
  wanted: string | undefined,
  fileName: string,
): readonly RecordedFunctionRun[] {
  if (wanted !== undefined) return runs;
  const names = [...new Set(runs.map(({ trace }) => trace.name))];
  const name = names.includes(fileName) ? fileName : names[0];
  if (name !== fileName && names.length > 1) {
    throw new UsageError(`say which function this is to replace: --function ${names.join(', or --function ')}`);
  }
  return runs.filter(({ trace }) => trace.name === name);
}

function whatOf(requestId: string | undefined, name: string | undefined): string {
  return [name, requestId && `of the request ${requestId}`].filter((part) => part !== undefined).join(' ') || 'at all';
}

function page(replays: readonly FunctionReplay[], file: string, paint: Paint): string[] {
  const differing = replays.filter(({ differences }) => differences.length > 0);
  const newlyFailing = differing.filter(({ recorded, replayed }) => replayed.did === 'failed' && recorded.trace.did !== 'failed');
  const { name } = replays[0]!.recorded.trace;
  const failing = newlyFailing.length === 0 ? '' : `, ${newlyFailing.length} of them because ${file} fails`;
  const runs = replays.length === 1 ? '1 run' : `${replays.length} runs`;
  const hidden = differing.length - MOST_SHOWN;
  return [
    `${runs} of ${name}, replayed with ${file}: ${differing.length} differ${failing}`,
    ...differing.slice(0, MOST_SHOWN).flatMap((replay) => ['', ...replayLines(replay, paint)]),
    ...(replays.length > 1 ? [] : replays[0]!.replayed.logs.map((line) => `  log: ${line}`)),
    ...(hidden > 0 ? ['', `${hidden} more differ: --json has them all`] : []),
    ...(differing.length === 0 ? [] : ['', `- what the published code made of it, + what ${file} makes of it`]),
  ];
}

function replayLines({ recorded, replayed, differences }: FunctionReplay, paint: Paint): string[] {
  const { at, requestId, trace } = recorded;
  const { request } = trace.event as { readonly request: { readonly method: string; readonly uri: string } };
  const { failure } = replayed;
  return [
    `${new Date(at).toISOString()} ${request.method} ${request.uri} (${requestId})`,
    ...changeLines(differences, paint),
    ...(failure === undefined ? [] : excerpt(failure)),
  ];
}
