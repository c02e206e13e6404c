/**
 * One function, ready to be called: an engine of its own, a realm and its code. A call begins with the same world as every other: the code
 * is evaluated anew, and nothing else can be changed. A function that must change what is frozen (a polyfill) gets a world restored from an
 * image for each call from then on, which costs more. What an engine is: engine.ts; what the texts mean: guest/invoke.ts.
 */
import type { KeyValueReads } from '../../core/viewer-request/function-run.ts';
import type { KeyValueReader } from '../../edge/ports.ts';
import type { FunctionRuntime } from '../../model/edge-function.ts';
import type { Duration } from '../../model/units.ts';
import { KEY_VALUE_QUOTAS } from '../../tables/quotas.ts';
import { checkSource, faultSentence, type CheckedSource } from './check-source.ts';
import type { EngineImage } from './engine-image.ts';
import { EvaluationError, type Ending, type Engine } from './engine.ts';
import { FUNCTION_LOG, FUNCTION_MEMORY, FUNCTION_TIME } from './limits.ts';
import type { EdgeLocation } from './realm-source.ts';
import { openEngine, realmsFor, type Realm } from './realms.ts';

export interface InstanceOptions {
  readonly name: string;
  readonly runtime: FunctionRuntime;
  readonly code: string;
  readonly edgeLocation: EdgeLocation;
  /** The key value store that it may read, as it is then; absent where it is associated with none. */
  readonly keyValues?: (() => KeyValueReader | undefined) | undefined;
  /** What a call may take; FUNCTION_TIME unless given. */
  readonly time?: Duration;
}

/** `broken` also says that the instance must be replaced. */
export type FailureReason = 'source' | 'threw' | 'time' | 'memory' | 'broken';

/** What came of a call. `text` is as guest/invoke.ts says. */
export type CallEnding =
  | { readonly kind: 'returned'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly message: string };

export interface CallResult {
  readonly ending: CallEnding;
  readonly logs: readonly string[];
  readonly elapsed: Duration;
  readonly keyValues?: KeyValueReads | undefined;
}

export interface Instance {
  call(packed: string): CallResult;
}

/** Ours: what QuickJS says where code changes what is frozen. */
const FROZEN = /not extensible|read-only|not configurable|not writable|no setter/;
const NO_LOGS: readonly string[] = [];
/** Ours: more is not needed to understand a run, or to do it again. */
const MOST_READS_NOTED = 100;

export async function createInstance(options: InstanceOptions): Promise<Instance> {
  const { name, runtime, code, edgeLocation, keyValues, time = FUNCTION_TIME } = options;
  const checked = checkSource(code, runtime);
  const [fault] = checked.faults;
  if (fault !== undefined) return unrunnable(faultSentence(fault));
  const filename = `${name}.js`;
  const realms = await realmsFor(runtime, edgeLocation);
  let logs: string[] | undefined;
  let logged = 0;
  const log = (line: string): void => {
    const room = FUNCTION_LOG - logged;
    if (room <= 0) return;
    (logs ??= []).push(line.length > room ? line.slice(0, room) : line);
    logged += line.length;
  };
  let reads: Map<string, string | undefined> | undefined;
  /** The store, and what is read of it is noted. */
  const noting = (): KeyValueReader | undefined => {
    const reader = keyValues?.();
    if (reader === undefined) return undefined;
    const { storeId, created, modified, count } = reader;
    const get = (key: string): string | undefined => {
      const value = reader.get(key);
      reads ??= new Map();
      if (reads.size < MOST_READS_NOTED && key.length <= KEY_VALUE_QUOTAS.keyLength) reads.set(key, value);
      return value;
    };
    return { storeId, created, modified, count, get };
  };
  const engine = await openEngine(realms.frozen, { log, keyValues: noting }, time);
  try {
    load(engine, realms.frozen, checked, filename);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return unrunnable(error.message);
  }
  let realm = realms.frozen;
  /** What is restored for each call, of a function that changes its world. */
  let image: EngineImage | undefined;
  let isBroken = false;

  function attempt(packed: string): { readonly ending: Ending; readonly elapsed: Duration } {
    const { context, run, settled } = realm;
    logs = undefined;
    logged = 0;
    reads = undefined;
    let ending = engine.call(context, run, packed);
    if (ending.kind === 'returned' && engine.hasPendingJobs) {
      const jobs = engine.settle(context);
      if (jobs === 'interrupted') ending = { kind: 'interrupted' };
      else if (jobs === 'broken') ending = { kind: 'broken', text: 'the runtime failed' };
    }
    const { elapsed } = engine;
    if (ending.kind === 'returned' && ending.text === 'p') ending = engine.call(context, settled, '');
    return { ending, elapsed };
  }

  /** Nothing of the call stays behind. */
  function clean(ending: Ending): void {
    if (ending.kind === 'broken') isBroken = true;
    else if (image !== undefined) engine.restore(image);
    // An interrupt or a lack of memory may have left promises half way.
    else if (ending.kind === 'interrupted' || isOutOfMemory(ending) || engine.hasPendingJobs) {
      engine.restore(realm.image);
      load(engine, realm, checked, filename);
    }
  }

  return {
    call(packed) {
      if (isBroken) return { ending: failed('broken', 'The function failed the runtime.'), logs: NO_LOGS, elapsed: 0 };
      let result = attempt(packed);
      if (image === undefined && isFrozenError(result.ending)) {
        realm = realms.open;
        engine.restore(realm.image);
        load(engine, realm, checked, filename);
        image = engine.takeImage();
        result = attempt(packed);
      }
      clean(result.ending);
      return { ending: judged(result.ending, filename), logs: logs ?? NO_LOGS, elapsed: result.elapsed, keyValues: reads };
    },
  };
}

