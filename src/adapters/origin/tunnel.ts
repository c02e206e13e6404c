/**
 * A connection that carries octets both ways after a 101: what the origin sends is read at the reader's pace, what the viewer sends is
 * written at the origin's. Either side may end its half; when both have, or the connection breaks, it is over. CloudFront: silent
 * tunnels are closed after 10 minutes (facts 10.2, 14). The frames inside are the two ends' own matter.
 */
import type { Clock } from '../../edge/ports.ts';
import type { Duration, Instant } from '../../model/units.ts';
import { ChunkQueue } from './chunk-queue.ts';
import type { ChunkQueueOwner, HeldOctets } from './chunk-queue.ts';
import type { ConnectionOwner, OriginConnection } from './connection.ts';
import { connectionLost, viewerLeft } from './failures.ts';

export interface TunnelPlan {
  /** The origin as messages call it. */
  readonly origin: string;
  /** How long neither side may say anything. */
  readonly idle: Duration;
  /** What this client holds of all bodies. */
  readonly held: HeldOctets;
  /** Called once, when it is over. */
  ended(): void;
}

export class Tunnel implements ConnectionOwner {
  private readonly queue: ChunkQueue;
  private sent: AsyncIterator<Uint8Array> | undefined;
  private drain: PromiseWithResolvers<void> | undefined;
  private isOver = false;
  private originEnded = false;
  private viewerEnded = false;
  private lastHeard: Instant;
  private timer: { cancel(): void };

  constructor(
    private readonly connection: OriginConnection,
    private readonly plan: TunnelPlan,
    private readonly clock: Clock,
  ) {
    const owner: ChunkQueueOwner = {
      pause: () => connection.pause(),
      resume: () => connection.resume(),
      awaited: () => {},
      left: () => this.cancel(),
    };
    this.queue = new ChunkQueue(owner, plan.held);
    this.lastHeard = clock.now();
    this.timer = clock.after(plan.idle, () => this.judgeSilence());
    connection.own(this);
  }

  /** Ends when the origin ends its side or the tunnel was silent for too long; throws OriginFailure when the connection breaks. */
  get chunks(): AsyncIterable<Uint8Array> {
    return this.queue.chunks;
  }

  /** Sends all of this, then ends our side. */
  accept(fromViewer: AsyncIterable<Uint8Array>): void {
    this.sent = fromViewer[Symbol.asyncIterator]();
    if (this.isOver) this.stopReading();
    else void this.send(this.sent);
  }

  /** The viewer has left. */
  cancel(): void {
    this.queue.clear();
    this.close(() => this.queue.fail(viewerLeft(this.plan.origin, 'its tunnel is not needed any more')));
  }

  received(bytes: Uint8Array): void {
    this.lastHeard = this.clock.now();
    this.queue.push(bytes);
    this.queue.settle();
  }

  drained(): void {
    this.drain?.resolve();
  }

  halfClosed(): void {
    this.originEnded = true;
    this.queue.finish();
    if (this.viewerEnded) this.close(() => {});
  }

  lost(error: Error): void {
    this.close(() => this.queue.fail(connectionLost(this.plan.origin, error, true, true)));
  }

  private async send(sent: AsyncIterator<Uint8Array>): Promise<void> {
    try {
      for (;;) {
        const step = await sent.next();
        if (this.isOver) return;
        if (step.done === true) break;
        this.lastHeard = this.clock.now();
        if (this.connection.write(step.value)) continue;
        this.drain = Promise.withResolvers();
        await this.drain.promise;
      }
    } catch {
      // The viewer's connection broke, and so must the origin's.
      return this.cancel();
    }
    this.viewerEnded = true;
    if (this.originEnded) this.close(() => {});
    else this.connection.end();
  }

  /** Timers are set anew once in a while only, not for each message. */
  private judgeSilence(): void {
    const left = this.lastHeard + this.plan.idle - this.clock.now();
    if (left > 0) this.timer = this.clock.after(left, () => this.judgeSilence());
    else this.close(() => this.queue.finish());
  }

  /** Nothing more in either direction; `conclude` tells the reader why. */
  private close(conclude: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.timer.cancel();
    this.connection.destroy();
    this.drain?.resolve();
    conclude();
    this.stopReading();
    this.plan.ended();
  }

  private stopReading(): void {
    this.sent?.return?.().catch(() => {});
  }
}
