/**
 * HTTP/1.1 spoken with one viewer: RFC 9112. Heads are cut out of the octets, each request is answered in its turn, and the connection
 * goes on as long as both sides can tell where messages end. How a head is judged: read-head.ts; where bodies end:
 * request-body-reader.ts; how answers are written: answer-writer.ts.
 *
 *   head -> (body) -> answer -> head ...          one exchange at a time; what a viewer sends ahead waits, bounded
 *                        └ 101 -> tunnel
 */
import type { EdgeAnswer, ViewerHandler } from '../../../edge/answer.ts';
import type { InterimResponse, RequestBody } from '../../../edge/ports.ts';
import type { Bytes, Duration, Instant } from '../../../model/units.ts';
import { createIncomingBody, type IncomingBody } from '../incoming-body.ts';
import * as limits from '../lane-limits.ts';
import { tlsOfRequests, type Lane, type Wire } from '../wire.ts';
import { AnswerWriter } from './answer-writer.ts';
import { canPassOver, type Exchange } from './exchange.ts';
import { createHeadReader, hasBareLineFeed, type HeadReader, type ReadHead } from './read-head.ts';
import { RecurringHead } from './recurring-head.ts';
import { createRequestBodyReader, type RequestBodyReader } from './request-body-reader.ts';
import { interimHead } from './write-head.ts';

export interface Http1Options {
  readonly handler: ViewerHandler;
  readonly scheme: 'http' | 'https';
  readonly now: () => Instant;
  /** Our own mistakes, told loudly. */
  readonly report: (message: string, error: unknown) => void;
}

const NO_BODY: RequestBody = { kind: 'none' };
const HEAD_END = '\r\n\r\n';
const MISTAKE = Buffer.from('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', 'latin1');
const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');

export class Http1Lane implements Lane {
  private readonly heads: HeadReader;
  private readonly recurring = new RecurringHead();
  private readonly writer: AnswerWriter;
  /** Octets not read yet: a part of a head, or what was sent ahead of an exchange under way. */
  private held: Buffer | undefined;
  private exchange: Exchange | undefined;
  private tunnel: IncomingBody | undefined;
  private leaving: AbortController | undefined;
  private isReading = false;
  private isPaused = false;
  /** The listener goes: how long a viewer may still be idle. */
  private patience: Duration | undefined;
  private hasEnded = false;
  private isOver = false;
  private hasPartOfHead = true;
  /** Body octets received, and octets that the viewer had taken, when the progress was last looked at. */
  private received: Bytes = 0;
  private sentThen: Bytes = 0;

  constructor(
    private readonly wire: Wire,
    private readonly options: Http1Options,
  ) {
    const { viewerAddress, viewerPort } = wire;
    this.heads = createHeadReader({ scheme: options.scheme, viewerAddress, viewerPort, tls: tlsOfRequests(wire.tls) });
    this.writer = new AnswerWriter(wire);
    wire.deadline = options.now() + limits.HEAD_TIMEOUT;
  }

  get isIdle(): boolean {
    return this.exchange === undefined;
  }

  receive(octets: Uint8Array): void {
    if (this.isOver) return;
    if (this.tunnel !== undefined) {
      this.tunnel.push(octets);
      if (this.tunnel.waiting > limits.READ_AHEAD) this.pause();
      return;
    }
    const { held } = this;
    this.held = undefined;
    this.read(held === undefined ? (octets as Buffer) : Buffer.concat([held, octets]));
  }

  ended(): void {
    const { exchange } = this;
    this.hasEnded = true;
    this.tunnel?.end();
    if (exchange === undefined) this.finish();
    // Who has only closed the sending side still gets the answers; a body that never will be whole has none that is an origin's.
    else if (exchange.reader !== undefined) {
      exchange.fault = 'the viewer ended the connection in the middle of a body';
      exchange.incoming?.fail(exchange.fault);
      if (exchange.hasAnswered) this.finish();
    }
  }

  drained(): void {
    this.writer.drained();
  }

  expired(): void {
    if (this.tunnel !== undefined) return;
    if (this.exchange === undefined && this.wire.backlog === 0) return this.finish();
    if (this.isTooSlow()) this.wire.destroy();
    else this.watchProgress();
  }

  retire(patience: Duration = 0): void {
    this.patience = patience;
    const { exchange } = this;
    // Only the rest of a body that nobody reads is to come: that is not waited for.
    if (exchange?.hasAnswered === true && exchange.incoming?.isAbandoned === true) return this.finish();
    if (exchange !== undefined || this.held !== undefined) return;
    if (patience === 0) this.finish();
    else this.wire.deadline = Math.min(this.wire.deadline, this.options.now() + patience);
  }

  closed(): void {
    this.isOver = true;
    this.held = undefined;
    this.exchange?.incoming?.fail('the viewer has left');
    this.tunnel?.fail('the viewer has left');
    this.writer.cancel();
    this.leaving?.abort();
  }

