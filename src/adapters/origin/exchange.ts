/**
 * One request and its response on one connection. Sending and receiving run side by side, since an origin may answer early; both
 * have backpressure. The response timeout (facts 8.1) counts only while we wait for the origin: not while the viewer is slow to send
 * or to take bytes. What may be tried again is decided in origin-client.ts.
 */
import type { Clock, OriginBody, OriginResponse, OriginTarget } from '../../edge/ports.ts';
import { fieldValue } from '../../http/fields.ts';
import type { Asked, ParsedHead } from '../../http/response-head.ts';
import { readResponseAtOnce } from '../../http/response-at-once.ts';
import { createResponseParser } from '../../http/response-parser.ts';
import type { ResponseEvent, ResponseParser } from '../../http/response-parser.ts';
import type { Bytes, Duration } from '../../model/units.ts';
import type { ConnectionOwner, OriginConnection } from './connection.ts';
import { ChunkQueue } from './chunk-queue.ts';
import type { ChunkQueueOwner, HeldOctets } from './chunk-queue.ts';
import {
  connectionLost,
  handshakeRefused,
  requestBodyFailed,
  responseRefused,
  responseTimedOut,
  sendTimedOut,
  viewerLeft,
} from './failures.ts';
import type { AttemptFailure } from './failures.ts';
import type { RequestBodySource } from './request-body.ts';
import { Tunnel } from './tunnel.ts';
import type { Handshake } from './websocket.ts';
import { encodeBodyChunk, encodeBodyEnd } from './write-request.ts';
import type { StreamedBody } from './write-request.ts';

export interface ExchangePlan {
  readonly method: string;
  readonly head: Uint8Array;
  readonly body: RequestBodySource;
  readonly responseTimeout: Duration;
  /** Set where the origin may turn the connection into a tunnel. */
  readonly handshake: Handshake | undefined;
  /** What this client holds of all bodies. */
  readonly held: HeldOctets;
  /** How long a tunnel may be silent. */
  readonly tunnelIdle: Duration;
  /** The origin as messages call it. */
  readonly origin: string;
  /** Told of each response before the final one. */
  readonly interim: OriginTarget['interim'];
  /** The response is whole and the connection may serve another request. */
  release(connection: OriginConnection): void;
  /** The connection has become a tunnel. Call what it returns when that has ended. */
  tunnelOpened(): () => void;
  /** Called once, when nothing more can happen on this connection. `answered`: a response head had been handed out. */
  settled(answered: boolean, failure?: AttemptFailure): void;
}

/** The response; how long it took is for the caller to say. */
export type Answer = Omit<OriginResponse, 'timing'>;

export class Exchange implements ConnectionOwner {
  /** Made when the response turns out not to be whole in its first piece. */
  private parser: ResponseParser | undefined;
  private readonly headArrived = Promise.withResolvers<Answer>();
  /** The head that is there and has not been handed out, and the octets of the body that came with it. */
  private arrived: { readonly head: ParsedHead; readonly pieces: Uint8Array[] } | undefined;
  /** What follows of the body, where there is more than came with the head. */
  private queue: ChunkQueue | undefined;
  private tunnel: Tunnel | undefined;
  private drain: PromiseWithResolvers<'drained'> | undefined;
  private timer: { cancel(): void } | undefined;
  private state: 'open' | 'complete' | 'failed' = 'open';
  private requestSent = false;
  private sendingStopped = false;
  /** Ends the wait of whoever is sending. */
  private stopWaiting: (() => void) | undefined;
  private responseBegun = false;

  constructor(
    private readonly connection: OriginConnection,
    private readonly plan: ExchangePlan,
    private readonly clock: Clock,
  ) {}

  /** Sends the request; resolves when the response head is complete, rejects with AttemptFailure. */
  run(): Promise<Answer> {
    this.connection.own(this);
    if (this.connection.isOpen) this.sendRequest();
    else this.lost(new Error('the connection was closed'));
    return this.headArrived.promise;
  }

  /** Ends the exchange now; whoever waits for the head or the body gets this failure. */
  fail(failure: AttemptFailure): void {
    if (this.state !== 'open') return;
    this.handOut();
    this.state = 'failed';
    this.finish();
    this.connection.destroy();
    this.headArrived.reject(failure);
    this.queue?.fail(failure);
    this.plan.settled(this.responseBegun, failure);
  }

