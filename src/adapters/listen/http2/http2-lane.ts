/**
 * HTTP/2 spoken with one viewer, as the wire sees it: how the connection begins, pauses, runs out of time and ends. RFC 9113 3.4, 5.4.1
 * and 6.8. What the frames in between say: http2-connection.ts.
 */
import { FRAME, H2_ERROR, INITIAL_WINDOW, type H2Error } from '../../../http/http2/frames.ts';
import { SETTING } from '../../../http/http2/settings.ts';
import { SECOND, type Bytes, type Duration, type Instant } from '../../../model/units.ts';
import * as shared from '../lane-limits.ts';
import type { Lane, Wire } from '../wire.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import { Http2Connection, type Http2Options } from './http2-connection.ts';
import { CONNECTION_WINDOW, HELD_BACK, MAX_STREAMS, STREAM_WINDOW } from './http2-limits.ts';

const OUR_SETTINGS = [
  [SETTING.maxConcurrentStreams, MAX_STREAMS],
  [SETTING.initialWindowSize, STREAM_WINDOW],
  [SETTING.maxHeaderListSize, shared.MAX_HEAD],
  [SETTING.noRfc7540Priorities, 1],
] as const;

/** RFC 9113 6.8: no request has a higher number. */
const ANY_STREAM = 2 ** 31 - 1;
/** The viewer's answer shows that it knows: no more requests are taken. Ours: how long it is waited for. */
const RETIRE_PING = Buffer.from('retiring', 'latin1');
const RETIRE_PATIENCE: Duration = SECOND;

/** Ours: how often it is looked at who keeps us waiting, while requests are under way. */
const LOOKS: Duration = shared.PROGRESS_WINDOW / 3;

const NOTHING = new Uint8Array(0);

export class Http2Lane implements Lane {
  private readonly frames: FrameWriter;
  private readonly connection: Http2Connection;
  private readonly reader: FrameReader;
  private error: H2Error | undefined;
  private isPaused = false;
  private isOver = false;
  private isRetiring = false;
  /** When no more requests are taken, whether the viewer knows or not. */
  private retiresAt: Instant = Infinity;
  private activeAt: Instant;
  /** Since when a part of a head waits for the rest. */
  private headSince: Instant = Infinity;
  /** Since when the viewer has not taken enough of what we sent, and what it had taken then. */
  private stuckSince: Instant = Infinity;
  private sentThen: Bytes = 0;

  constructor(
    private readonly wire: Wire,
    private readonly options: Http2Options,
  ) {
    this.frames = new FrameWriter(wire);
    this.connection = new Http2Connection(wire, this.frames, options, () => this.fellIdle());
    this.reader = new FrameReader((type, flags, stream, octets, from, to) => this.take(type, flags, stream, octets, from, to));
    this.activeAt = options.now();
    wire.deadline = this.activeAt + shared.HEAD_TIMEOUT;
    this.frames.settings(OUR_SETTINGS);
    this.frames.windowUpdate(0, CONNECTION_WINDOW - INITIAL_WINDOW);
  }

  get isIdle(): boolean {
    return this.connection.isIdle;
  }

  receive(octets: Uint8Array): void {
    if (this.isOver) return;
    const error = this.reader.push(octets) ?? this.error;
    if (error !== undefined) this.fail(error);
    else this.afterFrames();
  }

  /** HTTP/2 has no half-closed connections: who ends one has gone. */
  ended(): void {
    this.finish();
  }

  drained(): void {
    if (this.isOver) return;
    this.connection.queue.pump();
    if (!this.isPaused || this.wire.backlog > HELD_BACK) return;
    this.isPaused = false;
    this.wire.resume();
    this.receive(NOTHING);
  }

  expired(): void {
    if (this.isOver) return;
    const now = this.options.now();
    if (this.isStuck(now)) {
      this.wire.destroy();
      return;
    }
    this.connection.endSlow(now);
    if (now >= this.retiresAt) this.takeNoMore();
    if (this.isOver) return;
    if (!this.connection.isBegun || now - this.headSince >= shared.HEAD_TIMEOUT) this.fail(H2_ERROR.enhanceYourCalm);
    else if (this.isIdle && now - this.activeAt >= shared.IDLE_TIMEOUT) this.fail(H2_ERROR.none);
    else this.watch(now);
  }

