/**
 * The memory of an engine, taken and put back: a realm is made once and copied, and a function that changes its world gets it back as it
 * was. What an engine is: engine.ts.
 */
import type { Bytes } from '../../model/units.ts';
import type { Pointer } from './quickjs-calls.ts';

const PAGE: Bytes = 4 * 1024;

/** The state of an engine, also for others to begin with. */
export interface EngineImage {
  /** The pages that hold something; most of the memory is an empty stack. */
  readonly pages: readonly { readonly at: Pointer; readonly octets: Uint8Array }[];
  readonly runtime: Pointer;
  readonly scratch: Pointer;
  readonly scratchSize: Bytes;
  readonly values: Pointer;
}

/** Neighbouring pages are one piece. */
export function pagesOf(heap: Uint8Array): EngineImage['pages'] {
  const words = new BigUint64Array(heap.buffer);
  const perPage = PAGE / BigUint64Array.BYTES_PER_ELEMENT;
  const pages: { at: Pointer; octets: Uint8Array }[] = [];
  let begin = -1;
  for (let at = 0; at <= heap.length; at += PAGE) {
    const isUsed =
      at < heap.length && words.subarray((at / PAGE) * perPage, (at / PAGE + 1) * perPage).some((word) => word !== 0n);
    if (isUsed && begin < 0) begin = at;
    if (isUsed || begin < 0) continue;
    pages.push({ at: begin, octets: heap.slice(begin, at) });
    begin = -1;
  }
  return pages;
}

export function copyPages({ pages }: EngineImage, heap: Uint8Array): void {
  for (const { at, octets } of pages) heap.set(octets, at);
}
