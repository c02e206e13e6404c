/**
 * `warmfront functions run`: a CloudFront function against an event object, as strictly as CloudFront runs it, without a server and before
 * anything is published. How it is run is handed in by main.ts; how the result reads is decided here.
 */
import { readFileSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { FunctionRuntime } from '../../model/edge-function.ts';
import type { Arguments } from '../read-arguments.ts';
import { printable, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { sentence } from '../../model/sentence.ts';

/** Rejects with an Error of name EventFault where the event object is none. */
export type TestFunction = (
  tested: { readonly name: string; readonly runtime: FunctionRuntime; readonly code: string },
  eventObject: string,
) => Promise<FunctionResult>;

export interface FunctionResult {
  /** JSON; '' when it failed. */
  readonly output: string;
  readonly error: string;
  readonly logs: readonly string[];
  readonly computeUtilization: number;
  readonly warnings: readonly string[];
}

const RUNTIMES: Readonly<Record<string, FunctionRuntime>> = {
  '1.0': 'cloudfront-js-1.0',
  'cloudfront-js-1.0': 'cloudfront-js-1.0',
  '2.0': 'cloudfront-js-2.0',
  'cloudfront-js-2.0': 'cloudfront-js-2.0',
};
const USAGE = 'warmfront functions run FILE --event EVENT.json';
/** Ours: CloudFront names this as where throttling becomes likely. */
const HIGH_UTILIZATION = 71;

export async function functions(given: Arguments, test: TestFunction, terminal: Terminal): Promise<number> {
  const [action, file, extra] = given.words;
  if (action !== 'run') throw new UsageError(`say what to do: ${USAGE}`);
  if (file === undefined) throw new UsageError(`say which function to run: ${USAGE}`);
  if (extra !== undefined) throw new UsageError(`"functions run" takes one file, not "${extra}" as well`);
  const [event] = given.options.get('event') ?? [];
  if (event === undefined) throw new UsageError(`say which event to run it with: ${USAGE}`);
  const [asked = '2.0'] = given.options.get('runtime') ?? [];
  const runtime = RUNTIMES[asked];
  if (runtime === undefined) throw new UsageError(`--runtime is 1.0 or 2.0, not "${asked}"`);
  const paths = { file: resolve(terminal.workingDirectory, file), event: resolve(terminal.workingDirectory, event) };
  const once = async (): Promise<number> => {
    const code = read(paths.file, file);
    const name = basename(file)
      .replace(/\.[^.]*$/, '')
      .replaceAll(/[^A-Za-z0-9_-]/g, '-');
    const result = printable(await run(test, { name, runtime, code }, read(paths.event, event), event));
    for (const line of given.switches.has('json') ? [JSON.stringify(result, null, 2)] : page(result, code)) terminal.print(line);
    return result.error === '' ? 0 : 1;
  };
  return given.switches.has('watch') ? watchFiles(Object.values(paths), once, terminal) : once();
}

async function run(
  test: TestFunction,
  tested: Parameters<TestFunction>[0],
  eventObject: string,
  event: string,
): Promise<FunctionResult> {
  try {
    return await test(tested, eventObject);
  } catch (error) {
    if (error instanceof Error && error.name === 'EventFault') throw new UsageError(`${event}: ${error.message}`);
    throw error;
  }
}

function page({ output, error, logs, computeUtilization, warnings }: FunctionResult, code: string): string[] {
  const use = `compute utilization: ${computeUtilization}${computeUtilization >= HIGH_UTILIZATION ? ' (CloudFront would probably throttle it)' : ''}`;
  return [
    ...(error === '' ? JSON.stringify(JSON.parse(output), null, 2).split('\n') : [error, ...excerpt(error, code)]),
    '',
    use,
    ...logs.map((line) => `log: ${line}`),
    ...warnings.map((line) => `warning: ${line}`),
  ];
}

/** The line that an error names, with a mark under the column. */
function excerpt(error: string, code: string): string[] {
  const [, line, column] = /\(line (\d+)(?:, column (\d+))?\)$/.exec(error) ?? [];
  const source = line === undefined ? undefined : code.split(/\r?\n/)[Number(line) - 1];
  if (source === undefined || line === undefined) return [];
  const before = `${line} | `;
  const mark = column === undefined ? [] : [`${' '.repeat(before.length + Number(column) - 1)}^`];
  return ['', `${before}${source}`, ...mark];
}

function read(path: string, given: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${given} cannot be read: ${sentence(error)}`);
  }
}

/** Runs again whenever a file has changed; until the process is ended. */
async function watchFiles(paths: readonly string[], once: () => Promise<number>, terminal: Terminal): Promise<never> {
  let underway: Promise<void> = Promise.resolve();
  const again = (): void => {
    underway = underway.then(async () => {
      try {
        await once();
      } catch (error) {
        // A file half written, or an event that is none yet: the next change tells.
        if (!(error instanceof UsageError)) throw error;
        terminal.complain(`warmfront: ${error.message}`);
      }
      terminal.print(`--- waiting for changes of ${paths.map((path) => basename(path)).join(' and ')}`);
    });
  };
  again();
  // Many editors save by renaming a new file into place: the file that was there is then gone, its name is not.
  for (const path of paths) {
    watch(dirname(path), (_, name) => {
      if (name === basename(path)) again();
    });
  }
  return new Promise(() => undefined);
}
