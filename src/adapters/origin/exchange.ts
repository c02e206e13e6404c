/**
 * One request and its response on one connection. Sending and receiving run side by side, since an origin may answer early; both
 * have backpressure. The response timeout (facts 8.1) counts only while we wait for the origin: not while the viewer is slow to send
 * or to take bytes. What may be tried again is decided in origin-client.ts.
 */
import type { Clock, OriginResponse, OriginTarget } from '../../edge/ports.ts';
import { createResponseParser } from '../../http/response-parser.ts';
import type { ResponseEvent, ResponseParser } from '../../http/response-parser.ts';
import { KIB } from '../../model/units.ts';
import type { Bytes, Duration } from '../../model/units.ts';
import type { ConnectionOwner, OriginConnection } from './connection.ts';
import { connectionLost, requestBodyFailed, responseRefused, responseTimedOut, sendTimedOut, viewerLeft } from './failures.ts';
import type { AttemptFailure } from './failures.ts';
import type { RequestBodySource } from './request-body.ts';
import { encodeBodyChunk, encodeBodyEnd } from './write-request.ts';
import type { StreamedBody } from './write-request.ts';

/** Ours: above the first the origin is made to wait, below the second it may go on. One read of the socket may overshoot. */
const PAUSE_ABOVE: Bytes = 256 * KIB;
const RESUME_BELOW: Bytes = 64 * KIB;

export interface ExchangePlan {
  readonly method: string;
  readonly head: Uint8Array;
  readonly body: RequestBodySource;
  readonly responseTimeout: Duration;
  /** The origin as messages call it. */
  readonly origin: string;
  /** Told of each response before the final one. */
  readonly interim: OriginTarget['interim'];
  /** The response is whole and the connection may serve another request. */
  release(connection: OriginConnection): void;
  /** Called once, when nothing more can happen on this connection. `answered`: a response head had been handed out. */
  settled(answered: boolean): void;
}

/** The response; how long it took is for the caller to say. */
export type Answer = Omit<OriginResponse, 'timing'>;

export class Exchange implements ConnectionOwner {
  private readonly parser: ResponseParser;
  private readonly headArrived = Promise.withResolvers<Answer>();
  private readonly chunks: Uint8Array[] = [];
  private queued: Bytes = 0;
  private paused = false;
  private reader: PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined;
  private drain: PromiseWithResolvers<'drained'> | undefined;
  private timer: { cancel(): void } | undefined;
  private state: 'open' | 'complete' | 'failed' = 'open';
  private failure: AttemptFailure | undefined;
  private requestSent = false;
  private sendingStopped = false;
  /** Ends the wait of whoever is sending. */
  private stopWaiting: (() => void) | undefined;
  private responseBegun = false;

  constructor(
    private readonly connection: OriginConnection,
    private readonly plan: ExchangePlan,
    private readonly clock: Clock,
  ) {
    this.parser = createResponseParser(plan.method);
  }

  /** Sends the request; resolves when the response head is complete, rejects with AttemptFailure. */
  run(): Promise<Answer> {
    this.connection.own(this);
    if (this.connection.isOpen) void this.sendRequest();
    else this.lost(new Error('the connection was closed'));
    return this.headArrived.promise;
  }

  /** Ends the exchange now; whoever waits for the head or the body gets this failure. */
  fail(failure: AttemptFailure): void {
    if (this.state !== 'open') return;
    this.state = 'failed';
    this.failure = failure;
    this.finish();
    this.connection.destroy();
    this.headArrived.reject(failure);
    this.reader?.reject(failure);
    this.plan.settled(this.responseBegun);
  }

  received(bytes: Uint8Array): void {
    this.stopTimer();
    for (const event of this.parser.push(bytes)) this.take(event);
    if (this.state !== 'open') return;
    if (this.queued > PAUSE_ABOVE && !this.paused) {
      this.paused = true;
      this.connection.pause();
    }
    if (this.isAwaitingOrigin()) this.startTimer();
  }

  drained(): void {
    this.drain?.resolve('drained');
  }

  halfClosed(): void {
    for (const event of this.parser.close()) this.take(event);
  }

  lost(error: Error): void {
    this.fail(connectionLost(this.plan.origin, error, this.requestSent, this.parser.started));
  }

  private take(event: ResponseEvent): void {
    switch (event.kind) {
      case 'interim':
        return this.plan.interim?.(event.status, event.fields);
      case 'head':
        this.responseBegun = true;
        // RFC 9112 9.5: an origin that refuses will not read on. One that agrees may: it could be answering as it reads.
        if (event.head.status >= 400) this.stopSending();
        this.headArrived.resolve({ head: event.head, body: this.bodyChunks(), cancel: () => this.giveUp() });
        return;
      case 'body':
        return this.hand(event.chunk);
      case 'end':
        return this.complete(event.reusable);
      case 'fault':
        return this.fail(responseRefused(this.plan.origin, event));
    }
  }

  private stopSending(): void {
    this.endSending();
    if (!this.requestSent) this.plan.body.release();
  }

  private endSending(): void {
    this.sendingStopped = true;
    this.stopWaiting?.();
  }

  private hand(chunk: Uint8Array): void {
    if (this.reader !== undefined) {
      this.reader.resolve({ done: false, value: chunk });
      this.reader = undefined;
      return;
    }
    this.chunks.push(chunk);
    this.queued += chunk.length;
  }

  private complete(reusable: boolean): void {
    this.state = 'complete';
    this.finish();
    if (reusable && this.requestSent) this.plan.release(this.connection);
    else this.connection.destroy();
    this.reader?.resolve({ done: true, value: undefined });
    this.plan.settled(this.responseBegun);
  }

  private finish(): void {
    this.stopTimer();
    this.endSending();
  }

  private giveUp(): void {
    this.chunks.length = 0;
    this.fail(viewerLeft(this.plan.origin, 'the rest of its response is not needed'));
  }

  private bodyChunks(): AsyncIterable<Uint8Array> {
    const next = (): Promise<IteratorResult<Uint8Array>> => this.nextChunk();
    const iterator: AsyncIterator<Uint8Array> = {
      next,
      return: () => {
        this.giveUp();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
    return { [Symbol.asyncIterator]: () => iterator };
  }

  private nextChunk(): Promise<IteratorResult<Uint8Array>> {
    const chunk = this.chunks.shift();
    if (chunk !== undefined) {
      this.queued -= chunk.length;
      if (this.paused && this.queued < RESUME_BELOW) this.resume();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.state === 'complete') return Promise.resolve({ done: true, value: undefined });
    this.reader = Promise.withResolvers();
    this.startTimer();
    return this.reader.promise;
  }

  private resume(): void {
    this.paused = false;
    if (this.state === 'open') this.connection.resume();
  }

  private async sendRequest(): Promise<void> {
    const { body } = this.plan;
    this.connection.write(this.plan.head);
    if (body.body.kind === 'stream' && !(await this.sendBody(body, body.body))) return;
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
    return this.responseBegun ? this.reader !== undefined : this.requestSent;
  }

  private startTimer(): void {
    this.stopTimer();
    const { origin, responseTimeout } = this.plan;
    this.timer = this.clock.after(responseTimeout, () =>
      this.fail(responseTimedOut(origin, responseTimeout, this.parser.started)),
    );
  }

  private stopTimer(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