  /** Reads until there is nothing left that can be read now; an answer that comes at once is followed by the next head. */
  private read(octets: Buffer): void {
    this.isReading = true;
    let rest: Buffer | undefined = octets;
    while (rest !== undefined && rest.length > 0 && !this.isOver) {
      const { exchange } = this;
      if (exchange === undefined) rest = this.readHead(rest);
      else if (exchange.reader !== undefined) rest = this.readBody(exchange, exchange.reader, rest);
      else if (!exchange.isAsked) this.ask(exchange);
      else {
        this.hold(rest);
        rest = undefined;
      }
    }
    if (this.exchange?.isAsked === false && !this.isOver) this.ask(this.exchange);
    this.isReading = false;
    if (this.hasEnded && this.exchange === undefined) this.finish();
  }

  private hold(octets: Buffer): void {
    // A copy: octets are valid during the call only.
    this.held = Buffer.from(octets);
    if (octets.length > limits.READ_AHEAD) this.pause();
  }

  /** What follows the head; undefined when it is not whole yet. */
  private readHead(octets: Buffer): Buffer | undefined {
    const same = this.recurring.find(octets);
    if (same !== undefined) {
      this.begin(same);
      return undefined;
    }
    // RFC 9112 2.2: an empty line before a request line is skipped; some viewers send one after a body.
    const from = octets[0] === 13 && octets[1] === 10 ? 2 : 0;
    const end = octets.indexOf(HEAD_END, from, 'latin1');
    const length = (end < 0 ? octets.length : end) - from;
    if (length > limits.MAX_HEAD) {
      const lineEnd = octets.indexOf('\r\n', from, 'latin1');
      const isLine = lineEnd < 0 || lineEnd > limits.MAX_HEAD;
      this.begin(this.heads.refuse(isLine ? 'url too long' : 'fields too large', 'the head of the request is too large'));
      return undefined;
    }
    if (end >= 0) {
      const text = octets.toString('latin1', from, end + 2);
      const after = end + HEAD_END.length;
      const isAlone = from === 0 && after === octets.length;
      this.begin(isAlone ? this.recurring.read(text, octets, this.heads) : this.heads.read(text));
      return isAlone ? undefined : octets.subarray(after);
    }
    if (hasBareLineFeed(octets)) {
      this.refuse('a line of the head does not end with CR LF');
      return undefined;
    }
    if (!this.hasPartOfHead) {
      this.hasPartOfHead = true;
      this.wire.deadline = this.options.now() + limits.HEAD_TIMEOUT;
    }
    this.hold(octets);
    return undefined;
  }

  private begin(head: ReadHead): void {
    this.hasPartOfHead = false;
    this.wire.deadline = Infinity;
    const { request, section } = head;
    let incoming: IncomingBody | undefined;
    let reader: RequestBodyReader | undefined;
    if (request.body.kind !== 'none') {
      const length = request.body.kind === 'length' ? request.body.length : undefined;
      incoming = createIncomingBody(length, { touched: () => this.sendContinue(), taken: () => this.bodyTaken() });
      reader = createRequestBodyReader(length);
      this.watchProgress();
    }
    const awaitsContinue = reader !== undefined && section?.expectsContinue === true && request.httpVersion === '1.1';
    const exchange: Exchange = {
      head,
      incoming,
      isAsked: false,
      fault: undefined,
      reader,
      awaitsContinue,
      hasBegunAnswer: false,
      hasAnswered: false,
    };
    this.exchange = exchange;
    this.leaving = undefined;
    if (reader === undefined) this.ask(exchange);
  }

  private ask(exchange: Exchange): void {
    exchange.isAsked = true;
    const { request } = exchange.head;
    try {
      const answer = this.options.handler.handle(request, exchange.incoming?.body ?? NO_BODY, this.leave, this.interim);
      if (answer instanceof Promise) this.answerLater(exchange, answer);
      else this.answer(exchange, answer);
    } catch (error) {
      this.mistake(exchange, error);
    }
  }

  private answerLater(exchange: Exchange, pending: Promise<EdgeAnswer>): void {
    pending.then(
      (answer) => this.answer(exchange, answer),
      (error: unknown) => this.mistake(exchange, error),
    );
  }

  /** The edge never throws, so this is our own mistake. */
  private mistake(exchange: Exchange, error: unknown): void {
    this.options.report('a request could not be answered', error);
    if (exchange.hasBegunAnswer || this.isOver) {
      this.wire.destroy();
      return;
    }
    this.wire.send(MISTAKE);
    this.finish();
  }

  private answer(exchange: Exchange, answer: EdgeAnswer): void {
    const { body } = answer;
    if (this.isOver) return dismiss(answer);
    exchange.hasBegunAnswer = true;
    if (exchange.fault !== undefined) {
      dismiss(answer);
      return this.refuse(exchange.fault);
    }
    if (body.kind === 'tunnel') return this.openTunnel(answer);
    const { request, persists } = exchange.head;
    this.writer.write(answer, {
      isHead: request.method === 'HEAD',
      isHttp10: request.httpVersion === '1.0',
      persists: persists && this.patience === undefined && canPassOver(exchange),
      done: this.answered,
    });
    if (this.exchange === exchange && !this.isOver) this.watchProgress();
  }

