/**
 * One request of an HTTP/2 connection and its answer: RFC 9113 5.1 and 8.1. The request's body is held to its Content-Length and to the
 * window that its reader opens; the answer goes out at once where it can, else when its turn comes (send-queue.ts).
 *
 *   open -> (body) -> viewer's side closed -+
 *     └──> answer ---> our side closed -----+--> over          a reset, from either side, is over at once
 */
import type { AnswerBody, EdgeAnswer, ViewerHandler } from '../../../edge/answer.ts';
import type { InterimResponse } from '../../../edge/ports.ts';
import type { ViewerRequest } from '../../../core/request.ts';
import { fieldValue, type Fields } from '../../../http/fields.ts';
import { H2_ERROR, type H2Error } from '../../../http/http2/frames.ts';
import { readPriority, UNSAID, type Priority } from '../../../http/http2/priority.ts';
import type { Bytes, Instant } from '../../../model/units.ts';
import * as shared from '../lane-limits.ts';
import { sendBody, type OutgoingBody } from '../outgoing-body.ts';
import { commonLines } from './answer-head.ts';
import type { FrameWriter } from './frame-writer.ts';
import { Http2RequestBody, type BodyHost } from './request-body.ts';
import type { Sender, SendQueue } from './send-queue.ts';

/** What a stream needs of its connection. */
export interface StreamHost {
  readonly handler: ViewerHandler;
  readonly report: (message: string, error: unknown) => void;
  readonly now: () => Instant;
  readonly frames: FrameWriter;
  readonly queue: SendQueue;
  /** Octets of bodies that have been taken in: the connection's window opens again. */
  giveBack(octets: Bytes): void;
  /** An answer is awaited, and no longer. */
  awaited(change: 1 | -1): void;
  /** A body goes out, which earns the viewer some frames of its own. */
  delivers(octets: Bytes): void;
  /** We end the stream before its time: what is under way of it is passed over. */
  resetStream(stream: Http2Stream, code: H2Error): void;
  /** Both sides are closed, or it was reset. */
  streamOver(stream: Http2Stream): void;
}

const NO_BODY = { kind: 'none' } as const;
const NO_FIELDS: Fields = [];
const NOTHING = new Uint8Array(0);
const MISTAKE: EdgeAnswer = { status: 500, fields: [], body: { kind: 'none' } };

export class Http2Stream implements Sender, BodyHost {
  priority: Priority = UNSAID;
  rest: Uint8Array | undefined;
  endsWithRest = false;
  isOver = false;
  readonly body: Http2RequestBody;
  /** We have sent everything. */
  private isAnswered = false;
  private hasBegunAnswer = false;
  private isAsked = false;
  private outgoing: OutgoingBody | undefined;
  private answer: EdgeAnswer | undefined;
  private leaving: AbortController | undefined;
  private goOn: (() => void) | undefined;
  private sent: Bytes = 0;
  /** Since when the viewer owes us octets, or room for ours; how many came since. */
  private owesSince: Instant = Infinity;
  private owed: Bytes = 0;

  constructor(
    private readonly host: StreamHost,
    readonly id: number,
    private request: ViewerRequest,
    public sendWindow: Bytes,
    isWhole: boolean,
  ) {
    this.body = new Http2RequestBody(this, isWhole);
  }

  /** Asks the edge, unless that has to wait for the first octets of a body that may be empty. */
  begin(): void {
    const { body, method } = this.request;
    // RFC 9113 8.1: no length, and no end yet. CloudFront: GET and HEAD with a body are refused, so whether there is one must be known.
    if (body.kind === 'chunked' && (method === 'GET' || method === 'HEAD')) this.owesFrom();
    else this.ask();
  }

  /** A DATA frame: octets of the body from `from` up to `to`, `padding` beside them. An error when the stream cannot go on. */
  receive(octets: Uint8Array, from: number, to: number, padding: Bytes, isLast: boolean): H2Error | undefined {
    const { body } = this;
    const length = to - from;
    const error = body.count(this.request.body, length, padding, isLast);
    if (error !== undefined) return error;
    this.bodyProgress(length);
    if (!this.isAsked) {
      if (length === 0 && !isLast) return undefined;
      if (length === 0) this.request = { ...this.request, body: NO_BODY };
      this.ask();
    }
    if (length > 0) body.push(octets.subarray(from, to));
    if (isLast) {
      body.end();
      if (this.isAnswered) this.over();
    }
    // RFC 9113 8.1: NO_ERROR asks the viewer to stop, and says that the answer is whole.
    if (this.isAnswered && body.isTooMuch) this.reset(H2_ERROR.none);
    return undefined;
  }