/** A function that cannot run says so with each call. */
function unrunnable(message: string): Instance {
  const ending = failed('source', message);
  return { call: () => ({ ending, logs: NO_LOGS, elapsed: 0 }) };
}

const PREFIX = ['(function(', '){"use strict";'] as const;

/** Puts the code into the realm, which is as its image. Throws EvaluationError. */
function load(engine: Engine, { context, load: entry }: Realm, { code, imports }: CheckedSource, filename: string): void {
  const source = `${PREFIX[0]}${imports.map(({ local }) => local).join(',')}${PREFIX[1]}${code}\nreturn handler;})`;
  const factory = engine.evaluate(context, source, filename);
  const names = engine.evaluate(context, JSON.stringify(imports.map(({ module }) => module).join(' ')), filename);
  for (const value of [engine.apply(context, entry, factory, names), names, factory]) engine.free(context, value);
  engine.limitMemory(FUNCTION_MEMORY);
}

function isFrozenError(ending: Ending): boolean {
  return ending.kind === 'returned' && ending.text.startsWith('e') && FROZEN.test(ending.text);
}

function isOutOfMemory(ending: Ending): boolean {
  return (ending.kind === 'returned' || ending.kind === 'threw') && ending.text.includes('InternalError: out of memory');
}

/** What the end of a call means: the text for the edge, or a failure with the place in the customer's source. */
function judged(ending: Ending, filename: string): CallEnding {
  if (isOutOfMemory(ending)) return failed('memory', 'The function exceeded the maximum memory.');
  switch (ending.kind) {
    case 'interrupted':
      return failed('time', 'The function exceeded the maximum execution time.');
    case 'broken':
      return failed('broken', `The function exceeded what the runtime can do: ${ending.text}`);
    case 'threw':
      return failed('threw', ending.text);
    case 'returned':
      if (ending.text === 'p') return failed('threw', 'Error: the promise that the handler returned was never settled');
      if (!ending.text.startsWith('e')) return { kind: 'returned', text: ending.text };
      return thrown(JSON.parse(ending.text.slice(1)) as { text: string; stack: string }, filename);
  }
}

function thrown({ text, stack }: { readonly text: string; readonly stack: string }, filename: string): CallEnding {
  const at = stack.indexOf(`${filename}:`);
  const [, line, column] = at < 0 ? [] : (/^:(\d+)(?::(\d+))?/.exec(stack.slice(at + filename.length)) ?? []);
  if (line === undefined) return failed('threw', text);
  const prefix = line === '1' ? PREFIX[0].length + PREFIX[1].length : 0;
  return failed(
    'threw',
    `${text} (line ${line}${column === undefined ? '' : `, column ${Math.max(1, Number(column) - prefix)}`})`,
  );
}

function failed(reason: FailureReason, message: string): Extract<CallEnding, { kind: 'failed' }> {
  return { kind: 'failed', reason, message };
}
