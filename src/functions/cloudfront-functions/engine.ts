/**
 * One QuickJS, in a WebAssembly instance of its own: whatever a customer's code does to its memory, it does to nobody else's. Spoken to
 * through the raw calls of quickjs-emscripten, because a value handle for each string would cost more than a whole function. Limits are
 * kept here: memory by QuickJS's allocator, time by its interrupt. What runs in it: guest/; how a function is called: instance.ts.
 */
import { readFileSync } from 'node:fs';
import loadEmscripten from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
// @ts-expect-error The package exports the file without a type; a compiled Warmfront carries it along.
import wasmPath from '@jitl/quickjs-wasmfile-release-sync/wasm' with { type: 'file' };
import type { Bytes, Duration } from '../../model/units.ts';
import { copyPages, pagesOf, type EngineImage } from './engine-image.ts';
import type { Calls, Pointer } from './quickjs-calls.ts';
import { sentence } from '../../model/sentence.ts';

/** What a host function gets and gives. Strings hold no NUL: QuickJS hands them over as C does. */
export type GuestValue = string | Uint8Array | undefined;
export type HostFunction = (...given: GuestValue[]) => GuestValue;

export interface RunLimits {
  readonly time: Duration;
  readonly memory: Bytes;
}

/** How a call ended. */
export type Ending =
  | { readonly kind: 'returned'; readonly text: string }
  | { readonly kind: 'threw'; readonly text: string }
  /** The limit of time. */
  | { readonly kind: 'interrupted' }
  /** The instance cannot be used any more. */
  | { readonly kind: 'broken'; readonly text: string };

export interface Engine {
  /** Defines the host's functions as globals of the context, each under its name after `host:`. */
  exposeHost(context: Pointer): void;
  newContext(): Pointer;
  freeContext(context: Pointer): void;
  /** Evaluates a script of ours, or one that only defines, in strict mode and without a limit; its value is to be freed. Throws EvaluationError. */
  evaluate(context: Pointer, source: string, filename: string): Pointer;
  property(context: Pointer, value: Pointer, name: string): Pointer;
  /** Calls a function of ours with values, without a limit; the result is to be freed. Throws EvaluationError. */
  apply(context: Pointer, callee: Pointer, ...given: readonly Pointer[]): Pointer;
  free(context: Pointer, value: Pointer): void;
  /** Calls a function with one string and takes a string back, within the limits. */
  call(context: Pointer, callee: Pointer, text: string): Ending;
  /** Runs promise jobs until none is left, within what remains of the limits of the call before. */
  settle(context: Pointer): 'settled' | 'interrupted' | 'broken';
  readonly hasPendingJobs: boolean;
  /** Everything as it is now; pointers stay what they are. */
  takeImage(): EngineImage;
  /** Back to what it was; nothing of what happened meanwhile is left. */
  restore(image: EngineImage): void;
  /** From now on, this much beyond what is in use. */
  limitMemory(beyond: Bytes): void;
  /** The clock is looked at with the next tick: something long has just been done. */
  lookSoon(): void;
  /** How long the last call and what followed it took. */
  readonly elapsed: Duration;
  readonly memoryUsed: Bytes;
}

export class EvaluationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EvaluationError';
  }
}

/** BaseObjects to Promise, without what nobody may have: Proxy (bit 7) and BigInt (bit 11). */
const INTRINSICS = 0b0111_0111_1111;
/** JS_EVAL_FLAG_STRICT. */
const STRICT = 1 << 3;
/** Ours: deep enough for any honest recursion, and half of the stack that the instance has. */
const STACK: Bytes = 128 * 1024;
const SCRATCH: Bytes = 16 * 1024;
/** Ours: function calls and loop turns before the clock is looked at first, and at most between two looks. */
const FIRST_TICKS = 8;
const MOST_TICKS = 256;
/**
 * Ours: the process may have been held up meanwhile, on a machine with much else to do for a quarter of a second and more. Below so many ticks,
 * as much again in time of the processor counts; the clock on the wall only where that time should not be told.
 */
const HONEST_TICKS = 20_000;
const PATIENCE = 500;

type WasmImports = ConstructorParameters<typeof WebAssembly.Instance>[1];

let compiled: Promise<WebAssembly.Module> | undefined;
/** Where a context counts down to its next interrupt; found once, since every instance has the same layout. */
let counterOffset: number | undefined;

export interface EngineOptions {
  /** The limit of each call. */
  readonly time: Duration;
  readonly host: Readonly<Record<string, HostFunction>>;
  /** Of an engine with host functions of the same names, in the same order. */
  readonly image?: EngineImage;
}

