/**
 * Header blocks, put together from HEADERS and CONTINUATION frames and decoded: RFC 9113 4.3, 6.2 and 6.10. Bounded in octets and in
 * frames, since nothing is known of a block before it is whole (CVE-2024-27316). What the lines say is not looked at here.
 */
import type { TableEntry } from '../../../http/hpack/dynamic-table.ts';
import { FLAG, H2_ERROR, read31, type H2Error } from '../../../http/http2/frames.ts';
import type { Bytes } from '../../../model/units.ts';
import { MAX_HEAD } from '../lane-limits.ts';
import { MAX_BLOCK, MAX_CONTINUATIONS, TABLE_LIMIT } from './http2-limits.ts';
import { createRequestDecoder } from './read-request.ts';

/** Whose block it is, and what its HEADERS frame said. */
export interface BlockOwner {
  readonly stream: number;
  readonly isLast: boolean;
  /** RFC 7540 5.3.1: a stream that depends on itself. */
  readonly isSelfDependent: boolean;
}

/** Takes a whole block; the lines are valid during the call only. */
export type TakeBlock = (owner: BlockOwner, lines: readonly TableEntry[]) => H2Error | undefined;

const PRIORITY_SIZE: Bytes = 5;

export class HeaderBlocks {
  private readonly decoder = createRequestDecoder(TABLE_LIMIT);
  private readonly lines: TableEntry[] = [];
  private owner: BlockOwner | undefined;
  private parts: Uint8Array[] = [];
  private size: Bytes = 0;

  constructor(private readonly take: TakeBlock) {}

  /** Whether a block is not whole yet: then nothing but its next frame may come. */
  get isOpen(): boolean {
    return this.owner !== undefined;
  }

  headers(stream: number, flags: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    let start = from;
    let end = to;
    if (flags & FLAG.padded) {
      start += 1;
      end -= octets[from] ?? 0;
    }
    let isSelfDependent = false;
    if (flags & FLAG.priority) {
      isSelfDependent = start + PRIORITY_SIZE <= end && read31(octets, start) === stream;
      start += PRIORITY_SIZE;
    }
    // RFC 9113 6.2: padding, or what stands before the block, longer than the frame.
    if (start > end) return from === to ? H2_ERROR.frameSize : H2_ERROR.protocol;
    const owner: BlockOwner = { stream, isLast: (flags & FLAG.endStream) !== 0, isSelfDependent };
    if (flags & FLAG.endHeaders) return this.decode(owner, octets, start, end);
    this.owner = owner;
    this.parts = [];
    this.size = 0;
    return this.keep(octets, start, end);
  }

  continuation(stream: number, flags: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    const { owner } = this;
    if (owner?.stream !== stream) return H2_ERROR.protocol;
    const error = this.keep(octets, from, to);
    if (error !== undefined || !(flags & FLAG.endHeaders)) return error;
    const block = Buffer.concat(this.parts);
    this.owner = undefined;
    this.parts = [];
    return this.decode(owner, block, 0, block.length);
  }

  private keep(octets: Uint8Array, from: number, to: number): H2Error | undefined {
    this.size += to - from;
    this.parts.push(Uint8Array.prototype.slice.call(octets, from, to));
    return this.size > MAX_BLOCK || this.parts.length > MAX_CONTINUATIONS ? H2_ERROR.enhanceYourCalm : undefined;
  }

  private decode(owner: BlockOwner, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    const { lines } = this;
    if (!this.decoder.decode(octets, from, to, lines, MAX_HEAD)) return H2_ERROR.compression;
    const error = this.take(owner, lines);
    lines.length = 0;
    return error;
  }
}
