/**
 * Where stored responses lie, as the data plane sees it. Memory, disk, and one above the other: adapters/store.
 */
import type { StoredResponse } from '../core/cache/stored-response.ts';
import type { Bytes } from '../model/units.ts';

/** A stored response with its body, whole and immutable. */
export interface StoredObject {
  readonly response: StoredResponse;
  readonly body: Uint8Array | StoredFile;
  /** The newest ban this object was checked against and survived; the edge moves it on at each lookup. */
  bansChecked: number;
}

/** A body that is read from where it lies instead of being held. */
export interface StoredFile {
  readonly length: Bytes;
  /** Octets `first` to `last`, inclusive. What turns out to be damaged, or has gone meanwhile, breaks off with an error. */
  read(first: Bytes, last: Bytes): BodyReader;
  /** Undefined where it has gone. Never rejects. */
  open(): Promise<OpenFile | undefined>;
}

/** Readable until it is closed, whatever becomes of it in the store. */
export interface OpenFile extends Pick<StoredFile, 'length' | 'read'> {
  /** Nothing more will be read but what is opened in this turn (parts of one answer); readers go on. Once is enough. */
  close(): void;
}

/** Somebody who reads a body at their own pace, and may leave. Either the chunks are read to their end or it is cancelled. */
export interface BodyReader {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The reader has left. */
  readonly cancel: () => void;
}

/** A stored object as onlookers see it. */
export interface PeekedObject extends Readonly<Pick<StoredObject, 'response' | 'bansChecked'>> {
  readonly where: 'memory' | 'disk';
}

/** A bounded store of whole objects. Never exceeds its bound; putting may evict; a refused put is not an error. */
export interface Store {
  /** What is held in memory. */
  get(key: string): StoredObject | undefined;
  /** What get() does not hold and may have to be read; undefined where there is nothing to read. Never rejects: what cannot be read is not there. */
  load(key: string): Promise<StoredObject | undefined> | undefined;
  /** False when the object may not enter (larger than the store allows). Replaces an object of the same key. */
  put(object: StoredObject): boolean;
  /** A body too large to be held, written as it comes. Undefined where there is no room; `length` where it is known. */
  fill(length: Bytes | undefined): StoreFill | undefined;
  /** New metadata for a body that stays (304), to be checked against every ban after its banSequence. False when the key has gone meanwhile. */
  refresh(response: StoredResponse): boolean;
  delete(key: string): void;
  /** The metadata under the key, for onlookers: not counted as a use, moved nowhere. Never rejects. */
  peek(key: string): Promise<PeekedObject | undefined>;
  /** The keys of what is held in memory. */
  keys(): Iterable<string>;
  /** Lets go of every object of which `isForgotten` says so, a slice at a time, with a `pause` after each. */
  sweep(
    isForgotten: (object: Pick<StoredObject, 'response' | 'bansChecked'>) => boolean,
    pause: () => Promise<void>,
  ): Promise<void>;
  /** Every object was checked against all bans up to this one: who restarts need not hear them again. */
  checkedThrough(sequence: number): void;
  /** Said last by checkedThrough() before the store was opened. */
  readonly checkedSequence: number;
  readonly stats: StoreStats;
}

export interface StoreStats {
  readonly objects: number;
  readonly bytes: Bytes;
  readonly capacity: Bytes;
  /** The largest object that put() takes. */
  readonly largestObject: Bytes;
  /** The largest that fill() takes. */
  readonly largestFill: Bytes;
  /** The same, place by place. */
  readonly tiers: readonly TierStats[];
}

export interface TierStats extends Pick<StoreStats, 'objects' | 'bytes' | 'capacity'> {
  readonly tier: PeekedObject['where'];
  /** Objects that left to make room, since the start. */
  readonly evictions: number;
}

/** A body on its way into the store, written as it comes. Ends with close(). */
export interface StoreFill {
  /** Resolves when the chunk can be read; rejects when it cannot be kept. One at a time. */
  write(chunk: Uint8Array): Promise<void>;
  /** Octets that were written. */
  read(first: Bytes, last: Bytes): BodyReader;
  /** The body is whole: it replaces the object of the same key. False when it was not kept. */
  commit(response: StoredResponse): Promise<boolean>;
  /** Nobody reads it from here any more; what was not committed is dropped. */
  close(): void;
}
