/**
 * Header blocks of HPACK become field lines: RFC 7541 3, 5 and 6. What a field means, and whether its name and value are allowed, is
 * asked of `classify` once for each line that is spelled out; lines by number keep the answer.
 */
import type { Field } from '../fields.ts';
import type { Bytes } from '../../model/units.ts';
import { createDynamicTable, type TableEntry } from './dynamic-table.ts';
import { decodeHuffman } from './huffman-decode.ts';
import { STATIC_TABLE } from './static-table.ts';

export interface HpackDialect {
  /** What kind of field it is, in the reader's own numbers. */
  readonly classify: (name: string, value: string) => number;
  /** The octets from `from` up to `to`, one a character. */
  readonly readText: (octets: Uint8Array, from: number, to: number) => string;
  /** The largest block that is decoded. */
  readonly maxBlock: Bytes;
}

export interface HpackDecoder {
  /**
   * Decodes one whole block into `lines`. False when it is no valid block: the tables of both sides then differ, and nothing that
   * follows can be read (RFC 9113 4.3). Lines beyond `maxLines` octets, as HTTP/1.1 would write them, are read and left out, but for
   * the one that went beyond.
   */
  decode(block: Uint8Array, from: number, to: number, lines: TableEntry[], maxLines: Bytes): boolean;
}

/** RFC 7541 5.1: Ours: no number that a header block needs has more continuation octets than this. */
const MAX_CONTINUATIONS = 4;
/** A line in HTTP/1.1 has a colon, a space and a line end. */
const LINE_OVERHEAD: Bytes = 4;
const NOT_VALID = -1;
const NOTHING: Uint8Array = new Uint8Array(0);

/** A maker of decoders, one for each connection, which share all that does not depend on it. */
export function hpackDecoders({ classify, readText, maxBlock }: HpackDialect): (tableLimit: Bytes) => HpackDecoder {
  const known = STATIC_TABLE.map((field): TableEntry => ({ field, kind: classify(field[0], field[1]) }));
  // No code is shorter than five bits.
  const scratch = new Uint8Array(Math.ceil((maxBlock * 8) / 5));

  return function createDecoder(tableLimit) {
    const table = createDynamicTable(tableLimit);
    let octets = NOTHING;
    let at = 0;
    let end = 0;

    /** A number whose first octet has `mask` for its low bits; NOT_VALID when it is cut off or too large. */
    function readNumber(mask: number): number {
      let value = octets[at++]! & mask;
      if (value < mask) return value;
      for (let count = 0; count < MAX_CONTINUATIONS; count++) {
        if (at === end) return NOT_VALID;
        const octet = octets[at++]!;
        value += (octet & 0x7f) << (7 * count);
        if (octet < 0x80) return value;
      }
      return NOT_VALID;
    }

    function readString(): string | undefined {
      if (at === end) return undefined;
      const isCoded = octets[at]! >= 0x80;
      const length = readNumber(0x7f);
      const from = at;
      if (length === NOT_VALID || length > end - from) return undefined;
      at += length;
      if (!isCoded) return readText(octets, from, at);
      const decoded = decodeHuffman(octets, from, at, scratch);
      return decoded === NOT_VALID ? undefined : readText(scratch, 0, decoded);
    }

    /** RFC 7541 2.3.3: one address space for both tables; 0 is nobody's. */
    function entryAt(index: number): TableEntry | undefined {
      return index <= known.length ? known[index - 1] : table.get(index - known.length - 1);
    }

    /** A line spelled out, its name perhaps by number. */
    function readLiteral(nameMask: number): TableEntry | undefined {
      const index = readNumber(nameMask);
      const name = index === 0 ? readString() : entryAt(index)?.field[0];
      const value = name === undefined ? undefined : readString();
      if (name === undefined || value === undefined) return undefined;
      const field: Field = [name, value];
      return { field, kind: classify(name, value) };
    }

    function readLine(first: number): TableEntry | undefined {
      if (first >= 0x80) return entryAt(readNumber(0x7f));
      if (first < 0x40) return readLiteral(0x0f);
      const entry = readLiteral(0x3f);
      if (entry !== undefined) table.add(entry);
      return entry;
    }

    /** RFC 7541 4.2: at the beginning of a block only, and never above what we allow. */
    function readSizeUpdates(): boolean {
      while (at < end && (octets[at]! & 0xe0) === 0x20) {
        const capacity = readNumber(0x1f);
        if (capacity === NOT_VALID || capacity > tableLimit) return false;
        table.resize(capacity);
      }
      return true;
    }

    function readLines(lines: TableEntry[], maxLines: Bytes): boolean {
      if (!readSizeUpdates()) return false;
      let total: Bytes = 0;
      while (at < end) {
        const first = octets[at]!;
        if ((first & 0xe0) === 0x20) return false;
        const entry = readLine(first);
        if (entry === undefined) return false;
        if (total <= maxLines) lines.push(entry);
        total += entry.field[0].length + entry.field[1].length + LINE_OVERHEAD;
      }
      return true;
    }

    return {
      decode(block, from, to, lines, maxLines) {
        octets = block;
        at = from;
        end = to;
        const isValid = to - from <= maxBlock && readLines(lines, maxLines);
        octets = NOTHING;
        return isValid;
      },
    };
  };
}
