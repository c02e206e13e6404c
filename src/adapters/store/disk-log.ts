/**
 * Appending to the segments, and making room: one thing at a time, whoever asks. Records that are still alive move out of the
 * emptiest segment before it goes, as they are; their journal entries are written first, so that a crash finds them in one place
 * or the other. One segment's room is always spare, for this.
 */
import { KIB, type Bytes } from '../../model/units.ts';
import { NoRoom, type Space } from './disk-file.ts';
import type { DiskIndex, Location } from './disk-index.ts';
import type { Journal } from './disk-journal.ts';
import type { Segments } from './disk-segments.ts';

/** Octets moved or read ahead at a time. */
const WINDOW: Bytes = 256 * KIB;

export interface DiskLog {
  /** Resolves with where each record lies, in one segment or more. Rejects when the disk cannot take them. */
  append(records: readonly Uint8Array[]): Promise<readonly Place[]>;
  /** Takes that much of the space, emptying segments where there is not enough. */
  makeRoom(count: Bytes): Promise<boolean>;
  /** The records that a segment holds at the time, in windows. */
  windows(segment: number): AsyncIterable<Window>;
}

/** Neighbouring records, as they are. */
export type Window = readonly (readonly [fingerprint: number, record: Buffer])[];

export interface Place {
  readonly segment: number;
  readonly offset: Bytes;
}

interface DiskLogOptions {
  readonly segments: Segments;
  readonly segmentSize: Bytes;
  readonly space: Space;
  readonly index: DiskIndex;
  readonly journal: Pick<Journal, 'put' | 'flushed'>;
  /** Waits for space that is being freed elsewhere. False when none is. */
  readonly freeing: () => Promise<boolean>;
  /** False for a record that need not move: it has been dropped instead. */
  readonly keeps: (fingerprint: number, record: Buffer) => boolean;
}

export function createDiskLog({ segments, segmentSize, space, index, journal, freeing, keeps }: DiskLogOptions): DiskLog {
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const turn = last.then(run, run);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function appendInTurn(records: readonly Uint8Array[]): Promise<readonly Place[]> {
    const places: Place[] = [];
    for (let from = 0; from < records.length;) {
      let bytes = records[from]?.byteLength ?? 0;
      if (segments.room < bytes) await makeSegmentRoom(bytes);
      let to = from + 1;
      for (let next = records[to]; next !== undefined && bytes + next.byteLength <= segments.room; next = records[to]) {
        bytes += next.byteLength;
        to += 1;
      }
      const batch = records.slice(from, to);
      const { segment, offset } = await segments.append(batch.length === 1 ? (batch[0] ?? NOTHING) : Buffer.concat(batch));
      let at = offset;
      for (const record of batch) {
        places.push({ segment, offset: at });
        at += record.byteLength;
      }
      from = to;
    }
    return places;
  }

  async function makeSegmentRoom(needed: Bytes): Promise<void> {
    while (segments.room < needed && !(await segments.start(segmentSize))) {
      if (!(await freeing()) && !(await emptyOne())) throw new NoRoom();
    }
  }

  /** False when it would free nothing. */
  async function emptyOne(): Promise<boolean> {
    const emptiest = segments.emptiest();
    if (emptiest === undefined || emptiest.dead <= 0) return false;
    for await (const window of windows(emptiest.segment)) {
      if (!(await moveAway(emptiest.segment, window))) return false;
    }
    await journal.flushed();
    await segments.remove(emptiest.segment);
    return true;
  }

  async function moveAway(segment: number, window: Window): Promise<boolean> {
    const kept = window.filter(([fingerprint, record]) => keeps(fingerprint, record));
    const bytes = Buffer.concat(kept.map(([, record]) => record));
    if (segments.room < bytes.byteLength && !(await segments.start(0))) return false;
    const place = await segments.append(bytes);
    let { offset } = place;
    for (const [fingerprint, { byteLength }] of kept) {
      const old = index.get(fingerprint);
      // Overtaken while it was moved: what was moved is a hole already.
      if (old !== undefined && old.segment === segment && old.length === byteLength) {
        const moved: Location = { ...old, segment: place.segment, offset };
        segments.kill(old);
        segments.enliven(moved);
        index.set(fingerprint, moved);
        journal.put(fingerprint, moved);
      }
      offset += byteLength;
    }
    return true;
  }

  async function* windows(segment: number): AsyncGenerator<Window> {
    const waiting = index.inSegment(segment);
    for (let from = 0; from < waiting.length;) {
      const located: (readonly [number, Location])[] = [];
      for (; from < waiting.length; from++) {
        const fingerprint = waiting[from] ?? 0;
        const location = index.get(fingerprint);
        if (location === undefined || location.segment !== segment) continue;
        const start = located[0]?.[1].offset ?? location.offset;
        // Written again meanwhile, it lies behind those that follow.
        if (location.offset < (located.at(-1)?.[1].offset ?? 0)) break;
        if (located.length > 0 && location.offset + location.length - start > Math.min(WINDOW, segmentSize / 2)) break;
        located.push([fingerprint, location]);
      }
      const [first, end] = [located[0]?.[1], located.at(-1)?.[1]];
      if (first === undefined || end === undefined) continue;
      const bytes = await segments.read(segment, first.offset, end.offset + end.length - first.offset);
      if (bytes === undefined) return;
      yield located.map(([fingerprint, { offset, length }]) => [
        fingerprint,
        bytes.subarray(offset - first.offset, offset - first.offset + length),
      ]);
    }
  }

  return {
    append: (records) => inTurn(() => appendInTurn(records)),
    async makeRoom(count) {
      if (space.take(count, segmentSize)) return true;
      return inTurn(async () => {
        while (!space.take(count, segmentSize)) if (!(await freeing()) && !(await emptyOne())) return false;
        return true;
      });
    },
    windows,
  };
}

const NOTHING = new Uint8Array(0);
