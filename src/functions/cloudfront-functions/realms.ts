/**
 * Realms without a function in them, one for each runtime: made once, kept as an image of the engine's memory, and copied for every
 * function. What a realm is: realm-source.ts.
 */
import { createHash, createHmac } from 'node:crypto';
import type { FunctionRuntime } from '../../model/edge-function.ts';
import type { Duration } from '../../model/units.ts';
import type { EngineImage } from './engine-image.ts';
import type { KeyValueReader } from '../../edge/ports.ts';
import { createEngine, type Engine, type HostFunction } from './engine.ts';
import type { Pointer } from './quickjs-calls.ts';
import { FUNCTION_TIME } from './limits.ts';
import { realmSource, type EdgeLocation } from './realm-source.ts';

/** A realm's entries (guest/invoke.ts), where they lie in the image and in every engine that begins with it. */
export interface Realm {
  readonly image: EngineImage;
  readonly context: Pointer;
  readonly load: Pointer;
  readonly run: Pointer;
  readonly settled: Pointer;
}

export interface Realms {
  /** Nothing that a function can reach can be changed: its calls may share it. */
  readonly frozen: Realm;
  /** For functions that change what is frozen, restored for each call. */
  readonly open: Realm;
}

const made = new Map<string, Promise<Realms>>();

export function realmsFor(runtime: FunctionRuntime, edgeLocation: EdgeLocation): Promise<Realms> {
  const key = `${runtime} ${JSON.stringify(edgeLocation)}`;
  let realms = made.get(key);
  if (realms === undefined) {
    realms = makeRealms(runtime, edgeLocation);
    made.set(key, realms);
  }
  return realms;
}

async function makeRealms(runtime: FunctionRuntime, edgeLocation: EdgeLocation): Promise<Realms> {
  const engine = await createEngine({
    time: FUNCTION_TIME,
    host: hostFunctions({ log: () => undefined, look: () => undefined, keyValues: () => undefined }),
  });
  const context = engine.newContext();
  engine.exposeHost(context);
  const invoker = engine.evaluate(context, realmSource(runtime, edgeLocation), 'runtime.js');
  const entry = (name: string): Pointer => engine.property(context, invoker, name);
  const entries = { context, load: entry('load'), run: entry('run'), settled: entry('settled') };
  const freeze = entry('freeze');
  const open = { ...entries, image: engine.takeImage() };
  engine.free(context, engine.apply(context, freeze));
  return { open, frozen: { ...entries, image: engine.takeImage() } };
}

/** What one function does with the world. */
export interface FunctionHost {
  readonly log: (line: string) => void;
  /** The key value store that it may read, as it is now. */
  readonly keyValues: () => KeyValueReader | undefined;
}

/** An engine with a copy of this realm, for calls that may take so long. */
export function openEngine(realm: Realm, own: FunctionHost, time: Duration): Promise<Engine> {
  let engine: Engine | undefined;
  const host = hostFunctions({ ...own, look: () => engine?.lookSoon() });
  return createEngine({ time, host, image: realm.image }).then((opened) => (engine = opened));
}

/** In an order that never changes: images know them by number. */
function hostFunctions({ log, look, keyValues }: FunctionHost & { readonly look: () => void }): Record<string, HostFunction> {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const octets = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array());
  return {
    log(line) {
      log(text(line));
      return undefined;
    },
    decode: (given, encoding) => Uint8Array.from(Buffer.from(text(given), text(encoding) as BufferEncoding)),
    encode: (given, encoding) => Buffer.from(octets(given)).toString(text(encoding) as BufferEncoding),
    digest(algorithm, encoding, key, data) {
      const hash = key instanceof Uint8Array ? createHmac(text(algorithm), key) : createHash(text(algorithm));
      return hash.update(octets(data)).digest(text(encoding) as 'hex' | 'base64' | 'base64url');
    },
    look() {
      look();
      return undefined;
    },
    keyValueStore: () => keyValues()?.storeId,
    keyValue(key, asOctets) {
      const value = keyValues()?.get(text(key));
      return value !== undefined && (asOctets === 'octets' || value.includes('\0')) ? Uint8Array.from(Buffer.from(value)) : value;
    },
    keyValueMeta() {
      const store = keyValues();
      return store && keyValueMeta(store);
    },
  };
}

/** CloudFront: what `meta()` gives; the time in ISO 8601. */
function keyValueMeta({ created, modified, count }: KeyValueReader): string {
  return JSON.stringify({
    creationDateTime: new Date(created).toISOString(),
    lastUpdatedDateTime: new Date(modified).toISOString(),
    keyCount: count,
  });
}
