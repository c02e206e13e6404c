/**
 * The frames of one viewer, after the preface: RFC 9113 5 and 6. Streams are opened and told what concerns them; what concerns the
 * connection is done here: settings, its windows, who is reset. A connection error is returned, and the lane ends the connection with it.
 */
import type { ViewerHandler } from '../../../edge/answer.ts';
import type { TableEntry } from '../../../http/hpack/dynamic-table.ts';
import { FLAG, FRAME, H2_ERROR, INITIAL_WINDOW, read31, WINDOW_LIMIT, type H2Error } from '../../../http/http2/frames.ts';
import { readPriority } from '../../../http/http2/priority.ts';
import { areTrailersValid, readRequestHead } from '../../../http/http2/request-head.ts';
import { readSettings } from '../../../http/http2/settings.ts';
import type { Bytes, Instant } from '../../../model/units.ts';
import { tlsOfRequests, type Wire } from '../wire.ts';
import { Budget } from './budget.ts';
import type { FrameWriter } from './frame-writer.ts';
import { HeaderBlocks, type BlockOwner } from './header-blocks.ts';
import * as limits from './http2-limits.ts';
import { Http2Stream, type StreamHost } from './http2-stream.ts';
import { viewerRequest } from './read-request.ts';
import { SendQueue } from './send-queue.ts';

export interface Http2Options {
  readonly handler: ViewerHandler;
  readonly scheme: 'http' | 'https';
  readonly now: () => Instant;
  /** Our own mistakes, told loudly. */
  readonly report: (message: string, error: unknown) => void;
}

export class Http2Connection implements StreamHost {
  readonly handler: ViewerHandler;
  readonly report: Http2Options['report'];
  readonly now: () => Instant;
  readonly queue: SendQueue;
  readonly blocks: HeaderBlocks;
  /** The last request that was taken. */
  lastStream = 0;
  /** Set once no more requests are taken: what comes beyond is passed over. */
  isClosing = false;
  /** The viewer has answered a PING of ours. */
  hasPong = false;
  /** Requests came since this was last unset. */
  hasRequests = false;
  private readonly tls: ReturnType<typeof tlsOfRequests>;
  private readonly streams = new Map<number, Http2Stream>();
  private readonly control: Budget;
  private readonly resetsLeft: Budget;
  /** The last of those that we have reset. */
  private readonly wereReset = new Set<number>();
  /** Identifiers that were passed over when a request was opened, the last time that any were. */
  private skippedFrom = 0;
  private skippedTo = 0;
  private awaitedAnswers = 0;
  private hasSettings = false;
  private initialWindow: Bytes = INITIAL_WINDOW;
  private receiveWindow: Bytes = limits.CONNECTION_WINDOW;
  private taken: Bytes = 0;
  private isTooBusy = false;
  private isGone = false;

