/**
 * An HTTP/1.1 response read from bytes as they arrive: lines and the end of the body (6.3). What is said
 * depends on the bytes alone, never on how they were split. Text is decoded byte for byte (ISO-8859-1), so that it can be sent on
 * unchanged. The head is judged in response-head.ts, chunks are undone in chunked-decoder.ts; what a viewer sees of a failure is the origin client's business.
 */
import type { Bytes } from '../model/units.ts';
import type { Fields } from './fields.ts';
import { createChunkedDecoder, type ChunkedDecoder } from './chunked-decoder.ts';
import { parseResponseHead } from './response-head.ts';
import type { Asked, Framing, ParsedHead } from './response-head.ts';

/** CloudFront: an origin's header section of more than 32,768 bytes is refused. Lines count with their CRLF. */
export const MAX_FIELD_SECTION: Bytes = 32_768;
/** Ours: 32,768 bytes could hold 8,192 lines; this bounds the work that one section can cause. */
export const MAX_FIELD_COUNT = 1_000;
/** Ours: a status line is a version, a code and a phrase that nobody reads. */
export const MAX_STATUS_LINE: Bytes = 8_192;
/** Ours: early hints and the like come in ones and twos. */
const MAX_INTERIM_RESPONSES = 16;

const CR = 13;
const LF = 10;
const VERSION_PREFIX = 'HTTP/1.';

export type ResponseEvent =
  /** Before the head, any number of times; never 100, which is between us and the origin. */
  | { readonly kind: 'interim'; readonly status: number; readonly fields: Fields }
  | { readonly kind: 'head'; readonly head: ParsedHead }
  /** A view into the bytes that were pushed. */
  | { readonly kind: 'body'; readonly chunk: Uint8Array }
  /** The response is whole. `reusable`: the connection may carry another. */
  | { readonly kind: 'end'; readonly reusable: boolean }
  | ResponseFault;

/** Nothing follows. `silent`: closed without a byte; `truncated`: closed early; `too-big`: a header section over its bound. */
export interface ResponseFault {
  readonly kind: 'fault';
  readonly reason: 'invalid' | 'too-big' | 'truncated' | 'silent';
  /** Completes the sentence "The origin's response is refused: ...". */
  readonly message: string;
}

export interface ResponseParser {
  /**
   * The events that these bytes complete, in order; none after the end or a fault. Bytes behind the end make the connection not
   * reusable when they come in the same push; later ones are for the connection's owner to notice.
   */
  push(bytes: Uint8Array): readonly ResponseEvent[];
  /** The origin has closed its side. */
  close(): readonly ResponseEvent[];
  /** True once a byte has been seen: the request must not be sent again. */
  readonly started: boolean;
}

type Stage = 'status-line' | 'field-lines' | 'body' | 'chunks' | 'until-close' | 'done';

