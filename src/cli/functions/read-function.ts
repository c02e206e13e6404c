/**
 * A function's source and the runtime to run it in, as a command line names them.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { FunctionRuntime } from '../../model/edge-function.ts';
import { readKeyValueFile } from '../../model/key-value-file.ts';
import { sentence } from '../../model/sentence.ts';
import type { Arguments } from '../read-arguments.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { TestedFunction } from './function-bench.ts';

const RUNTIMES: Readonly<Record<string, FunctionRuntime>> = {
  '1.0': 'cloudfront-js-1.0',
  'cloudfront-js-1.0': 'cloudfront-js-1.0',
  '2.0': 'cloudfront-js-2.0',
  'cloudfront-js-2.0': 'cloudfront-js-2.0',
};

/** Undefined unless given. */
export function readRuntime({ options }: Pick<Arguments, 'options'>): FunctionRuntime | undefined {
  const asked = options.get('runtime')?.at(-1);
  if (asked === undefined) return undefined;
  const runtime = RUNTIMES[asked];
  if (runtime === undefined) throw new UsageError(`--runtime is 1.0 or 2.0, not "${asked}"`);
  return runtime;
}

/** The function is named as its file, as far as CloudFront allows the characters. */
export function readFunction(
  file: string,
  runtime: FunctionRuntime,
  given: Pick<Arguments, 'options'>,
  terminal: Terminal,
): TestedFunction {
  const name = basename(file)
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[^A-Za-z0-9_-]/g, '-');
  return { name, runtime, code: readText(file, terminal), keyValues: readKeyValues(given, terminal) };
}

/** `[ID=]FILE`: what a function may name its store by, and the store as CloudFront imports it. */
function readKeyValues({ options }: Pick<Arguments, 'options'>, terminal: Terminal): TestedFunction['keyValues'] {
  const given = options.get('key-values')?.at(-1);
  if (given === undefined) return undefined;
  const [, storeId = 'local', file = given] = /^([0-9A-Za-z_-]+)=(.+)$/.exec(given) ?? [];
  const read = readKeyValueFile(readText(file, terminal));
  if (read.kind === 'refused') throw new UsageError(`${file}: ${read.why}`);
  return { storeId, pairs: read.pairs };
}

/** Of something that is there: a file or a folder. */
export function readPath(file: string, { workingDirectory }: Terminal): string {
  const path = resolve(workingDirectory, file);
  try {
    statSync(path);
    return path;
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${sentence(error)}`);
  }
}

export function refuseOptionsOfCloudFront(options: Arguments['options']): void {
  const other = (['runtime', 'key-values'] as const).find((name) => options.has(name));
  if (other !== undefined) throw new UsageError(`--${other} is for CloudFront functions; this one is of Lambda`);
}

export function readText(file: string, { workingDirectory }: Terminal): string {
  try {
    return readFileSync(resolve(workingDirectory, file), 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${sentence(error)}`);
  }
}
