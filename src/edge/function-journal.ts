/**
 * The last runs of functions of either kind, so that somebody can look at what a request met and try other code on it. What the access log keeps of a
 * request would not do: it has neither headers nor cookies. Kept in memory as they are, in two bounds; what was not asked for is not kept.
 */
import { isSeenLambda, type SeenLambdaRun, type SeenRun } from '../core/lambda-edge/lambda-run.ts';
import type { SeenFunctionRun } from '../core/viewer-request/function-run.ts';
import { MIB, type Bytes } from '../model/units.ts';
import type { FunctionRunQuery } from '../model/function-trace.ts';

export interface FunctionJournal {
  readonly keeps: boolean;
  record(run: SeenRun): void;
  /** The oldest first. */
  find(query: FunctionRunQuery): readonly SeenRun[];
}

/** Ours: beside this, the number of runs is bounded. */
const MOST_TEXT: Bytes = 8 * MIB;

/** `most` 0: nothing is kept. */
export function createFunctionJournal(most: number): FunctionJournal {
  /** A ring: the oldest is at `begin`. */
  const runs: SeenRun[] = [];
  let begin = 0;
  let count = 0;
  let text: Bytes = 0;

  function dropOldest(): void {
    text -= sizeOf(runs[begin]!);
    begin = (begin + 1) % most;
    count -= 1;
  }

  return {
    keeps: most > 0,
    record(run) {
      if (most === 0) return;
      const size = sizeOf(run);
      if (size > MOST_TEXT) return;
      while (count === most || text + size > MOST_TEXT) dropOldest();
      runs[(begin + count) % most] = run;
      count += 1;
      text += size;
    },
    find({ requestId, name, last }) {
      const found: SeenRun[] = [];
      for (let back = count - 1; back >= 0 && found.length < last; back -= 1) {
        const run = runs[(begin + back) % most]!;
        if (requestId !== undefined && requestIdOf(run) !== requestId) continue;
        if (name === undefined || (isSeenLambda(run) ? run.version : run.code).name === name) found.push(run);
      }
      return found.toReversed();
    },
  };
}

function requestIdOf(run: SeenRun): string {
  return isSeenLambda(run) ? run.requestId : run.event.requestId;
}

function sizeOf(run: SeenRun): Bytes {
  return isSeenLambda(run) ? sizeOfLambda(run) : sizeOfFunction(run);
}

function sizeOfLambda({ event, result, lines }: SeenLambdaRun): Bytes {
  let size = (event.text?.length ?? 0) + (result?.text?.length ?? 0);
  for (const line of lines) size += line.length;
  return size;
}

/** What a run holds on to, but for the function's code, which many share. */
function sizeOfFunction({ event, run }: SeenFunctionRun): Bytes {
  const { request, response } = event;
  let size = request.uri.length + request.querystring.length + request.headers.length + request.cookies.length;
  if (request.query !== undefined) size += request.query.length;
  if (response !== undefined) size += response.headers.length + response.cookies.length;
  for (const line of run.logs) size += line.length;
  if (run.keyValues !== undefined) for (const [key, value = ''] of run.keyValues) size += key.length + value.length;
  return size + run.answerSize;
}
