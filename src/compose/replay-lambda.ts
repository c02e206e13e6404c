/**
 * Changed code of a Lambda@Edge function on recorded events, for the command line: in processes like those at the edge, without a network, and
 * judged as there. What it makes of a request is sent to nobody.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { systemClock } from '../adapters/clock/system-clock.ts';
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
import type { LambdaVersion } from '../model/lambda-version.ts';

/** Ours: one run follows the other, as in one process at the edge; a second process is for one that is being replaced. */
const MOST_PROCESSES = 2;

/** `path`: a file that takes the handler's place, a folder, or a zip package. Each run as its version says, but for the code. */
export async function replayLambda(path: string, runs: readonly RecordedLambdaRun[]): Promise<readonly LambdaTrace[]> {
  const codeFolder = mkdtempSync(join(tmpdir(), 'warmfront-replay-'));
  const warn = (message: string): void => void process.stderr.write(`warmfront: ${message}\n`);
  const lambdas = createLambdas({ codeFolder, network: 'none', mostProcesses: MOST_PROCESSES, slot: 0, warn });
  let seen: SeenLambdaRun | undefined;
  const run = createRunLambda({
    clock: systemClock,
    lambdas,
    functionLog: { write: () => undefined },
    record: (ran) => {
      seen = ran;
    },
  });
  try {
    const traces: LambdaTrace[] = [];
    const packages = new Map<string, string>();
    for (const { lambda, trace } of runs) {
      const key = `${lambda.runtime} ${lambda.handler}`;
      const codeSha256 = packages.get(key) ?? (await packageOf(path, lambda, codeFolder));
      packages.set(key, codeSha256);
      const event = trace.event as unknown as LambdaEvent;
      const [{ cf }] = event.Records;
      await run({ arn: lambda.arn, code: { ...lambda, codeSha256 } }, event, (returned) => judgeLambdaResult(cf, returned));
      traces.push(traceLambda(seen!));
    }
    return traces;
  } finally {
    lambdas.close();
    rmSync(codeFolder, { recursive: true, force: true });
  }
}

/** Puts it where processes find it; returns the name of its folder. Throws UsageError. */
async function packageOf(path: string, lambda: LambdaVersion, codeFolder: string): Promise<string> {
  const { runtime, handler } = lambda;
  const wanted = handlerFiles(runtime, handler);
  const name = await unpacked(path, lambda, codeFolder);
  const place = join(codeFolder, name);
  if (wanted.some((file) => existsSync(join(place, file)) && statSync(join(place, file)).isFile())) return name;
  throw new UsageError(`${path} holds no file for the handler ${handler}: ${wanted.slice(0, 3).join(', ')} are looked for`);
}

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