  received(bytes: Buffer): void {
    this.stopTimer();
    if (this.parser !== undefined || !this.takeAtOnce(bytes)) {
      for (const event of this.parse().push(bytes)) this.take(event);
    }
    this.handOut();
    if (this.state !== 'open') return;
    this.queue?.settle();
    if (this.isAwaitingOrigin()) this.startTimer();
  }

  drained(): void {
    this.drain?.resolve('drained');
  }

  halfClosed(): void {
    for (const event of this.parse().close()) this.take(event);
  }

  lost(error: Error): void {
    this.fail(connectionLost(this.plan.origin, error, this.requestSent, this.parser?.started === true));
  }

  private get asked(): Asked {
    return { method: this.plan.method, upgrade: this.plan.handshake?.upgrade };
  }

  private parse(): ResponseParser {
    return (this.parser ??= createResponseParser(this.asked));
  }

  /** False where these octets are not the whole of an ordinary response: then nothing has been taken. */
  private takeAtOnce(bytes: Buffer): boolean {
    const end = bytes.indexOf(HEAD_END, 0, 'latin1');
    const response = end < 0 ? undefined : readResponseAtOnce(bytes.toString('latin1', 0, end), this.asked);
    if (response === undefined) return false;
    const from = end + HEAD_END.length;
    const to = from + response.bodyLength;
    if (to > bytes.length) return false;
    this.take({ kind: 'head', head: response.head });
    if (to > from) this.take({ kind: 'body', chunk: bytes.subarray(from, to) });
    // RFC 9112 9.2: as in the parser, nobody asked for what lies behind.
    this.take({ kind: 'end', reusable: response.persistent && to === bytes.length });
    return true;
  }

  private take(event: ResponseEvent): void {
    switch (event.kind) {
      case 'interim':
        return this.plan.interim?.(event.status, event.fields);
      case 'head':
        if (event.head.status === 101) return this.becomeTunnel(event.head);
        this.responseBegun = true;
        // RFC 9112 9.5: an origin that refuses will not read on. One that agrees may: it could be answering as it reads.
        if (event.head.status >= 400) this.stopSending();
        this.arrived = { head: event.head, pieces: [] };
        return;
      case 'body':
        return this.takeBody(event.chunk);
      case 'end':
        return this.complete(event.reusable);
      case 'fault':
        return this.fail(responseRefused(this.plan.origin, event));
    }
  }

  private takeBody(chunk: Uint8Array): void {
    if (this.arrived !== undefined) this.arrived.pieces.push(chunk);
    else if (this.tunnel !== undefined) this.tunnel.received(chunk);
    else this.queue?.push(chunk);
  }

  /** The head, once everything that came with it is known: most small bodies are whole by then. */
  private handOut(): void {
    const { arrived } = this;
    if (arrived === undefined) return;
    this.arrived = undefined;
    const { head, pieces } = arrived;
    const cancel = (): void => this.giveUp();
    if (this.state === 'complete') return this.headArrived.resolve({ head, body: wholeBody(pieces), cancel });
    const queue = new ChunkQueue(this.queueOwner(), this.plan.held);
    this.queue = queue;
    for (const piece of pieces) queue.push(piece);
    this.headArrived.resolve({ head, body: queue.chunks, cancel });
  }

  private queueOwner(): ChunkQueueOwner {
    const { connection } = this;
    return {
      pause: () => connection.pause(),
      resume: () => connection.resume(),
      awaited: () => this.startTimer(),
      left: () => this.giveUp(),
    };
  }

  private stopSending(): void {
    this.endSending();
    if (!this.requestSent) this.plan.body.release();
  }

  private endSending(): void {
    this.sendingStopped = true;
    this.stopWaiting?.();
  }

  /** RFC 6455 4.1: an origin that has not understood the handshake may take the frames for requests. */
  private becomeTunnel(head: ParsedHead): void {
    const { handshake, origin, tunnelIdle: idle, held } = this.plan;
    const accepted = fieldValue(head.fields, 'sec-websocket-accept');
    if (handshake === undefined || accepted !== handshake.accept) return this.fail(handshakeRefused(origin, accepted));
    this.state = 'complete';
    this.finish();
    const tunnel = new Tunnel(this.connection, { origin, idle, held, ended: this.plan.tunnelOpened() }, this.clock);
    this.tunnel = tunnel;
    const { chunks: body } = tunnel;
    this.headArrived.resolve({ head, body, accept: (sent) => tunnel.accept(sent), cancel: () => tunnel.cancel() });
    // Ours: the response completion timeout has been kept; a tunnel is no response, and ends by silence.
    this.plan.settled(true);
  }

