/**
 * Code of a Lambda@Edge function on events that were recorded or written, for the command line: in processes like those at the edge, without a
 * network, and judged as there. What it makes of a request is sent to nobody.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { systemClock } from '../adapters/clock/system-clock.ts';
import type { EventText } from '../cli/functions/function-bench.ts';
import { UsageError } from '../cli/usage-error.ts';
import { handlerFiles } from '../control/aws/lambda/package/handler-files.ts';
import { openCodeFolders } from '../control/aws/lambda/package/code-folders.ts';
import { ZipFault } from '../control/aws/lambda/package/read-zip.ts';
import { judgeLambdaResult } from '../core/lambda-edge/judge-lambda-result.ts';
import type { LambdaEvent } from '../core/lambda-edge/lambda-event.ts';
import type { SeenLambdaRun } from '../core/lambda-edge/lambda-run.ts';
import { createRunLambda } from '../edge/lambdas/run-lambda.ts';
import { createLambdas } from '../functions/lambda-edge/create-lambdas.ts';
import { traceLambda } from '../insight/functions/trace-lambda.ts';
import type { LambdaTrace, RecordedLambdaRun } from '../model/function-trace.ts';
import { LATEST_VERSION, type LambdaVersion } from '../model/lambda-version.ts';
import { LAMBDA_EVENT_LIMITS, LAMBDA_QUOTAS } from '../tables/lambda-edge.ts';
import { readLambdaEvent } from './read-lambda-event.ts';

/** Ours: one run follows the other, as in one process at the edge; a second process is for one that is being replaced. */
const MOST_PROCESSES = 2;

/** On an event that somebody wrote. `handler`: what it is usually called unless given. Rejects with UsageError. */
export async function runLambdaOnce(path: string, { text, from }: EventText, handler: string | undefined): Promise<LambdaTrace> {
  if (handler?.split('/').includes('..') === true) throw new UsageError(`--handler is a path in the package, not "${handler}"`);
  const event = readLambdaEvent(text, from);
  const version = {
    arn: '',
    name: basename(path, extname(path)),
    version: LATEST_VERSION,
    memory: LAMBDA_QUOTAS.memory.usual,
    timeout: LAMBDA_EVENT_LIMITS[event.Records[0].cf.config.eventType].time,
    codeSha256: '',
    environment: {},
  };
  const candidates = usually(path).map(({ runtime, handler: usual }) => ({ ...version, runtime, handler: handler ?? usual }));
  const [trace] = await runAll(path, [{ candidates, event }]);
  return trace!;
}

/** AWS: handlers as the console calls them; the file of a function that is one file may be called anything. */
function usually(path: string): readonly Pick<LambdaVersion, 'runtime' | 'handler'>[] {
  const module = basename(path).replace(/\..*$/, '');
  const [node, python] = [
    { runtime: 'nodejs22.x', handler: 'index.handler' },
    { runtime: 'python3.13', handler: 'lambda_function.lambda_handler' },
  ];
  if (extname(path) === '.py') return [{ ...python, handler: `${module}.lambda_handler` }];
  return isPackage(path) ? [node, python] : [{ ...node, handler: `${module}.handler` }];
}

function isPackage(path: string): boolean {
  return extname(path) === '.zip' || statSync(path).isDirectory();
}

/** `path`: a file that takes the handler's place, a folder, or a zip package. Each run as its version says, but for the code. */
export function replayLambda(path: string, runs: readonly RecordedLambdaRun[]): Promise<readonly LambdaTrace[]> {
  return runAll(
    path,
    runs.map(({ lambda, trace }) => ({ candidates: [lambda], event: trace.event as unknown as LambdaEvent })),
  );
}

interface Ordered {
  /** The first whose handler is there. */
  readonly candidates: readonly LambdaVersion[];
  readonly event: LambdaEvent;
}

async function runAll(path: string, orders: readonly Ordered[]): Promise<readonly LambdaTrace[]> {
  const codeFolder = mkdtempSync(join(tmpdir(), 'warmfront-lambda-code-'));
  const warn = (message: string): void => void process.stderr.write(`warmfront: ${message}\n`);
  const lambdas = createLambdas({ codeFolder, network: 'none', mostProcesses: MOST_PROCESSES, slot: 0, warn });
  let seen: SeenLambdaRun | undefined;
  const run = createRunLambda({
    clock: systemClock,
    lambdas,
    functionLog: { write: () => undefined },
    record(ran) {
      seen = ran;
    },
  });
  try {
    const traces: LambdaTrace[] = [];
    const folders = new Map<string, string>();
    for (const { candidates, event } of orders) {
      const key = candidates.map(({ runtime, handler }) => `${runtime} ${handler}`).join();
      const codeSha256 = folders.get(key) ?? (await unpacked(path, candidates[0]!, codeFolder));
      folders.set(key, codeSha256);
      const code = { ...firstThere(path, candidates, join(codeFolder, codeSha256)), codeSha256 };
      const [{ cf }] = event.Records;
      await run({ arn: code.arn, code }, event, (returned) => judgeLambdaResult(cf, returned));
      traces.push(traceLambda(seen!));
    }
    return traces;
  } finally {
    lambdas.close();
    rmSync(codeFolder, { recursive: true, force: true });
  }
}

/** Throws UsageError where none is. */
function firstThere(path: string, candidates: readonly LambdaVersion[], place: string): LambdaVersion {
  const there = candidates.find(({ runtime, handler }) =>
    handlerFiles(runtime, handler).some((file) => isFile(join(place, file))),
  );
  if (there !== undefined) return there;
  const wanted = candidates.flatMap(({ runtime, handler }) => handlerFiles(runtime, handler).slice(0, 3)).join(', ');
  const handlers = candidates.map(({ handler }) => handler).join(' or ');
  throw new UsageError(`${path} holds no file for the handler ${handlers}: ${wanted} are looked for`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Puts it where processes find it; returns the name of its folder. Throws UsageError. */
async function unpacked(path: string, { runtime, handler }: LambdaVersion, codeFolder: string): Promise<string> {
  if (extname(path) === '.zip') {
    try {
      return (await openCodeFolders(codeFolder).keep(readFileSync(path))).sha256;
    } catch (error) {
      if (error instanceof ZipFault) throw new UsageError(`${path} cannot be used: ${error.message}`);
      throw error;
    }
  }
  const name = `code-${readdirSync(codeFolder).length}`;
  const place = join(codeFolder, name);
  if (statSync(path).isDirectory()) cpSync(path, place, { recursive: true, dereference: true });
  else {
    const ending = extname(path);
    const [file = basename(path)] = handlerFiles(runtime, handler).filter((each) => extname(each) === ending);
    mkdirSync(dirname(join(place, file)), { recursive: true });
    cpSync(path, join(place, file));
  }
  // Whoever runs it is another user.
  for (const entry of [place, ...readdirSync(place, { recursive: true }).map((each) => join(place, String(each)))])
    chmodSync(entry, statSync(entry).isDirectory() ? 0o755 : 0o555);
  return name;
}
