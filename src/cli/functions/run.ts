/**
 * `warmfront functions run`: a function against an event, as strictly as CloudFront runs it, without a server and before anything is
 * published. The event is a file, or made of a URL. With `--watch`, again after each change, and what it changed in the result.
 */
import { statSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { partsThatDiffer, type Parts } from '../../model/function-parts.ts';
import type { Arguments } from '../read-arguments.ts';
import { painter, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { EventText, FunctionBench } from './function-bench.ts';
import { readText } from './read-function.ts';
import { runOnce } from './run-once.ts';
import { changeLines, type Paint } from './trace-page.ts';

const TEMPLATES = ['viewer-request', 'viewer-response'] as const;

export async function runFunction(file: string, given: Arguments, bench: FunctionBench, terminal: Terminal): Promise<number> {
  const { read, files } = eventSource(given, bench, terminal);
  const paint = painter(terminal);
  const isWatching = given.switches.has('watch');
  let before: Parts | undefined;
  const once = async (): Promise<number> => {
    const { hasFailed, told, page, parts } = await runOnce(file, read(), given, bench, terminal);
    if (given.switches.has('json')) terminal.print(JSON.stringify(told, null, 2));
    else {
      for (const line of page) terminal.print(line);
      if (before !== undefined) for (const line of sinceLastRun(before, parts, paint)) terminal.print(line);
    }
    before = parts;
    return hasFailed ? 1 : 0;
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

function sinceLastRun(before: Parts, after: Parts, paint: Paint): string[] {
  const changes = partsThatDiffer(before, after);
  return changes.length === 0 ? ['result: as before'] : ['result, since the last run:', ...changeLines(changes, paint)];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Runs again whenever a file has changed; until the process is ended. */
async function watchFiles(files: readonly string[], once: () => Promise<number>, terminal: Terminal): Promise<never> {
  let underway: Promise<void> = Promise.resolve();
  const names = files.map((file) => basename(file)).join(' and ');
  let isOrdered = false;
  const again = (): void => {
    // One save of a folder is told as many changes.
    if (isOrdered) return;
    isOrdered = true;
    underway = underway.then(async () => {
      isOrdered = false;
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
    if (isFolder(path)) watch(path, { recursive: true }, again);
    else
      watch(dirname(path), (_, name) => {
        if (name === basename(path)) again();
      });
  }
  return new Promise(() => undefined);
}
