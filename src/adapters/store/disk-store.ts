/**
 * The Store on disk: small objects in segments that are appended to, large bodies in files of their own, one index in memory that
 * survives a restart and a kill -9. A put is answered at once and written behind, in batches; nothing here waits for the disk on
 * the way of a request but a read. Hard bounds: octets on the disk by Space, octets waiting to be written by WAITING.
 *
 * An object exists when its journal entry does, which is appended after its record, which is appended after its body. All three
 * carry checks that are verified when read, so whatever a crash leaves is whole or gone. Where objects lie: disk-segments.ts,
 * body-files.ts; in which form: disk-record.ts; how the index survives: disk-journal.ts; who leaves: core/cache/eviction.ts.
 */
import type { Eviction } from '../../core/cache/eviction.ts';
import type { NumberMap } from '../../core/cache/number-map.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { Clock } from '../../edge/ports.ts';
import type { Store, StoredObject, StoreFill } from '../../edge/store-ports.ts';
import { MINUTE, SECOND, type Bytes, type Duration, type Instant } from '../../model/units.ts';
import { openBodyFiles, type FillingBody } from './body-files.ts';
import { startDiskFill } from './disk-fill.ts';
import { createSpace, NoRoom } from './disk-file.ts';
import { createDiskIndex, type Location } from './disk-index.ts';
import { JOURNAL_FLOOR, JOURNAL_PER_OBJECT, replayJournal, startJournal } from './disk-journal.ts';
import { decodeRecord, encodeRecord, fingerprintOf } from './disk-record.ts';
import { createDiskLog } from './disk-log.ts';
import { claimDirectory } from './disk-owner.ts';
import { createDiskReader } from './disk-reader.ts';
import { recoverIndex } from './disk-recovery.ts';
import { openSegments } from './disk-segments.ts';
import { sizeDisk } from './disk-sizing.ts';
import { writeBody, type Refreshing, type Waiting } from './disk-waiting.ts';
import { createWriteQueue } from './write-queue.ts';

export interface DiskStoreOptions {
  /** Made when it is not there. Nothing else may be kept in it. */
  readonly directory: string;
  readonly capacity: Bytes;
  /** What the index may take in memory: so many objects fit, however small. */
  readonly indexMemory: Bytes;
  /** Names the control plane that issues the bans; a cache of another is emptied. */
  readonly owner: string;
  /** At most half of the store unless said otherwise. */
  readonly largestObject?: Bytes;
  readonly clock: Clock;
  /** How long a put may wait for others to be written with; write-queue.ts says unless given. */
  readonly gathering?: Duration;
  readonly report: (message: string, error?: unknown) => void;
  /** `createS3Fifo` of core/cache; adapters do not call the core, so the composition root chooses. */
  readonly eviction: (capacity: Bytes) => Pick<Eviction<number>, 'insert' | 'touch' | 'remove' | 'bytes'>;
  /** An empty map for the index: `createNumberMap` of core/cache. */
  readonly numberMap: NumberMap;
}

