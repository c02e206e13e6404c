/**
 * A response that came in one piece, as most small ones do, read without the bookkeeping of a parser. What is read here, response-parser.ts
 * reads alike; whatever is unusual, or not whole yet, is left to it. Lines that origins repeat are read once: the same pair stands for them,
 * also in what is stored.
 */
import type { Bytes } from '../model/units.ts';
import { parseFieldLine } from './field-line.ts';
import type { Field } from './fields.ts';
import { parseResponseHead } from './response-head.ts';
import type { Asked, ParsedHead } from './response-head.ts';
import { MAX_FIELD_COUNT, MAX_FIELD_SECTION, MAX_STATUS_LINE } from './response-parser.ts';

export interface ResponseAtOnce {
  readonly head: ParsedHead;
  readonly bodyLength: Bytes;
  /** The connection may carry another, if nothing lies behind the body. */
  readonly persistent: boolean;
}

/** `text`: everything before the empty line, one character for each octet. Undefined where a parser has to look. */
export function readResponseAtOnce(text: string, asked: Asked): ResponseAtOnce | undefined {
  const statusEnd = text.indexOf('\r');
  if (statusEnd < 0 || statusEnd > MAX_STATUS_LINE || text.length - statusEnd > MAX_FIELD_SECTION) return undefined;
  const lines: string[] = [];
  for (let end = statusEnd; end >= 0;) {
    // RFC 9112 2.2: each CR is followed by LF; a bare LF is in no valid line.
    if (text.charCodeAt(end + 1) !== 10) return undefined;
    const next = text.indexOf('\r', end + 2);
    lines.push(text.slice(end + 2, next < 0 ? text.length : next));
    end = next;
  }
  if (lines.length > MAX_FIELD_COUNT) return undefined;
  const lineOf = text.length > LONGEST_REMEMBERED ? parseFieldLine : rememberedField;
  const result = parseResponseHead(text.slice(0, statusEnd), lines, asked, lineOf);
  if (result.kind !== 'head' || result.framing.kind !== 'length') return undefined;
  return { head: result.head, bodyLength: result.framing.length, persistent: result.persistent };
}

/** Ours: a line may keep the text that it is a part of. */
const LONGEST_REMEMBERED = 2_048;
const GENERATION = 512;

/** Two generations: what is repeated stays, what is not goes. */
let lately = new Map<string, Field>();
let before = new Map<string, Field>();

function rememberedField(line: string): Field | string {
  const known = lately.get(line);
  if (known !== undefined) return known;
  const field = before.get(line) ?? parseFieldLine(line);
  if (typeof field === 'string') return field;
  if (lately.size === GENERATION) {
    before = lately;
    lately = new Map();
  }
  lately.set(line, field);
  return field;
}
