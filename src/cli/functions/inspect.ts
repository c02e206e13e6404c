/**
 * `warmfront functions inspect`: what each function does with a request (run for this question alone, as `warmfront explain` does), or
 * what it has done with one that was served and recorded. Exits 0 whatever it did: the question was answered.
 */
import type { Explanation } from '../../model/explanation.ts';
import { MOST_RUNS_ASKED, type FunctionTrace, type LambdaTrace, type RecordedFunctionRuns } from '../../model/function-trace.ts';
import type { ControlClient } from '../control-client.ts';
import { explainedQuestion } from '../explained-question.ts';
import type { Arguments } from '../read-arguments.ts';
import { painter, printable, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { tracePage, type Paint } from './trace-page.ts';

export async function inspectFunctions(
  url: string | undefined,
  { options, switches }: Arguments,
  client: () => ControlClient,
  terminal: Terminal,
): Promise<number> {
  const requestId = options.get('request-id')?.at(-1);
  if ((url === undefined) === (requestId === undefined)) {
    throw new UsageError('say what to inspect: a URL, or --request-id ID of a request that was served (X-Amz-Cf-Id)');
  }
  const { answer, lines } =
    url === undefined
      ? await servedRequest(requestId!, client(), painter(terminal))
      : await askedRequest(url, options, client(), painter(terminal));
  for (const line of switches.has('json') ? [JSON.stringify(answer, null, 2)] : lines) terminal.print(line);
  return 0;
}

interface Answer {
  readonly answer: unknown;
  readonly lines: readonly string[];
}

async function servedRequest(requestId: string, client: ControlClient, paint: Paint): Promise<Answer> {
  const found = await client.functionRuns({ requestId, last: MOST_RUNS_ASKED });
  if (found.runs.length === 0) throw notRecorded(`of the request ${requestId}`, found);
  const { runs } = printable(found);
  const traces = runs.map(({ trace }) => trace);
  return { answer: found.runs, lines: [`${requestId} at ${new Date(runs[0]!.at).toISOString()}`, ...pages(traces, paint)] };
}

async function askedRequest(url: string, options: Arguments['options'], client: ControlClient, paint: Paint): Promise<Answer> {
  const explanation = await client.explain(explainedQuestion(url, options));
  const { request, verdict, ...told } = printable(explanation);
  const traces = tracesIn(told);
  // Those of Lambda@Edge that are run when there is an origin or an answer.
  const later = told.steps.filter(({ decision }) => decision === 'later').map((step) => step.sentence);
  const none = ['', 'no function runs before the origin is asked'];
  return {
    answer: tracesIn(explanation),
    lines: [
      `${request.method} ${request.url}`,
      verdict.sentence,
      ...(traces.length + later.length === 0 ? none : pages(traces, paint)),
      ...later,
    ],
  };
}

function tracesIn({
  function: first,
  lambda,
  viewerResponseFunction: last,
}: Pick<Explanation, 'function' | 'lambda' | 'viewerResponseFunction'>): readonly (FunctionTrace | LambdaTrace)[] {
  return [first, lambda, last].filter((trace) => trace !== undefined);
}

function pages(traces: readonly (FunctionTrace | LambdaTrace)[], paint: Paint): string[] {
  return traces.flatMap((trace) => ['', ...tracePage(trace, paint)]);
}

/** `what` completes "no run ... is recorded". */
export function notRecorded(what: string, { mostPerWorker }: Pick<RecordedFunctionRuns, 'mostPerWorker'>): UsageError {
  const kept =
    mostPerWorker === 0
      ? 'nothing is recorded: start Warmfront with --record-functions 1000'
      : `each worker keeps its last ${mostPerWorker} since it started (--record-functions); the access log has neither headers nor cookies`;
  return new UsageError(`no run of a function ${what} is recorded; ${kept}`, 1);
}