  /** The end of the stream without a body's octets: trailers. */
  receiveEnd(): H2Error | undefined {
    return this.receive(NOTHING, 0, 0, 0, true);
  }

  /** The viewer has reset the stream, or has left. */
  viewerLeft(): void {
    this.cut('the viewer has left');
  }

  /** The viewer has broken the rules, or waits too long, or we cannot go on: the stream ends at once. */
  reset(code: H2Error): void {
    if (this.isOver) return;
    this.host.resetStream(this, code);
    this.cut('the stream was reset');
  }

  /** Ends the stream when the viewer has kept us waiting on it alone, and for too long. */
  endIfSlow(now: Instant): void {
    if (now - this.owesSince < shared.PROGRESS_WINDOW) return;
    const isSlow = this.rest === undefined ? this.body.isOwed : this.sendWindow <= 0;
    if (isSlow) this.reset(this.isAnswered ? H2_ERROR.none : H2_ERROR.enhanceYourCalm);
  }

  advance(octets: Bytes): void {
    this.sent += octets;
    this.host.delivers(octets);
    const rest = this.rest!;
    if (octets < rest.length) {
      this.rest = rest.subarray(octets);
      this.progress(octets, shared.PROGRESS_TAKEN);
      return;
    }
    this.rest = undefined;
    if (this.body.isWhole) this.owesSince = Infinity;
    else this.owesFrom();
    if (this.endsWithRest) this.answerIsWhole();
    else this.goOn?.();
  }

  giveBack(octets: Bytes): void {
    this.host.giveBack(octets);
  }

  openWindow(octets: Bytes): void {
    this.host.frames.windowUpdate(this.id, octets);
  }

  /** RFC 9110 10.1.1: a viewer that waits to be asked for its body is asked when the edge wants it. */
  touched(): void {
    this.owesFrom();
    const { fields } = this.request;
    if (this.body.received === 0 && fieldValue(fields, 'expect')?.toLowerCase() === '100-continue') this.interim(100, NO_FIELDS);
  }

  private ask(): void {
    this.isAsked = true;
    const { host, request } = this;
    let answer: EdgeAnswer | Promise<EdgeAnswer>;
    try {
      answer = host.handler.handle(request, this.body.open(request.body), this.leave, this.interim);
    } catch (error) {
      this.mistake(error);
      return;
    }
    if (!(answer instanceof Promise)) {
      this.send(answer);
      return;
    }
    host.awaited(1);
    void answer.then(
      (settled) => {
        host.awaited(-1);
        this.send(settled);
      },
      (error: unknown) => {
        host.awaited(-1);
        this.mistake(error);
      },
    );
  }

  private readonly leave = (): AbortSignal => {
    this.leaving ??= new AbortController();
    if (this.isOver && !this.isAnswered) this.leaving.abort();
    return this.leaving.signal;
  };

  /** RFC 9110 15.2: ahead of the answer only. */
  private readonly interim: InterimResponse = (status, fields) => {
    if (!this.hasBegunAnswer && !this.isOver)
      this.host.frames.headers(this.id, commonLines({ status, fields }, undefined), NO_FIELDS, false);
  };

  /** The edge never throws, so this is our own mistake. */
  private mistake(error: unknown): void {
    this.host.report('a request could not be answered', error);
    if (this.hasBegunAnswer) this.reset(H2_ERROR.internal);
    else this.send(MISTAKE);
  }

  private send(answer: EdgeAnswer): void {
    if (this.isOver) {
      dismiss(answer);
      return;
    }
    this.hasBegunAnswer = true;
    const { status, body } = answer;
    // RFC 9110 6.4.1, 9.3.2: no body follows, whatever the fields say.
    const isHead = this.request.method === 'HEAD';
    const isBare = isHead || status === 204 || status === 304;
    if (body.kind === 'tunnel') {
      dismiss(answer);
      this.mistake(new Error('a tunnel was answered where none can be'));
    } else if (isBare || body.kind === 'none') this.sendBare(answer, bareLength(status, body, isHead));
    else if (body.kind === 'bytes') this.sendBytes(answer, body.bytes);
    else this.sendStream(answer, body);
  }

