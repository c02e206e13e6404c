/**
 * A range of an object read over its blocks, in order, for one viewer: as the viewer takes the octets of one block, the next few are
 * asked for, and no more; before the first is wanted, none is. So an answer holds a few blocks whatever the size of the object, and a viewer who leaves has caused few
 * fetches in vain. A stored block that cannot be read is asked for anew. An object that changes meanwhile breaks the answer off: octets of two editions are never joined (RFC 9111 3.4).
 */
import { blockAt, blockRange, type HeadResponse } from '../../core/cache/blocks.ts';
import type { ByteRange } from '../../http/byte-range.ts';
import type { Block, BlockArrival, BlockFills, BlockSource } from './block-fills.ts';
import { OriginFailure } from '../ports.ts';
import type { BodyReader, StoredObject } from '../store-ports.ts';
import type { MatchedVisit } from '../visit.ts';

/** Ours: blocks asked for beyond the one being read. Hides an origin's latency; bounds what an answer holds. */
const READ_AHEAD = 2;

export interface BlockReader extends BodyReader {
  /** Asks for the first few blocks: the first one's head, or why it does not come, and where all of them come from. */
  begin(): Promise<readonly [first: BlockArrival, sources: readonly BlockSource[]]>;
}

export function createBlockReader(
  blocks: BlockFills,
  visit: MatchedVisit,
  head: HeadResponse,
  range: ByteRange,
  shares: boolean,
): BlockReader {
  const taken = new Map<number, Block>();
  /** Blocks that were stored and could not be read. */
  const lost = new Set<number>();
  let current: BodyReader | undefined;
  let hasLeft = false;

  function take(index: number): Block {
    const block = taken.get(index) ?? blocks.take(visit, head, index, shares);
    taken.set(index, block);
    return block;
  }

  /** The block and those after it that are to be asked for while it is read. */
  function takeAhead(index: number): Block {
    const block = take(index);
    const end = Math.min(index + READ_AHEAD, blockAt(range.last));
    for (let ahead = index + 1; ahead <= end; ahead += 1) take(ahead);
    return block;
  }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let position = range.first; position <= range.last;) {
      if (hasLeft) return;
      const index = blockAt(position);
      const last = Math.min(range.last, blockRange(index, head.edition.length).last);
      const arrival = await takeAhead(index).arrival;
      taken.delete(index);
      const isHeld = arrival.kind !== 'no-room';
      // What cannot be held is read at the viewer's pace, all of the rest in one.
      const part = isHeld ? { first: position, last } : { first: position, last: range.last };
      current = isHeld ? readBlock(arrival, blockRange(index), part) : await blocks.pass(visit, head, part);
      if (hasLeft) return current.cancel();
      try {
        for await (const chunk of current.chunks) {
          position += chunk.byteLength;
          yield chunk;
        }
        position = part.last + 1;
      } catch (error) {
        // A stored block may go, or turn out to be damaged, before its turn comes: the origin has its octets, too, if it is still of one edition.
        if (arrival.kind !== 'stored' || lost.has(index)) throw error;
        lost.add(index);
      }
    }
  }

  return {
    begin() {
      const first = takeAhead(blockAt(range.first));
      return Promise.all([first.arrival, Promise.all([...taken.values()].map(({ source }) => source))]);
    },
    chunks: chunks(),
    cancel() {
      hasLeft = true;
      current?.cancel();
    },
  };
}

/** The octets of `part` out of the block that begins where `whole` does. */
function readBlock(arrival: Exclude<BlockArrival, { kind: 'no-room' }>, whole: ByteRange, part: ByteRange): BodyReader {
  const [first, last] = [part.first - whole.first, part.last - whole.first];
  switch (arrival.kind) {
    case 'stored':
      return readStored(arrival.object, first, last);
    case 'growing':
      return arrival.body.read(first, last);
    case 'failed':
      throw arrival.failure;
    case 'changed':
      throw new OriginFailure(502, 'OriginError', 'the object has changed at the origin while it was being sent');
  }
}

function readStored({ body }: StoredObject, first: number, last: number): BodyReader {
  if (!(body instanceof Uint8Array)) return body.read(first, last);
  return { chunks: inOnePiece(body.subarray(first, last + 1)), cancel: () => undefined };
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