  private readonly answered = (persists: boolean): void => {
    const { exchange } = this;
    if (exchange === undefined) return;
    exchange.hasAnswered = true;
    const { incoming } = exchange;
    if (!persists || exchange.fault !== undefined) this.finish();
    else if (exchange.reader === undefined) this.next();
    // What is still to come of a body that the edge has not read is dropped, and has its time as any other.
    else if (incoming?.isTouched === false || incoming?.isAbandoned === true) incoming.drop();
  };

  /** The exchange is over; what was sent ahead is next. */
  private next(): void {
    this.exchange = undefined;
    if (this.patience === 0) return this.finish();
    this.wire.deadline = this.options.now() + (this.patience ?? limits.IDLE_TIMEOUT);
    if (this.isPaused) this.resume();
    // Inside read(), its loop goes on by itself.
    if (this.isReading) return;
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) this.read(held);
    else if (this.hasEnded) this.finish();
  }

  private readBody(exchange: Exchange, reader: RequestBodyReader, octets: Buffer): Buffer | undefined {
    const { incoming } = exchange;
    const end = reader.read(octets, (piece) => incoming?.push(piece));
    if (typeof end === 'string') {
      // RFC 9112 7.1: the end of the body cannot be found any more, nor that of anything behind it.
      incoming?.fail(end);
      exchange.fault = end;
      if (exchange.hasBegunAnswer) this.finish();
      else if (!exchange.isAsked) this.refuse(end);
      return undefined;
    }
    this.received += end;
    // The edge has read enough, the answer is out: a body without end is nobody's.
    if (exchange.hasAnswered && !reader.isDone && !canPassOver(exchange)) {
      this.finish();
      return undefined;
    }
    if (reader.isDone) {
      exchange.reader = undefined;
      incoming?.end();
      if (exchange.hasAnswered) this.next();
    } else if (incoming !== undefined && incoming.waiting > limits.READ_AHEAD) this.pause();
    return octets.subarray(end);
  }

  /** Another request takes the place of the one that cannot be read: its answer says so and is the last. */
  private refuse(message: string): void {
    this.begin(this.heads.refuse('malformed', message));
  }

  private readonly leave = (): AbortSignal => (this.leaving ??= new AbortController()).signal;

  private readonly interim: InterimResponse = (status, fields) => {
    const { exchange } = this;
    if (exchange === undefined || exchange.hasBegunAnswer || this.isOver || exchange.head.request.httpVersion === '1.0') return;
    this.wire.send(interimHead(status, fields));
  };

  private sendContinue(): void {
    const { exchange } = this;
    if (exchange === undefined || !exchange.awaitsContinue || exchange.hasBegunAnswer || this.isOver) return;
    exchange.awaitsContinue = false;
    this.wire.send(CONTINUE);
  }

  private openTunnel(answer: EdgeAnswer): void {
    const { body } = answer;
    if (body.kind !== 'tunnel') return;
    const tunnel = createIncomingBody(undefined, { taken: () => this.bodyTaken() });
    this.tunnel = tunnel;
    this.wire.deadline = Infinity;
    this.writer.writeTunnel(answer, body, () => this.finish());
    body.accept(tunnel.body.chunks);
    if (this.held !== undefined) tunnel.push(this.held);
    this.held = undefined;
    if (this.hasEnded) tunnel.end();
    if (this.isPaused) this.resume();
  }

  /** Nothing more is read; what has been written leaves, then the connection ends. */
  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.held = undefined;
    if (this.isPaused) this.resume();
    this.exchange?.incoming?.fail('the connection has ended');
    this.tunnel?.end();
    this.wire.end();
  }

  private pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.wire.pause();
  }

  private resume(): void {
    this.isPaused = false;
    this.wire.resume();
  }

  private bodyTaken(): void {
    const incoming = this.tunnel ?? this.exchange?.incoming;
    if (this.isPaused && !this.isOver && (incoming?.waiting ?? 0) <= limits.READ_AHEAD / 2) this.resume();
  }

  private watchProgress(): void {
    this.received = 0;
    this.sentThen = this.wire.sent;
    this.wire.deadline = this.options.now() + limits.PROGRESS_WINDOW;
  }

  /** Whether the viewer is who is waited for, and does too little. */
  private isTooSlow(): boolean {
    if (this.wire.backlog > 0) return this.wire.sent - this.sentThen < limits.PROGRESS_TAKEN;
    const { exchange } = this;
    if (exchange?.reader === undefined) return false;
    const isWaitedFor = exchange.hasAnswered || (!this.isPaused && exchange.incoming?.isTouched === true);
    return isWaitedFor && this.received < limits.PROGRESS_RECEIVED;
  }
}

/** Nobody is there for this answer. */
function dismiss({ body, delivered }: EdgeAnswer): void {
  if (body.kind === 'stream' || body.kind === 'tunnel') body.cancel();
  delivered?.({ bodyBytes: 0, complete: false });
}