export interface DiskStore extends Store {
  /** True while get() of this key may find something. */
  has(key: string): boolean;
  /** Resolves when everything that was put is on the disk. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Ours: how long a disk that could not be written is left alone. */
const SUSPENSION: Duration = MINUTE;
/** Stands for all bodies under way in the eviction's books. */
const FILLING = fingerprintOf('\0bodies under way');

export async function openDiskStore(options: DiskStoreOptions): Promise<DiskStore> {
  const { directory, capacity, clock, report } = options;
  const sizing = sizeDisk(capacity, options.indexMemory, options.largestObject);
  const { segmentSize, bookedFor } = sizing;

  /** By fingerprint: what is put and not on the disk yet, and new metadata for what is. */
  const waiting = new Map<number, Waiting>();
  const refreshed = new Map<number, StoredResponse>();
  let waitingBytes: Bytes = 0;
  let fillingBytes: Bytes = 0;
  const queue = createWriteQueue<Waiting | Refreshing>({ clock, gathering: options.gathering, held: () => waitingBytes, write });
  let evictions = 0;
  let suspendedUntil: Instant = -Infinity;
  let isClosed = false;
  /** Until there is a journal, nothing is said to it. */
  let flushed = (): Promise<void> => Promise.resolve();
  /** Set during a sweep. */
  let forgotten: ((response: StoredResponse) => boolean) | undefined;

  const index = createDiskIndex(options.numberMap);
  const order = options.eviction(sizing.usable);
  const space = createSpace(capacity, () => JOURNAL_FLOOR + JOURNAL_PER_OBJECT * index.size);
  if (await claimDirectory(directory, options.owner)) {
    report(`the disk cache in ${directory} belonged to another control plane or version; it was emptied`);
  }
  const replayed = await replayJournal(directory, index);
  const segments = await openSegments(directory, segmentSize, space);
  const bodies = await openBodyFiles({
    directory,
    space,
    makeRoom: (count) => log.makeRoom(count),
    forgotten: () => flushed(),
    failed,
  });
  const book = (fingerprint: number, { length, fileLength }: Location): readonly number[] =>
    insertAnyway(fingerprint, bookedFor(length, fileLength));
  const lost = await recoverIndex({ index, segments, bodies, space, spare: 2 * segmentSize, book, unbook: order.remove });
  const journal = await startJournal(directory, index, replayed.checkedThrough, failed);
  flushed = journal.flushed;
  const log = createDiskLog({ segments, segmentSize, space, index, journal, freeing: bodies.freeing, keeps });
  const reader = createDiskReader({ index, segments, bodies, damaged });
  if (replayed.damaged + lost > 0) {
    report(`the disk cache in ${directory} had ${replayed.damaged + lost} damaged or missing objects; they were dropped`);
  }

  /** Also what S3-FIFO would have asked for twice: it is here already, or has been paid for. */
  function insertAnyway(fingerprint: number, size: Bytes): readonly number[] {
    const evicted = order.insert(fingerprint, size);
    return evicted[0] === fingerprint ? order.insert(fingerprint, size) : evicted;
  }

  /** Enters it in the eviction's books and forgets who must go for it. True when it is in. */
  function admit(fingerprint: number, size: Bytes): boolean {
    let isIn = true;
    let leaving = insertAnyway(fingerprint, size);
    // Bodies under way stay whatever the eviction says of them: others go instead.
    if (leaving.includes(FILLING)) leaving = [...leaving, ...insertAnyway(FILLING, fillingBytes)];
    for (const gone of leaving) {
      if (gone === fingerprint) isIn = false;
      else if (gone !== FILLING) {
        evictions += 1;
        forget(gone);
      }
    }
    return isIn;
  }

  /** False where bodies under way would take more than their share. */
  function bookFilling(more: Bytes): boolean {
    if (fillingBytes + more > sizing.mostFilling) return false;
    fillingBytes += more;
    if (fillingBytes === 0) order.remove(FILLING);
    else admit(FILLING, fillingBytes);
    return true;
  }

  /** Drops what is there under the fingerprint. The eviction has let go of it, or is told to by drop(). */
  function forget(fingerprint: number): void {
    refreshed.delete(fingerprint);
    const unwritten = waiting.get(fingerprint);
    if (unwritten !== undefined) stopWaiting(unwritten, false);
    const location = index.delete(fingerprint);
    if (location === undefined) return;
    segments.kill(location);
    journal.delete(fingerprint);
    if (location.file !== 0) void bodies.remove(location.file, location.fileLength);
  }

  function drop(fingerprint: number): void {
    order.remove(fingerprint);
    forget(fingerprint);
  }

  /** It is on the disk, or will not be. */
  function stopWaiting(unwritten: Waiting, isWritten: boolean): void {
    waiting.delete(unwritten.fingerprint);
    waitingBytes -= unwritten.held;
    if (!isWritten && unwritten.file !== undefined) letGo(unwritten.file, unwritten.body);
  }

  /** A body that came by a fill is closed with it: who is reading it there reads on. */
  function letGo(file: FillingBody, body: Waiting['body']): void {
    file.discard();
    if (file !== body) file.close();
  }

  /** During a sweep, what is read or moved anyway is asked about. */
  function keeps(fingerprint: number, bytes: Buffer): boolean {
    if (forgotten === undefined) return true;
    const record = decodeRecord(fingerprint, bytes);
    const isKept = record !== undefined && !forgotten(refreshed.get(fingerprint) ?? record.response);
    if (!isKept) drop(fingerprint);
    return isKept;
  }

  const isOff = (): boolean => isClosed || clock.now() < suspendedUntil;

  /** The disk could not be written: it is left alone for a while, and requests go on without it. */
  function failed(error: unknown): void {
    if (error instanceof NoRoom || isOff()) return;
    suspendedUntil = clock.now() + SUSPENSION;
    report(`the disk cache in ${directory} cannot be written and takes nothing for ${SUSPENSION / SECOND} seconds`, error);
  }

  function damaged(fingerprint: number, error: unknown): void {
    if (isClosed) return;
    report(`an object in the disk cache in ${directory} is damaged; it is dropped`, error);
    drop(fingerprint);
  }

  /** Books the object and lets it wait for the disk. False when it may not enter. */
  function enqueue(response: StoredResponse, body: Waiting['body'], file: FillingBody | undefined): boolean {
    const fingerprint = fingerprintOf(response.key);
    drop(fingerprint);
    const record = encodeRecord(fingerprint, { response, body: file === undefined ? (body as Uint8Array) : file.number });
    const [held, length] =
      body instanceof Uint8Array ? [record.byteLength + body.byteLength, body.byteLength] : [record.byteLength, body.length];
    const fileLength = file === undefined ? 0 : length;
    const fits = record.byteLength <= segmentSize / 2 && waitingBytes + held <= sizing.mostWaiting;
    if (isOff() || !fits || !admit(fingerprint, bookedFor(record.byteLength, fileLength))) {
      if (file !== undefined) letGo(file, body);
      return false;
    }
    const unwritten = { fingerprint, response, body, file, record, held };
    waiting.set(fingerprint, unwritten);
    waitingBytes += held;
    queue.push(unwritten);
    return true;
  }

  /** Never rejects. */
  async function write(batch: readonly (Waiting | Refreshing)[]): Promise<void> {
    try {
      await writeBatch(batch);
    } catch (error) {
      failed(error);
      // An object whose new metadata could not be written keeps the old.
      for (const item of batch) {
        if (!isCurrent(item)) continue;
        if ('record' in item) drop(item.fingerprint);
        else refreshed.delete(item.fingerprint);
      }
    }
  }

  const isCurrent = (item: Waiting | Refreshing): boolean =>
    'record' in item ? waiting.get(item.fingerprint) === item : refreshed.get(item.fingerprint) === item.response;

  async function writeBatch(batch: readonly (Waiting | Refreshing)[]): Promise<void> {
    const ready: { item: Waiting | Refreshing; record: Uint8Array; file: number; fileLength: Bytes }[] = [];
    for (const item of batch) {
      if (!isCurrent(item)) continue;
      if ('record' in item) {
        const { record, body, file } = item;
        if (file !== undefined && body instanceof Uint8Array && !(await writeBody(file, body))) {
          if (isCurrent(item)) drop(item.fingerprint);
          continue;
        }
        ready.push({ item, record, file: file?.number ?? 0, fileLength: file?.length ?? 0 });
        continue;
      }
      if (waiting.has(item.fingerprint)) {
        // What it refreshes goes with this batch.
        queue.push(item);
        continue;
      }
      const found = await reader.record(item.fingerprint);
      if (
        found === undefined ||
        found.response.key !== item.response.key ||
        !isCurrent(item) ||
        forgotten?.(item.response) === true
      ) {
        refreshed.delete(item.fingerprint);
        continue;
      }
      const { file, fileLength } = found.location;
      const record = encodeRecord(item.fingerprint, { response: item.response, body: found.body });
      if (admit(item.fingerprint, bookedFor(record.byteLength, fileLength))) ready.push({ item, record, file, fileLength });
      else forget(item.fingerprint);
    }
    const places = await log.append(ready.map(({ record }) => record));
    for (const [at, place] of places.entries()) {
      const written = ready[at];
      if (written === undefined || !isCurrent(written.item)) continue;
      const { item, record, file, fileLength } = written;
      const location = { ...place, length: record.byteLength, file, fileLength };
      const overtaken = index.get(item.fingerprint);
      if (overtaken !== undefined) segments.kill(overtaken);
      index.set(item.fingerprint, location);
      segments.enliven(location);
      journal.put(item.fingerprint, location);
      if ('record' in item) stopWaiting(item, true);
      else refreshed.delete(item.fingerprint);
    }
  }

  function get(key: string): StoredObject | undefined {
    if (waiting.size === 0) return undefined;
    const fingerprint = fingerprintOf(key);
    const unwritten = waiting.get(fingerprint);
    if (unwritten === undefined || unwritten.response.key !== key) return undefined;
    order.touch(fingerprint);
    const { body } = unwritten;
    const response = refreshed.get(fingerprint) ?? unwritten.response;
    const held = body instanceof Uint8Array ? body : reader.file(fingerprint, body.number, body.length);
    return { response, body: held, bansChecked: response.banSequence };
  }

  async function read(key: string, fingerprint: number): Promise<StoredObject | undefined> {
    const found = await reader.record(fingerprint);
    if (found === undefined) return get(key);
    if (found.response.key !== key) return undefined;
    const response = refreshed.get(fingerprint) ?? found.response;
    const { location } = found;
    const body =
      found.body instanceof Uint8Array
        ? new Uint8Array(found.body)
        : reader.file(fingerprint, location.file, location.fileLength);
    return { response, body, bansChecked: response.banSequence };
  }

  function fill(length: Bytes | undefined): StoreFill | undefined {
    if (isOff() || (length ?? 0) > sizing.largestFill) return undefined;
    const { largestFill } = sizing;
    return startDiskFill({
      length,
      largestFill,
      book: bookFilling,
      create: bodies.create,
      keep: (response, file) => enqueue(response, file, file),
      failed,
    });
  }

  return {
    get,
    has: (key) => index.has(fingerprintOf(key)),
    load(key) {
      const fingerprint = fingerprintOf(key);
      if (isClosed || !index.has(fingerprint)) return undefined;
      order.touch(fingerprint);
      return read(key, fingerprint);
    },
    put({ response, body }) {
      const isSmall = body instanceof Uint8Array && body.byteLength <= sizing.largestInline;
      if (body instanceof Uint8Array && body.byteLength <= sizing.largestPut && !isOff())
        return enqueue(response, body, isSmall ? undefined : bodies.create());
      drop(fingerprintOf(response.key));
      return false;
    },
    fill,
    refresh(response) {
      const fingerprint = fingerprintOf(response.key);
      // Written after the put that it refreshes, if that waits too.
      if (!index.has(fingerprint) && waiting.get(fingerprint)?.response.key !== response.key) return false;
      refreshed.set(fingerprint, response);
      queue.push({ fingerprint, response });
      return true;
    },
    delete: (key) => drop(fingerprintOf(key)),
    async peek(key) {
      const fingerprint = fingerprintOf(key);
      const isThere = !isClosed && index.has(fingerprint);
      const found = waiting.get(fingerprint) ?? (isThere ? await reader.record(fingerprint) : undefined);
      if (found?.response.key !== key) return undefined;
      const response = refreshed.get(fingerprint) ?? found.response;
      return { response, bansChecked: response.banSequence, where: 'disk' };
    },
    keys: () => [...waiting.values()].map(({ response }) => response.key),
    async sweep(isForgotten, pause) {
      const isGone = (response: StoredResponse): boolean => isForgotten({ response, bansChecked: response.banSequence });
      for (const { fingerprint, response } of waiting.values()) if (isGone(response)) drop(fingerprint);
      forgotten = isGone;
      try {
        for (const segment of segments.ids()) {
          for await (const window of log.windows(segment)) {
            for (const [fingerprint, record] of window) keeps(fingerprint, record);
            await pause();
          }
        }
      } finally {
        forgotten = undefined;
      }
    },
    checkedThrough(sequence) {
      if (!isClosed) journal.checkedThrough(sequence);
    },
    checkedSequence: replayed.checkedThrough,
    get stats() {
      const kept = { objects: index.size + waiting.size, bytes: order.bytes, capacity };
      return {
        ...kept,
        largestObject: sizing.largestPut,
        largestFill: isOff() ? 0 : sizing.largestFill,
        tiers: [{ ...kept, tier: 'disk' as const, evictions }],
      };
    },
    async settled() {
      await queue.settled();
      await journal.flushed();
    },
    async close() {
      isClosed = true;
      await queue.settled();
      await bodies.freeing();
      await journal.close();
      segments.close();
    },
  };
}
