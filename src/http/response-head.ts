/**
 * The head of an HTTP/1.1 response, judged once all of its lines are there. RFC 9112: status line in section 4, field lines in 5,
 * framing in 6.3. Stricter than the letter wherever two readers could understand one message differently (RFC 9112 11.1, 11.2).
 * How lines and bodies are cut out of the byte stream is in response-parser.ts.
 */
import type { Bytes } from '../model/units.ts';
import { parseFieldLine, quoted } from './field-line.ts';
import { fieldValue } from './fields.ts';
import type { Field, Fields } from './fields.ts';
import { connectionNames, withoutHopByHop } from './hop-by-hop.ts';
import { isPersistent } from './persistence.ts';
import { trimWhitespace } from './token.ts';

export interface ParsedHead {
  readonly status: number;
  /** Hop-by-hop and framing fields removed; Content-Length stays where it only describes (HEAD, 304). */
  readonly fields: Fields;
  /** What the framing promised; 0 where no body is allowed, undefined for chunked and close-delimited bodies. */
  readonly bodyLength: Bytes | undefined;
}

export type Framing =
  | { readonly kind: 'length'; readonly length: Bytes }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

export type HeadResult =
  | { readonly kind: 'head'; readonly head: ParsedHead; readonly framing: Framing; readonly persistent: boolean }
  | { readonly kind: 'interim'; readonly status: number; readonly fields: Fields }
  | { readonly kind: 'refused'; readonly message: string };

const STATUS_LINE = /^HTTP\/1\.([0-9]) ([1-5][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?$/;
// RFC 9110 8.6: digits only. Fifteen of them stay exact in a double.
const LENGTH = /^[0-9]{1,15}$/;

/** RFC 9112 7: the registered codings, alone or in a list. */
const KNOWN_CODING = /(?:^|[,\t ])(?:chunked|compress|deflate|gzip|x-compress|x-gzip)(?:$|[,;\t ])/i;

/** What was asked, as far as it decides how the response reads. */
export interface Asked {
  readonly method: string;
  /** The protocol that Upgrade offered. */
  readonly upgrade?: string | undefined;
}

/** Judges the status line and the field lines of one response to what was asked. `lineOf` reads as parseFieldLine does. */
export function parseResponseHead(
  statusLine: string,
  lines: readonly string[],
  { method, upgrade }: Asked,
  lineOf = parseFieldLine,
): HeadResult {
  const matched = STATUS_LINE.exec(statusLine);
  if (matched === null) return refused(`the status line ${quoted(statusLine)} is not valid HTTP/1.1`);
  const minor = Number(matched[1]);
  const status = Number(matched[2]);
  const fields: Field[] = [];
  for (const line of lines) {
    const field = lineOf(line);
    if (typeof field === 'string') return refused(field);
    fields.push(field);
  }
  if (status === 101) return switching(fields, upgrade);
  if (status < 200) return { kind: 'interim', status, fields: withoutContentLength(withoutHopByHop(fields)) };
  const framing = judgeFraming(fields, minor);
  if (typeof framing === 'string') return refused(framing);
  // RFC 9112 6.3: these never have a body, whatever their fields say.
  const bodyless = method === 'HEAD' || status === 204 || status === 304;
  const effective: Framing = bodyless ? { kind: 'length', length: 0 } : framing;
  const bodyLength = effective.kind === 'length' ? effective.length : undefined;
  const kept = withoutContentLength(withoutHopByHop(fields));
  // RFC 9110 8.6: in answers to HEAD and in 304, Content-Length describes what a GET would bring; elsewhere it is framing.
  const describes = (method === 'HEAD' || status === 304) && framing.kind === 'length';
  return {
    kind: 'head',
    head: { status, fields: describes ? [...kept, ['content-length', String(framing.length)]] : kept, bodyLength },
    framing: effective,
    persistent: isPersistent(fields, minor),
  };
}

/** RFC 9110 7.8, 15.2.2: an origin may switch to what it was offered, and says so; what follows is not HTTP. */
function switching(fields: Fields, upgrade: string | undefined): HeadResult {
  if (upgrade === undefined) return refused('it switches protocols (101) although no upgrade was asked for');
  const chosen = fieldValue(fields, 'upgrade') ?? '';
  if (chosen.toLowerCase() !== upgrade || !connectionNames(fields).has('upgrade')) {
    return refused(`it switches protocols (101), but not to ${upgrade} as it was asked (Upgrade: ${quoted(chosen)})`);
  }
  const head = { status: 101, fields: withoutContentLength(withoutHopByHop(fields)), bodyLength: undefined };
  return { kind: 'head', head, framing: { kind: 'until-close' }, persistent: false };
}

function withoutContentLength(fields: Fields): Fields {
  return fields.filter((field) => field[0] !== 'content-length');
}

function judgeFraming(fields: Fields, minor: number): Framing | string {
  const coding = fieldValue(fields, 'transfer-encoding');
  const length = fieldValue(fields, 'content-length');
  if (coding !== undefined) {
    // RFC 9112 6.1: both together are an attempt to smuggle, or will be taken for one.
    if (length !== undefined) return 'it has both Transfer-Encoding and Content-Length';
    if (minor === 0) return 'it has Transfer-Encoding in an HTTP/1.0 response';
    if (coding.toLowerCase() === 'chunked') return { kind: 'chunked' };
    // We send no TE field, so these would have to be decoded unasked.
    if (KNOWN_CODING.test(coding)) return `its Transfer-Encoding is ${quoted(coding)}; only chunked is understood`;
    // RFC 9112 6.3: a coding that is not chunked ends with the connection. What nobody knows hides no other framing.
    return { kind: 'until-close' };
  }
  if (length === undefined) return { kind: 'until-close' };
  // RFC 9112 6.3: repeated lengths must be valid and all the same.
  const members = length.split(',').map(trimWhitespace);
  const only = members[0] ?? '';
  if (!members.every((member) => member === only)) return `its Content-Length values differ (${quoted(length)})`;
  if (!LENGTH.test(only)) return `its Content-Length ${quoted(length)} is not a number`;
  return { kind: 'length', length: Number(only) };
}

function refused(message: string): HeadResult {
  return { kind: 'refused', message };
}