  constructor(
    private readonly wire: Wire,
    readonly frames: FrameWriter,
    private readonly options: Http2Options,
    /** The last of the requests under way is over. */
    private readonly fellIdle: () => void,
  ) {
    const { handler, report, now } = options;
    this.handler = handler;
    this.report = report;
    this.now = now;
    const time = now();
    this.control = new Budget(limits.CONTROL_FRAMES, time);
    this.resetsLeft = new Budget(limits.RESETS, time);
    this.tls = tlsOfRequests(wire.tls);
    this.queue = new SendQueue(wire, frames);
    this.blocks = new HeaderBlocks((owner, lines) => this.block(owner, lines));
  }

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.streams.size === 0;
  }

  /** The viewer's SETTINGS have come. */
  get isBegun(): boolean {
    return this.hasSettings;
  }

  /** Takes one frame; a connection error, or undefined. */
  take(type: number, flags: number, id: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    const error = this.takeFrame(type, flags, id, octets, from, to);
    return error ?? (this.isTooBusy ? H2_ERROR.enhanceYourCalm : undefined);
  }

  private takeFrame(type: number, flags: number, id: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    // RFC 9113 6.10: nothing comes between the frames of a block. 3.4: SETTINGS come first.
    if (this.blocks.isOpen && type !== FRAME.continuation) return H2_ERROR.protocol;
    if (!this.hasSettings && type !== FRAME.settings) return H2_ERROR.protocol;
    switch (type) {
      case FRAME.headers:
        // RFC 9113 5.1.1: viewers have the odd ones.
        if (id % 2 === 0) return H2_ERROR.protocol;
        return this.blocks.headers(id, flags, octets, from, to);
      case FRAME.data:
        return this.data(id, flags, octets, from, to);
      case FRAME.continuation:
        return this.blocks.continuation(id, flags, octets, from, to);
      case FRAME.windowUpdate:
        this.charge();
        return this.windowUpdate(id, octets, from, to);
      case FRAME.rstStream:
        this.charge();
        return this.rstStream(id, to - from);
      case FRAME.settings:
        this.charge();
        return this.settings(id, flags, octets, from, to);
      case FRAME.ping:
        this.charge();
        return this.ping(id, flags, octets, from, to);
      case FRAME.priority:
        this.charge();
        return this.priority(id, octets, from, to);
      case FRAME.priorityUpdate:
        this.charge();
        return this.priorityUpdate(id, octets, from, to);
      case FRAME.goaway:
        this.charge();
        if (id !== 0) return H2_ERROR.protocol;
        return to - from < 8 ? H2_ERROR.frameSize : undefined;
      case FRAME.pushPromise:
        // RFC 9113 8.4: viewers do not push.
        return H2_ERROR.protocol;
      default:
        // RFC 9113 5.5: what is not known is ignored.
        this.charge();
        return undefined;
    }
  }

  /** Resets the streams on which the viewer has kept us waiting for too long. */
  endSlow(now: Instant): void {
    for (const stream of this.streams.values()) stream.endIfSlow(now);
  }

  /** The viewer has gone, or is about to be cut off. */
  abandon(): void {
    this.isGone = true;
    for (const stream of this.streams.values()) stream.viewerLeft();
  }

  giveBack(octets: Bytes): void {
    this.taken += octets;
    if (this.taken < limits.CONNECTION_WINDOW / 2 || this.isGone) return;
    this.frames.windowUpdate(0, this.taken);
    this.receiveWindow += this.taken;
    this.taken = 0;
  }

  awaited(change: 1 | -1): void {
    this.awaitedAnswers += change;
  }

  delivers(octets: Bytes): void {
    this.control.earn(octets / limits.EARNED_FOR_EACH);
  }

  resetStream(stream: Http2Stream, code: H2Error): void {
    this.reset(stream.id, code);
  }

  streamOver(stream: Http2Stream): void {
    this.control.earn(limits.EARNED_BY_ANSWER);
    if (this.streams.delete(stream.id) && this.streams.size === 0) this.fellIdle();
  }

  /** A frame that asks for nothing, or for what we do not do. */
  private charge(): undefined {
    if (!this.control.spend(this.now)) this.isTooBusy = true;
  }

  /** A stream error: RFC 9113 5.4.2. What is under way of the stream is passed over, as far as we remember. */
  private reset(id: number, code: H2Error): undefined {
    this.frames.reset(id, code);
    this.wereReset.add(id);
    if (this.wereReset.size > limits.REMEMBERED_RESETS) {
      for (const oldest of this.wereReset) {
        this.wereReset.delete(oldest);
        break;
      }
    }
    // To ask for what cannot be served is as good a way to open and close streams as any (CVE-2025-8671); our own failures are not.
    const isOurs = code === H2_ERROR.internal || code === H2_ERROR.none;
    if (!isOurs && !this.resetsLeft.spend(this.now)) this.isTooBusy = true;
  }

  /** A header block, whole: a request, or trailers. */
  private block({ stream: id, isLast, isSelfDependent }: BlockOwner, lines: readonly TableEntry[]): H2Error | undefined {
    const stream = this.streams.get(id);
    if (stream !== undefined) return this.trailers(stream, isLast, lines);
    if (id <= this.lastStream) {
      if (this.wereReset.has(id)) return this.charge();
      // RFC 9113 5.1.1: a lower number that was never used has become closed without a word.
      return id >= this.skippedFrom && id <= this.skippedTo ? H2_ERROR.protocol : H2_ERROR.streamClosed;
    }
    // RFC 9113 6.8: what comes beyond the last that we took is passed over.
    if (this.isClosing) return this.charge();
    if (id > this.lastStream + 2) {
      this.skippedFrom = this.lastStream + 2;
      this.skippedTo = id - 2;
    }
    this.lastStream = id;
    this.hasRequests = true;
    if (isSelfDependent) return this.reset(id, H2_ERROR.protocol);
    if (this.streams.size >= limits.MAX_STREAMS || this.awaitedAnswers >= limits.MAX_AWAITED)
      return this.reset(id, H2_ERROR.refusedStream);
    return this.open(id, isLast, lines);
  }

  private open(id: number, isWhole: boolean, lines: readonly TableEntry[]): H2Error | undefined {
    const { scheme } = this.options;
    const head = readRequestHead(lines, scheme);
    const request = typeof head === 'string' ? undefined : viewerRequest(head, isWhole, scheme, this.wire, this.tls());
    // RFC 9113 8.1.1: malformed; what an origin could take for something else must not reach it.
    if (request === undefined) return this.reset(id, H2_ERROR.protocol);
    const stream = new Http2Stream(this, id, request, this.initialWindow, isWhole);
    stream.begin();
    if (!stream.isOver) this.streams.set(id, stream);
    return undefined;
  }

  /** RFC 9113 8.1: they end the stream, are held to the rules of fields, and dropped. */
  private trailers(stream: Http2Stream, isLast: boolean, lines: readonly TableEntry[]): undefined {
    if (stream.body.isWhole) stream.reset(H2_ERROR.streamClosed);
    else if (!isLast || !areTrailersValid(lines)) stream.reset(H2_ERROR.protocol);
    else this.orReset(stream, stream.receiveEnd());
  }

  private orReset(stream: Http2Stream, error: H2Error | undefined): void {
    if (error !== undefined) stream.reset(error);
  }

  private data(id: number, flags: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    const isPadded = (flags & FLAG.padded) !== 0;
    const isLast = (flags & FLAG.endStream) !== 0;
    const start = isPadded ? from + 1 : from;
    const end = isPadded ? to - (octets[from] ?? 0) : to;
    if (id === 0 || start > end || (isPadded && from === to)) return H2_ERROR.protocol;
    this.receiveWindow -= to - from;
    if (this.receiveWindow < 0) return H2_ERROR.flowControl;
    if (start === end && !isLast) this.charge();
    const stream = this.streams.get(id);
    if (stream !== undefined) {
      const padding = to - from - (end - start);
      const error = stream.receive(octets, start, end, padding, isLast);
      if (error === undefined) return undefined;
      stream.reset(error);
      this.giveBack(to - from);
      return undefined;
    }
    if (this.isUnused(id) && !this.isClosing) return H2_ERROR.protocol;
    this.giveBack(to - from);
    // RFC 9113 5.1: what was under way when we reset the stream is no fault.
    if (!this.wereReset.has(id) && !this.isUnused(id)) this.reset(id, H2_ERROR.streamClosed);
    return undefined;
  }

  /** Whether no stream of this number was ever opened. RFC 9113 5.1: idle. */
  private isUnused(id: number): boolean {
    return id > this.lastStream || id % 2 === 0;
  }

  private windowUpdate(id: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    if (to - from !== 4) return H2_ERROR.frameSize;
    const increment = read31(octets, from);
    if (id === 0) {
      if (increment === 0) return H2_ERROR.protocol;
      if (this.queue.window + increment > WINDOW_LIMIT) return H2_ERROR.flowControl;
      this.queue.window += increment;
      this.queue.pump();
      return undefined;
    }
    const stream = this.streams.get(id);
    if (stream === undefined) return this.isUnused(id) && !this.isClosing ? H2_ERROR.protocol : undefined;
    if (increment === 0) stream.reset(H2_ERROR.protocol);
    else if (stream.sendWindow + increment > WINDOW_LIMIT) stream.reset(H2_ERROR.flowControl);
    else {
      stream.sendWindow += increment;
      this.queue.pump();
    }
    return undefined;
  }

  private rstStream(id: number, size: Bytes): H2Error | undefined {
    if (size !== 4) return H2_ERROR.frameSize;
    const stream = this.streams.get(id);
    if (stream === undefined) return this.isUnused(id) && !this.isClosing ? H2_ERROR.protocol : undefined;
    if (!this.resetsLeft.spend(this.now)) this.isTooBusy = true;
    stream.viewerLeft();
    return undefined;
  }

  private settings(id: number, flags: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    if (id !== 0) return H2_ERROR.protocol;
    if (flags & FLAG.ack) return to === from ? undefined : H2_ERROR.frameSize;
    const read = readSettings(octets, from, to);
    if (read.kind === 'error') return read.code;
    this.hasSettings = true;
    this.frames.settingsAck();
    if (read.initialWindow === undefined) return undefined;
    // RFC 9113 6.9.2: it moves the windows of streams that are open, perhaps below nothing.
    const change = read.initialWindow - this.initialWindow;
    this.initialWindow = read.initialWindow;
    for (const stream of this.streams.values()) {
      if (stream.sendWindow + change > WINDOW_LIMIT) return H2_ERROR.flowControl;
      stream.sendWindow += change;
    }
    this.queue.pump();
    return undefined;
  }

  private ping(id: number, flags: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    if (id !== 0) return H2_ERROR.protocol;
    if (to - from !== 8) return H2_ERROR.frameSize;
    if (flags & FLAG.ack) this.hasPong = true;
    else this.frames.ping(octets.subarray(from, to), FLAG.ack);
    return undefined;
  }

  /** RFC 9113 5.3.2: what it says is out of use, its form is not. */
  private priority(id: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    if (id === 0) return H2_ERROR.protocol;
    const error = to - from !== 5 ? H2_ERROR.frameSize : read31(octets, from) === id ? H2_ERROR.protocol : undefined;
    const stream = this.streams.get(id);
    if (stream === undefined) return error;
    this.orReset(stream, error);
    return undefined;
  }

  /** RFC 9218 7.1. */
  private priorityUpdate(id: number, octets: Uint8Array, from: number, to: number): H2Error | undefined {
    if (id !== 0) return H2_ERROR.protocol;
    if (to - from < 4) return H2_ERROR.frameSize;
    const stream = this.streams.get(read31(octets, from));
    if (stream !== undefined) stream.priority = readPriority(Buffer.from(octets.subarray(from + 4, to)).toString('latin1'));
    return undefined;
  }
}