  private sendBare(answer: EdgeAnswer, length: Bytes | undefined): void {
    this.head(answer, length, true);
    if (answer.body.kind === 'stream') answer.body.cancel();
    answer.delivered?.({ bodyBytes: 0, complete: true });
    this.answerIsWhole();
  }

  private sendBytes(answer: EdgeAnswer, bytes: Uint8Array): void {
    const { host } = this;
    const { length } = bytes;
    this.head(answer, length, length === 0);
    if (length > 0 && !host.queue.takes(this, length)) {
      this.answer = answer;
      this.queue(bytes, true);
      return;
    }
    if (length > 0) host.frames.data(this.id, bytes, true);
    host.queue.window -= length;
    host.delivers(length);
    answer.delivered?.({ bodyBytes: length, complete: true });
    this.answerIsWhole();
  }

  private sendStream(answer: EdgeAnswer, body: Extract<AnswerBody, { kind: 'stream' }>): void {
    this.head(answer, body.length, false);
    this.outgoing = sendBody(answer, body, {
      write: (chunk) => {
        this.queue(chunk, false);
        if (this.rest === undefined) return undefined;
        return new Promise((resolve) => {
          this.goOn = resolve;
        });
      },
      end: () => this.queue(NOTHING, true),
      fail: () => this.reset(H2_ERROR.internal),
    });
  }

  private head(answer: EdgeAnswer, length: Bytes | undefined, isLast: boolean): void {
    this.host.frames.headers(this.id, commonLines(answer, length), answer.ownFields ?? NO_FIELDS, isLast);
  }

  private queue(octets: Uint8Array, isLast: boolean): void {
    if (this.isOver) return;
    if (this.priority === UNSAID) this.priority = this.saidPriority();
    this.rest = octets;
    this.endsWithRest = isLast;
    this.owesFrom();
    this.host.queue.add(this);
  }

  private saidPriority(): Priority {
    const said = fieldValue(this.request.fields, 'priority');
    return said === undefined ? UNSAID : readPriority(said);
  }

  private answerIsWhole(): void {
    this.isAnswered = true;
    this.outgoing = undefined;
    this.answer?.delivered?.({ bodyBytes: this.sent, complete: true });
    this.answer = undefined;
    this.body.dropUnread();
    if (this.body.isWhole) this.over();
    else this.owesFrom();
  }

  private owesFrom(): void {
    this.owesSince = this.host.now();
    this.owed = 0;
  }

  private bodyProgress(octets: Bytes): void {
    if (!this.body.isWhole) this.progress(octets, shared.PROGRESS_RECEIVED);
    else if (this.rest === undefined) this.owesSince = Infinity;
  }

  private progress(octets: Bytes, enough: Bytes): void {
    this.owed += octets;
    if (this.owesSince !== Infinity && this.owed >= enough) this.owesFrom();
  }

  /** It ends here, answered or not. */
  private cut(reason: string): void {
    if (this.isOver) return;
    this.over();
    this.host.queue.remove(this);
    this.rest = undefined;
    this.body.drop(reason);
    this.outgoing?.cancel();
    this.answer?.delivered?.({ bodyBytes: this.sent, complete: false });
    this.answer = undefined;
    this.goOn?.();
    if (!this.isAnswered) this.leaving?.abort();
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.host.streamOver(this);
  }
}

/** What Content-Length says where no body follows. RFC 9110 8.6. */
function bareLength(status: number, body: AnswerBody, isHead: boolean): Bytes | undefined {
  if (status === 204) return undefined;
  if (body.kind === 'bytes') return isHead ? body.bytes.length : undefined;
  if (body.kind === 'tunnel') return undefined;
  return isHead || status === 304 ? body.length : 0;
}

/** Nobody is there for this answer. */
function dismiss({ body, delivered }: EdgeAnswer): void {
  if (body.kind === 'stream' || body.kind === 'tunnel') body.cancel();
  delivered?.({ bodyBytes: 0, complete: false });
}
