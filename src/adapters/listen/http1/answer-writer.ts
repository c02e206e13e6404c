/**
 * An answer written as HTTP/1.1: head and body, framed by what is known of its length. RFC 9110 8.6 (Content-Length), 9.3.2 (HEAD),
 * RFC 9112 6 and 7.1 (chunked; HTTP/1.0 knows neither chunks nor any end but that of the connection). What it says was decided in edge/serve.ts.
 */
import type { AnswerBody, EdgeAnswer } from '../../../edge/answer.ts';
import type { Bytes } from '../../../model/units.ts';
import { sendBody, type BodySink, type OutgoingBody } from '../outgoing-body.ts';
import { ROOM_LIMIT, WRITE_AHEAD, type Wire } from '../wire.ts';
import { commonHead, fieldLines, hitHead, isHit, type Framing } from './write-head.ts';

export interface WriteOptions {
  readonly isHead: boolean;
  readonly isHttp10: boolean;
  /** The connection may go on after this answer. */
  readonly persists: boolean;
  /** The answer is complete, and does the connection go on? At once, where nothing has to be waited for. */
  readonly done: (persists: boolean) => void;
}

const END_OF_CHUNK = Buffer.from('\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

export class AnswerWriter {
  private outgoing: OutgoingBody | undefined;
  private wake: (() => void) | undefined;

  constructor(private readonly wire: Wire) {}

  write(answer: EdgeAnswer, options: WriteOptions): void {
    const { body, status } = answer;
    const isBare = options.isHead || status === 204 || status === 304;
    if (body.kind === 'stream' && !isBare) {
      this.writeStream(answer, body, options);
      return;
    }
    if (body.kind === 'stream') body.cancel();
    const bytes = body.kind === 'bytes' && !isBare && body.bytes.byteLength > 0 ? body.bytes : undefined;
    this.writeHead(answer, framingOf(answer, isBare, options.persists), bytes);
    answer.delivered?.({ bodyBytes: bytes?.byteLength ?? 0, complete: true });
    if (this.wire.backlog <= WRITE_AHEAD) options.done(options.persists);
    else this.whenTaken(() => options.done(options.persists));
  }

  /** 101: octets as they come, until the origin or the viewer has none. */
  writeTunnel(answer: EdgeAnswer, body: Extract<AnswerBody, { kind: 'tunnel' }>, done: () => void): void {
    this.writeHead(answer, { kind: 'none', length: 0, connection: 'Upgrade' }, undefined);
    this.outgoing = sendBody(answer, body, this.sink(false, done));
  }

  /** The wire's backlog has gone. */
  drained(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }

  /** The viewer has left. */
  cancel(): void {
    this.outgoing?.cancel();
    this.drained();
  }

  private writeStream(answer: EdgeAnswer, body: Extract<AnswerBody, { kind: 'stream' }>, options: WriteOptions): void {
    const isChunked = body.length === undefined && !options.isHttp10;
    // RFC 9112 6.3: without length or chunks, the body ends with the connection.
    const persists = options.persists && (body.length !== undefined || isChunked);
    const kind = body.length === undefined ? (isChunked ? 'chunked' : 'none') : 'length';
    this.writeHead(answer, { kind, length: body.length ?? 0, connection: persists ? 'keep-alive' : 'close' }, undefined);
    const done = (): void => {
      this.outgoing = undefined;
      this.whenTaken(() => options.done(persists));
    };
    this.outgoing = sendBody(answer, body, this.sink(isChunked, done));
  }

  private writeHead(answer: EdgeAnswer, framing: Framing, bytes: Uint8Array | undefined): void {
    const { ownFields } = answer;
    const common = commonHead(answer, framing);
    const isWhole = isHit(common, ownFields);
    const octets = isWhole ? hitHead(common, ownFields) : common.octets;
    const own = isWhole ? '' : `${fieldLines(ownFields ?? [])}\r\n`;
    const size = octets.length + own.length;
    if (size > ROOM_LIMIT) {
      this.wire.send(octets);
      this.wire.send(Buffer.from(own, 'latin1'));
    } else {
      const out = this.wire.room(size);
      out.octets.set(octets, out.length);
      if (own !== '') out.octets.write(own, out.length + octets.length, 'latin1');
      out.length += size;
    }
    if (bytes !== undefined) this.wire.send(bytes);
  }

  /** Runs once the viewer's side has taken nearly all that was written: so much, and no more, is written ahead of a slow viewer. */
  private whenTaken(run: () => void): void {
    if (this.wire.backlog <= WRITE_AHEAD) run();
    else this.wake = run;
  }

  private sink(isChunked: boolean, done: () => void): BodySink {
    const { wire } = this;
    const taken = (): Promise<void> | undefined => {
      if (wire.backlog <= WRITE_AHEAD) return undefined;
      return new Promise((resolve) => {
        this.wake = resolve;
      });
    };
    return {
      write(chunk) {
        if (isChunked) wire.send(Buffer.from(`${chunk.byteLength.toString(16)}\r\n`, 'latin1'));
        wire.send(chunk);
        if (isChunked) wire.send(END_OF_CHUNK);
        return taken();
      },
      end() {
        if (isChunked) wire.send(LAST_CHUNK);
        done();
      },
      // A broken connection is how HTTP/1.1 tells the viewer.
      fail: () => wire.destroy(),
    };
  }
}

function framingOf({ status, body }: EdgeAnswer, isBare: boolean, persists: boolean): Framing {
  const connection = persists ? 'keep-alive' : 'close';
  const length = lengthOf(body);
  // RFC 9110 8.6: in an answer to HEAD and in a 304, what a GET would bring, where it is known; never in a 204.
  if (isBare)
    return length === undefined || status === 204
      ? { kind: 'none', length: 0, connection }
      : { kind: 'length', length, connection };
  return { kind: 'length', length: body.kind === 'bytes' ? body.bytes.byteLength : 0, connection };
}

function lengthOf(body: AnswerBody): Bytes | undefined {
  if (body.kind === 'bytes') return body.bytes.byteLength;
  return body.kind === 'tunnel' ? undefined : body.length;
}