  private complete(reusable: boolean): void {
    this.state = 'complete';
    this.finish();
    if (reusable && this.requestSent) this.plan.release(this.connection);
    else this.connection.destroy();
    this.queue?.finish();
    this.plan.settled(this.responseBegun);
  }

  private finish(): void {
    this.stopTimer();
    this.endSending();
  }

  private giveUp(): void {
    this.queue?.clear();
    this.fail(viewerLeft(this.plan.origin, 'the rest of its response is not needed'));
  }

  private sendRequest(): void {
    const { body } = this.plan;
    this.connection.write(this.plan.head);
    if (body.body.kind === 'none') return this.sentAll();
    void this.sendBody(body, body.body).then((isSent) => isSent && this.sentAll());
  }

  private sentAll(): void {
    this.requestSent = true;
    if (this.isAwaitingOrigin()) this.startTimer();
  }

  /** True when the whole body has been written; false when the exchange ended first or sending was stopped. */
  private async sendBody(source: RequestBodySource, body: StreamedBody): Promise<boolean> {
    let sent: Bytes = 0;
    for (;;) {
      const step = await this.orStopped(source.peek().catch((error: unknown) => ({ error })));
      if (step === 'stopped' || this.state !== 'open') return false;
      if ('error' in step) return this.failSending(step.error);
      source.consume();
      if (step.done === true) break;
      sent += step.value.length;
      // An announced length is a promise to the origin: more would be read as a second request.
      if (body.length !== undefined && sent > body.length) {
        return this.failSending(new Error(`it is longer than the ${body.length} bytes announced`));
      }
      if (step.value.length > 0 && !(await this.writeAll(encodeBodyChunk(step.value, body)))) return false;
    }
    if (body.length !== undefined && sent < body.length) {
      return this.failSending(new Error(`it ended after ${sent} of ${body.length} bytes`));
    }
    const end = encodeBodyEnd(body);
    return end === undefined || this.writeAll(end);
  }

  /** Each wait has its own promise: racing one of the whole exchange would keep everything that was sent until its end. */
  private orStopped<Awaited>(awaited: Promise<Awaited>): Promise<Awaited | 'stopped'> {
    if (this.sendingStopped) return Promise.resolve('stopped');
    const { promise, resolve, reject } = Promise.withResolvers<Awaited | 'stopped'>();
    this.stopWaiting = () => resolve('stopped');
    awaited.then(resolve, reject);
    return promise;
  }

  private failSending(error: unknown): false {
    this.fail(requestBodyFailed(this.plan.origin, error));
    return false;
  }

  /** False when the exchange ended before the origin took the bytes. */
  private async writeAll(bytes: Uint8Array): Promise<boolean> {
    if (this.connection.write(bytes)) return true;
    this.drain = Promise.withResolvers();
    const { origin, responseTimeout } = this.plan;
    const timer = this.clock.after(responseTimeout, () => this.fail(sendTimedOut(origin, responseTimeout)));
    const outcome = await this.orStopped(this.drain.promise);
    timer.cancel();
    return outcome === 'drained' && this.state === 'open';
  }

  /** Is it the origin's turn, and nobody else's? */
  private isAwaitingOrigin(): boolean {
    if (this.state !== 'open') return false;
    return this.responseBegun ? this.queue?.isAwaited === true : this.requestSent;
  }

  private startTimer(): void {
    this.stopTimer();
    const { origin, responseTimeout } = this.plan;
    this.timer = this.clock.after(responseTimeout, () =>
      this.fail(responseTimedOut(origin, responseTimeout, this.parser?.started === true)),
    );
  }

  private stopTimer(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}

/** A body that was there with its head. */
function wholeBody(pieces: readonly Uint8Array[]): OriginBody {
  const [first = NO_OCTETS] = pieces;
  const whole = pieces.length < 2 ? first : Buffer.concat(pieces);
  return {
    whole,
    async *[Symbol.asyncIterator]() {
      if (whole.byteLength > 0) yield whole;
    },
  };
}

const HEAD_END = '\r\n\r\n';
const NO_OCTETS = new Uint8Array(0);