export async function createEngine({ time, host, image }: EngineOptions): Promise<Engine> {
  compiled ??= WebAssembly.compile(readFileSync(wasmPath as string));
  const wasm = await compiled;
  const module = await loadEmscripten({
    instantiateWasm(imports: WasmImports, onSuccess: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(wasm, imports);
      onSuccess(instance);
      return instance.exports;
    },
    // What the C library would print is nobody's output.
    print: () => undefined,
    printErr: () => undefined,
  } as Parameters<typeof loadEmscripten>[0]);
  const { _malloc: malloc, _free: free } = module;
  const calls = new QuickJSFFI(module) as unknown as Calls;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const hostFunctions = Object.values(host);
  if (image !== undefined) copyPages(image, module.HEAPU8);
  let scratch = image?.scratch ?? malloc(SCRATCH);
  let scratchSize = image?.scratchSize ?? SCRATCH;
  const values = image?.values ?? malloc(32);
  const undefinedValue = calls.QTS_GetUndefined();

  let running: Pointer = 0;
  let startedAt = 0;
  let deadline = Infinity;
  let lookedAt = 0;
  let endedAt = 0;
  let ticks = 0;
  let batch = FIRST_TICKS;
  /** Time of the processor, when the limit had passed and was looked at first. */
  let overtimeFrom: Duration | undefined;
  let isInterrupted = false;
  let isBroken = false;

  let words = new DataView(module.HEAPU8.buffer);
  /** The memory has another buffer after it has grown. */
  function memory(): DataView {
    if (words.buffer !== module.HEAPU8.buffer) words = new DataView(module.HEAPU8.buffer);
    return words;
  }

  function write(text: string): Pointer {
    // UTF-8 has at most three octets for each UTF-16 unit.
    const most = text.length * 3 + 1;
    if (most > scratchSize) {
      free(scratch);
      scratch = malloc(most);
      scratchSize = most;
    }
    const { written } = encoder.encodeInto(text, module.HEAPU8.subarray(scratch, scratch + scratchSize - 1));
    module.HEAPU8[scratch + written] = 0;
    return scratch;
  }

  function read(context: Pointer, value: Pointer): string {
    const text = calls.QTS_GetString(context, value);
    if (text === 0) return '';
    const heap = module.HEAPU8;
    const told = decoder.decode(heap.subarray(text, heap.indexOf(0, text)));
    calls.QTS_FreeCString(context, text);
    return told;
  }

  function newString(context: Pointer, text: string): Pointer {
    return calls.QTS_NewString(context, write(text));
  }

  function countDown(context: Pointer, from: number): void {
    batch = from;
    if (counterOffset !== undefined) memory().setInt32(context + counterOffset, from, true);
  }

  function begin(context: Pointer, isLimited: boolean): void {
    running = context;
    ticks = 0;
    overtimeFrom = undefined;
    isInterrupted = false;
    countDown(context, FIRST_TICKS);
    startedAt = performance.now();
    lookedAt = startedAt;
    deadline = isLimited ? time : Infinity;
  }

  /** What this thread has worked since the limit had passed. */
  function overtime(): Duration {
    const { user, system } = process.threadCpuUsage();
    const worked = (user + system) / 1000;
    overtimeFrom ??= worked;
    return worked - overtimeFrom;
  }

  /** The value when there is one; frees and tells the exception otherwise. */
  function unwrap(context: Pointer, result: Pointer): Pointer {
    const exception = calls.QTS_ResolveException(context, result);
    if (exception === 0) return result;
    const text = read(context, exception);
    calls.QTS_FreeValuePointer(context, exception);
    throw new EvaluationError(text);
  }

  function given(context: Pointer, value: Pointer): GuestValue {
    const data = calls.QTS_GetArrayBuffer(context, value);
    if (data === 0) return read(context, value);
    const length = calls.QTS_GetArrayBufferLength(context, value);
    const octets = module.HEAPU8.slice(data, data + length);
    free(data);
    return octets;
  }

  function newValue(context: Pointer, value: GuestValue): Pointer {
    if (value === undefined) return 0;
    if (typeof value === 'string') return newString(context, value);
    const data = malloc(value.byteLength || 1);
    module.HEAPU8.set(value, data);
    return calls.QTS_NewArrayBuffer(context, data, value.byteLength);
  }

  module.callbacks = {
    callFunction(_: unknown, context: Pointer, _self: Pointer, count: number, args: Pointer, id: number): Pointer {
      const taken = Array.from({ length: count }, (_each, index) =>
        given(context, calls.QTS_ArgvGetJSValueConstPointer(args, index)),
      );
      return newValue(context, hostFunctions[id]!(...taken));
    },
    shouldInterrupt(): number {
      const now = performance.now();
      ticks += batch;
      const elapsed = now - startedAt;
      if (elapsed >= deadline && (ticks >= HONEST_TICKS || elapsed >= deadline * PATIENCE || overtime() >= deadline)) {
        isInterrupted = true;
        return 1;
      }
      // The next look comes well before the limit, however long a tick takes.
      const perTick = Math.max((now - lookedAt) / batch, 1e-6);
      lookedAt = now;
      const left = Math.max(deadline - elapsed, 0.05);
      countDown(running, Math.max(1, Math.min(MOST_TICKS, Math.floor(left / 4 / perTick))));
      return 0;
    },
    loadModuleSource: () => 0,
    normalizeModule: () => 0,
    freeHostRef: () => undefined,
  } as unknown as typeof module.callbacks;

  const runtime = image?.runtime ?? calls.QTS_NewRuntime();
  if (image === undefined) {
    calls.QTS_RuntimeSetMaxStackSize(runtime, STACK);
    calls.QTS_RuntimeEnableInterruptHandler(runtime);
  }

  function memoryUsed(): Bytes {
    const context = calls.QTS_NewContext(runtime, INTRINSICS);
    const usage = calls.QTS_RuntimeComputeMemoryUsage(runtime, context);
    const name = newString(context, 'memory_used_size');
    const size = calls.QTS_GetProp(context, usage, name);
    const used = calls.QTS_GetFloat64(context, size);
    for (const value of [usage, name, size]) calls.QTS_FreeValuePointer(context, value);
    calls.QTS_FreeContext(context);
    return used;
  }

  /** The word of the context that a loop takes the same number off each time, at least one for each turn: the counter. */
  function findCounter(context: Pointer): number | undefined {
    const turns = 1_000;
    const read128 = (): number[] => Array.from({ length: 128 }, (_, index) => memory().getInt32(context + index * 4, true));
    const loop = (): number[] => {
      const before = read128();
      engine.free(context, engine.evaluate(context, `for (var i = 0; i < ${turns}; i++);`, 'counter.js'));
      return read128().map((after, index) => before[index]! - after);
    };
    loop();
    const [once, again] = [loop(), loop()];
    const index = once.findIndex((taken, at) => taken === again[at] && taken >= turns && taken <= turns * 3);
    return index < 0 ? undefined : index * 4;
  }

  const engine: Engine = {
    exposeHost(context) {
      const global = calls.QTS_GetGlobalObject(context);
      for (const [id, [name, run]] of Object.entries(host).entries()) {
        const key = newString(context, `host:${name}`);
        const value = calls.QTS_NewFunction(context, name, run.length, false, id);
        calls.QTS_SetProp(context, global, key, value);
        for (const pointer of [key, value]) calls.QTS_FreeValuePointer(context, pointer);
      }
      calls.QTS_FreeValuePointer(context, global);
    },
    newContext: () => calls.QTS_NewContext(runtime, INTRINSICS),
    freeContext: (context) => calls.QTS_FreeContext(context),
    evaluate(context, source, filename) {
      begin(context, false);
      const octets = encoder.encode(source);
      const text = malloc(octets.length + 1);
      module.HEAPU8.set(octets, text);
      module.HEAPU8[text + octets.length] = 0;
      try {
        return unwrap(context, calls.QTS_Eval(context, text, octets.length, filename, false, STRICT));
      } finally {
        free(text);
      }
    },
    property(context, value, name) {
      const key = newString(context, name);
      const found = calls.QTS_GetProp(context, value, key);
      calls.QTS_FreeValuePointer(context, key);
      return found;
    },
    apply(context, callee, ...taken) {
      begin(context, false);
      const list = memory();
      for (const [index, value] of taken.entries()) list.setInt32(values + index * 4, value, true);
      return unwrap(context, calls.QTS_Call(context, callee, undefinedValue, taken.length, values));
    },
    free: (context, value) => calls.QTS_FreeValuePointer(context, value),
    call(context, callee, text) {
      begin(context, true);
      try {
        const taken = newString(context, text);
        memory().setInt32(values, taken, true);
        const result = calls.QTS_Call(context, callee, undefinedValue, 1, values);
        const exception = calls.QTS_ResolveException(context, result);
        const told = read(context, exception === 0 ? result : exception);
        calls.QTS_FreeValuePointer(context, exception === 0 ? result : exception);
        calls.QTS_FreeValuePointer(context, taken);
        if (isInterrupted) return { kind: 'interrupted' };
        return { kind: exception === 0 ? 'returned' : 'threw', text: told };
      } catch (error) {
        isBroken = true;
        return { kind: 'broken', text: sentence(error) };
      } finally {
        endedAt = performance.now();
      }
    },
    settle(context) {
      try {
        // One at a time: an interrupt ends a job, and the rest would go on without a limit.
        while (!isInterrupted && calls.QTS_IsJobPending(runtime) !== 0) {
          calls.QTS_FreeValuePointer(context, calls.QTS_ExecutePendingJob(runtime, 1, values));
        }
        return isInterrupted ? 'interrupted' : 'settled';
      } catch {
        isBroken = true;
        return 'broken';
      } finally {
        endedAt = performance.now();
      }
    },
    get hasPendingJobs() {
      return isBroken || calls.QTS_IsJobPending(runtime) !== 0;
    },
    takeImage: () => ({ pages: pagesOf(module.HEAPU8), runtime, scratch, scratchSize, values }),
    restore(taken) {
      copyPages(taken, module.HEAPU8);
      scratch = taken.scratch;
      scratchSize = taken.scratchSize;
    },
    limitMemory: (beyond) => calls.QTS_RuntimeSetMemoryLimit(runtime, memoryUsed() + beyond),
    lookSoon: () => countDown(running, 1),
    get elapsed() {
      return endedAt - startedAt;
    },
    get memoryUsed() {
      return memoryUsed();
    },
  };

  if (counterOffset === undefined) {
    const context = engine.newContext();
    counterOffset = findCounter(context);
    engine.freeContext(context);
  }
  return engine;
}