  retire(): void {
    if (this.isOver || this.isRetiring) return;
    this.isRetiring = true;
    // RFC 9113 6.8: requests that are under way to us are still taken; the viewer is told which was the last once it knows.
    this.frames.goaway(ANY_STREAM, H2_ERROR.none);
    this.frames.ping(RETIRE_PING, 0);
    this.connection.hasPong = false;
    this.retiresAt = this.options.now() + RETIRE_PATIENCE;
    this.wire.deadline = Math.min(this.wire.deadline, this.retiresAt);
  }

  closed(): void {
    this.giveUp();
  }

  private take(type: number, flags: number, stream: number, octets: Uint8Array, from: number, to: number): boolean {
    this.error = this.connection.take(type, flags, stream, octets, from, to);
    if (this.error !== undefined || this.isOver) return false;
    if (type !== FRAME.continuation) this.headSince = Infinity;
    if (this.wire.backlog <= HELD_BACK) return true;
    // Who does not read its answers has its requests wait.
    this.isPaused = true;
    this.wire.pause();
    return false;
  }

  /** What a batch of frames has left behind. */
  private afterFrames(): void {
    if (this.isOver) return;
    const { connection } = this;
    const isInHead = this.reader.isInHead || connection.blocks.isOpen;
    if (!isInHead) this.headSince = Infinity;
    if (!isInHead && !connection.hasRequests && connection.isIdle) return;
    const now = this.options.now();
    if (isInHead && this.headSince === Infinity) this.headSince = now;
    if (connection.hasRequests) this.activeAt = now;
    connection.hasRequests = false;
    if (connection.hasPong && this.retiresAt !== Infinity) this.takeNoMore();
    else if (this.nextLook(now) < this.wire.deadline) this.watch(now);
  }

  private watch(now: Instant): void {
    this.wire.deadline = this.nextLook(now);
  }

  private nextLook(now: Instant): Instant {
    const isWaiting = !this.isIdle || this.wire.backlog > 0;
    return Math.min(
      isWaiting ? now + LOOKS : this.activeAt + shared.IDLE_TIMEOUT,
      this.headSince + shared.HEAD_TIMEOUT,
      this.retiresAt,
    );
  }

  /** Whether the viewer takes next to nothing of what it has asked for, on any stream. */
  private isStuck(now: Instant): boolean {
    const { queue } = this.connection;
    const { sent, backlog } = this.wire;
    const isBlocked = backlog > 0 || (queue.window <= 0 && !queue.isEmpty);
    if (!isBlocked) this.stuckSince = Infinity;
    else if (this.stuckSince === Infinity || sent - this.sentThen >= shared.PROGRESS_TAKEN) {
      this.stuckSince = now;
      this.sentThen = sent;
    }
    return now - this.stuckSince >= shared.PROGRESS_WINDOW;
  }

  private fellIdle(): void {
    this.activeAt = this.options.now();
    if (this.connection.isClosing) this.finish();
  }

  /** The viewer has been told: beyond its last request that we know, none is taken. */
  private takeNoMore(): void {
    const { connection } = this;
    this.retiresAt = Infinity;
    connection.isClosing = true;
    this.frames.goaway(connection.lastStream, H2_ERROR.none);
    if (connection.isIdle) this.finish();
  }

  /** A connection error, or its end for want of use. RFC 9113 5.4.1. */
  private fail(error: H2Error): void {
    if (this.isOver) return;
    this.frames.goaway(this.connection.lastStream, error);
    this.finish();
  }

  private giveUp(): void {
    this.isOver = true;
    this.connection.abandon();
  }

  /** What is under way is given up; what was written leaves. */
  private finish(): void {
    if (this.isOver) return;
    this.giveUp();
    if (this.isPaused) this.wire.resume();
    this.wire.end();
  }
}