/** A parser for the one response to what was asked. Behind a 101, the body is whatever the other protocol sends. */
export function createResponseParser(asked: Asked): ResponseParser {
  let stage: Stage = 'status-line';
  let started = false;
  let statusLine = '';
  let lines: string[] = [];
  let sectionBytes: Bytes = 0;
  let partialLine = '';
  let interimCount = 0;
  let continueSeen = false;
  let left: Bytes = 0;
  let chunks: ChunkedDecoder | undefined;
  let persistent = false;
  let events: ResponseEvent[] = [];

  function fault(reason: ResponseFault['reason'], message: string): undefined {
    events.push({ kind: 'fault', reason, message });
    stage = 'done';
    return undefined;
  }

  function finish(reusable: boolean): void {
    events.push({ kind: 'end', reusable });
    stage = 'done';
  }

  /** The line that `bytes` complete from `at` on, or undefined: not yet, or refused (then the stage is `done`). */
  function takeLine(bytes: Uint8Array, at: number): { text: string; next: number } | undefined {
    const end = bytes.indexOf(LF, at);
    const limit = lineLimit();
    // Whatever is beyond the limit is refused, so that no more of it need be decoded.
    partialLine += decode(bytes.subarray(at, Math.min(end < 0 ? bytes.length : end, at + limit + 2)));
    if (stage === 'status-line' && !VERSION_PREFIX.startsWith(partialLine.slice(0, VERSION_PREFIX.length))) {
      return fault('invalid', 'it does not begin with HTTP/1.1');
    }
    const endsWithCr = partialLine.charCodeAt(partialLine.length - 1) === CR;
    const length = endsWithCr ? partialLine.length - 1 : partialLine.length;
    if (length > limit) return overLimit();
    if (end < 0) return undefined;
    // RFC 9112 2.2: a bare CR is invalid; Ours: so is a bare LF, which two readers could take differently.
    const text = partialLine.slice(0, length);
    if (!endsWithCr || text.includes('\r')) return fault('invalid', 'a line does not end with CR LF');
    partialLine = '';
    return { text, next: end + 1 };
  }

  function lineLimit(): Bytes {
    if (stage === 'status-line') return MAX_STATUS_LINE;
    return Math.max(0, MAX_FIELD_SECTION - sectionBytes - 2);
  }

  function overLimit(): undefined {
    if (stage === 'status-line') return fault('invalid', `its status line is longer than ${MAX_STATUS_LINE} bytes`);
    return fault('too-big', `its header section is larger than ${MAX_FIELD_SECTION} bytes`);
  }

  function acceptLine(text: string): void {
    if (stage === 'status-line') {
      statusLine = text;
      stage = 'field-lines';
      lines = [];
      sectionBytes = 0;
    } else if (text !== '') acceptSectionLine(text);
    else acceptHead();
  }

  function acceptSectionLine(text: string): void {
    sectionBytes += text.length + 2;
    if (lines.length === MAX_FIELD_COUNT) return fault('too-big', `it has more than ${MAX_FIELD_COUNT} header lines`);
    lines.push(text);
  }

  function acceptHead(): void {
    const result = parseResponseHead(statusLine, lines, asked);
    if (result.kind === 'refused') return fault('invalid', result.message);
    if (result.kind === 'interim') return acceptInterim(result.status, result.fields);
    persistent = result.persistent;
    events.push({ kind: 'head', head: result.head });
    startBody(result.framing);
  }

  function acceptInterim(status: number, fields: Fields): void {
    // CloudFront: an origin may send one 100 (Continue); a second is an error.
    if (status === 100 && continueSeen) return fault('invalid', 'it has more than one 100 (Continue)');
    if (status === 100) continueSeen = true;
    interimCount += 1;
    if (interimCount > MAX_INTERIM_RESPONSES)
      return fault('invalid', `more than ${MAX_INTERIM_RESPONSES} interim responses came first`);
    if (status !== 100) events.push({ kind: 'interim', status, fields });
    stage = 'status-line';
  }

  function startBody(framing: Framing): void {
    if (framing.kind === 'chunked') {
      stage = 'chunks';
      chunks = createChunkedDecoder();
    } else if (framing.kind === 'until-close') stage = 'until-close';
    else if (framing.length === 0) finish(persistent);
    else {
      stage = 'body';
      left = framing.length;
    }
  }

  const acceptPiece = (chunk: Uint8Array): void => void events.push({ kind: 'body', chunk });

  /** Chunks from `at` on; returns where they end. */
  function takeChunks(decoder: ChunkedDecoder, bytes: Uint8Array, at: number): number {
    const next = decoder.read(bytes, at, acceptPiece);
    if (typeof next !== 'number') {
      fault(next.reason, next.message);
      return bytes.length;
    }
    if (decoder.isDone) finish(persistent);
    return next;
  }

  /** Body bytes from `at` on; returns where they end. */
  function takeBody(bytes: Uint8Array, at: number): number {
    const end = stage === 'until-close' ? bytes.length : Math.min(bytes.length, at + left);
    acceptPiece(bytes.subarray(at, end));
    left -= end - at;
    if (stage === 'body' && left === 0) finish(persistent);
    return end;
  }

  /** Reads on from `at`; returns where it stopped. */
  function step(bytes: Uint8Array, at: number): number {
    if (stage === 'chunks' && chunks !== undefined) return takeChunks(chunks, bytes, at);
    if (stage === 'body' || stage === 'until-close') return takeBody(bytes, at);
    const line = takeLine(bytes, at);
    if (line === undefined) return bytes.length;
    acceptLine(line.text);
    return line.next;
  }

  function taken(): readonly ResponseEvent[] {
    const happened = events;
    events = [];
    return happened;
  }

  return {
    push(bytes) {
      if (bytes.length > 0) started = true;
      let at = 0;
      while (at < bytes.length && stage !== 'done') at = step(bytes, at);
      // RFC 9112 9.2: nobody asked for what follows, so nothing on this connection can be trusted to answer the next request.
      const last = events.at(-1);
      if (at < bytes.length && last?.kind === 'end') events[events.length - 1] = { kind: 'end', reusable: false };
      return taken();
    },
    close() {
      if (stage === 'until-close') finish(false);
      else if (!started) fault('silent', 'the connection was closed without a response');
      else if (stage !== 'done') fault('truncated', 'the connection was closed before the response was complete');
      return taken();
    },
    get started() {
      return started;
    },
  };
}

function decode(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
}
