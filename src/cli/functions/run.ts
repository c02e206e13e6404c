/**
 * `warmfront functions run`: a CloudFront function against an event, as strictly as CloudFront runs it, without a server and before
 * anything is published. The event is a file, or made of a URL. With `--watch`, again after each change, and what it changed in the result.
 */
import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { partsOfResult, partsThatDiffer, type Parts } from '../../model/function-parts.ts';
import type { JsonObject } from '../../model/json-object.ts';
import type { Arguments } from '../read-arguments.ts';
import { painter, printable, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { EventText, FunctionBench, FunctionResult } from './function-bench.ts';
import { readFunction, readRuntime, readText } from './read-function.ts';
import { changeLines, excerpt, utilization, type Paint } from './trace-page.ts';

const TEMPLATES = ['viewer-request', 'viewer-response'] as const;

export async function runFunction(file: string, given: Arguments, bench: FunctionBench, terminal: Terminal): Promise<number> {
  const runtime = readRuntime(given) ?? 'cloudfront-js-2.0';
  const { read, files } = eventSource(given, bench, terminal);
  const paint = painter(terminal);
  const isWatching = given.switches.has('watch');
  let before: Parts | undefined;
  const once = async (): Promise<number> => {
    const tested = readFunction(file, runtime, given, terminal);
    const event = read();
    const result = printable(await bench.test(tested, event));
    const after = partsOf(result, event);
    if (given.switches.has('json')) terminal.print(JSON.stringify(result, null, 2));
    else {
      for (const line of page(result, tested.code)) terminal.print(line);
      if (before !== undefined) for (const line of sinceLastRun(before, after, paint)) terminal.print(line);
    }
    before = after;
    return result.error === '' ? 0 : 1;
  };
  return isWatching ? watchFiles([file, ...files], once, terminal) : once();
}

/** Where the event comes from, and the files that it comes from. */
function eventSource(
  { options }: Arguments,
  bench: FunctionBench,
  terminal: Terminal,
): { readonly read: () => EventText; readonly files: readonly string[] } {
  const file = options.get('event')?.at(-1);
  const asked = TEMPLATES.flatMap((eventType) => options.get(eventType)?.map((url) => ({ eventType, url })) ?? []);
  const [template, second] = asked;
  if ((file === undefined) === (template === undefined) || second !== undefined) {
    throw new UsageError(
      'say which event to run it with: one of --event EVENT.json, --viewer-request URL and --viewer-response URL',
    );
  }
  if (template === undefined) return { read: () => ({ text: readText(file!, terminal), from: file! }), files: [file!] };
  const { eventType, url } = template;
  const headers = options.get('header') ?? [];
  const question = { url, headers, method: options.get('method')?.at(-1), from: options.get('from')?.at(-1) };
  const text = JSON.stringify(bench.template(eventType, question));
  return { read: () => ({ text, from: `--${eventType}` }), files: [] };
}

function page({ output, error, logs, computeUtilization, warnings }: FunctionResult, code: string): string[] {
  return [
    ...(error === '' ? JSON.stringify(JSON.parse(output), null, 2).split('\n') : [error, ...errorExcerpt(error, code)]),
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

function partsOf({ output, error }: FunctionResult, event: EventText): Parts {
  if (error !== '') return new Map([['error', error]]);
  return partsOfResult(JSON.parse(output) as JsonObject, JSON.parse(event.text) as JsonObject);
}

function sinceLastRun(before: Parts, after: Parts, paint: Paint): string[] {
  const changes = partsThatDiffer(before, after);
  return changes.length === 0 ? ['result: as before'] : ['result, since the last run:', ...changeLines(changes, paint)];
}

/** Runs again whenever a file has changed; until the process is ended. */
async function watchFiles(files: readonly string[], once: () => Promise<number>, terminal: Terminal): Promise<never> {
  let underway: Promise<void> = Promise.resolve();
  const names = files.map((file) => basename(file)).join(' and ');
  const again = (): void => {
    underway = underway.then(async () => {
      try {
        await once();
      } catch (error) {
        // A file half written, or an event that is none yet: the next change tells.
        if (!(error instanceof UsageError)) throw error;
        terminal.complain(`warmfront: ${error.message}`);
      }
      terminal.print(`--- waiting for changes of ${names}`);
    });
  };
  again();
  // Many editors save by renaming a new file into place: the file that was there is then gone, its name is not.
  for (const file of files) {
    const path = resolve(terminal.workingDirectory, file);
    watch(dirname(path), (_, name) => {
      if (name === basename(path)) again();
    });
  }
  return new Promise(() => undefined);
}
