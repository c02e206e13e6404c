/**
 * Whose turn it is to send: the bodies that wait for a window or for the wire. The most urgent first; of equally urgent ones those that
 * are of use in parts share, frame by frame, the others follow each other. RFC 9113 5.2 and 6.9, RFC 9218 10.
 */
import type { Priority } from '../../../http/http2/priority.ts';
import { FRAME_LIMIT, INITIAL_WINDOW } from '../../../http/http2/frames.ts';
import type { Bytes } from '../../../model/units.ts';
import { WRITE_AHEAD, type Wire } from '../wire.ts';
import type { FrameWriter } from './frame-writer.ts';

/** A stream with octets to send. */
export interface Sender {
  readonly id: number;
  /** What the viewer takes of this stream; less than nothing after a change of its settings. RFC 9113 6.9.2. */
  sendWindow: Bytes;
  priority: Priority;
  /** What is left to send, and whether it is the last. */
  readonly rest: Uint8Array | undefined;
  readonly endsWithRest: boolean;
  /** So many octets of the rest have been sent; perhaps there is no rest any more. */
  advance(octets: Bytes): void;
}

export class SendQueue {
  /** What the viewer takes of all streams together. */
  window: Bytes = INITIAL_WINDOW;
  private readonly waiting: Sender[] = [];
  private isPumping = false;

  constructor(
    private readonly wire: Wire,
    private readonly frames: FrameWriter,
  ) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Whether octets can be sent at once, past those who wait. */
  takes(stream: Sender, octets: Bytes): boolean {
    return octets <= FRAME_LIMIT && octets <= this.window && octets <= stream.sendWindow && this.wire.backlog <= WRITE_AHEAD;
  }

  /** The stream has a rest to send. */
  add(stream: Sender): void {
    this.waiting.push(stream);
    this.pump();
  }

  remove(stream: Sender): void {
    const at = this.waiting.indexOf(stream);
    if (at !== -1) this.waiting.splice(at, 1);
  }

  /** Sends what may be sent. */
  pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.wire.backlog <= WRITE_AHEAD) {
      const stream = this.next();
      if (stream === undefined) break;
      this.send(stream);
    }
    this.isPumping = false;
  }

  private next(): Sender | undefined {
    let best: Sender | undefined;
    for (const stream of this.waiting) {
      if (stream.rest!.length > 0 && (stream.sendWindow <= 0 || this.window <= 0)) continue;
      if (best === undefined || stream.priority.urgency < best.priority.urgency) best = stream;
    }
    return best;
  }

  private send(stream: Sender): void {
    const rest = stream.rest!;
    const octets = rest.length === 0 ? 0 : Math.min(rest.length, FRAME_LIMIT, this.window, stream.sendWindow);
    const isWhole = octets === rest.length;
    this.frames.data(stream.id, isWhole ? rest : rest.subarray(0, octets), isWhole && stream.endsWithRest);
    this.window -= octets;
    stream.sendWindow -= octets;
    if (isWhole || stream.priority.isIncremental) this.remove(stream);
    if (!isWhole && stream.priority.isIncremental) this.waiting.push(stream);
    stream.advance(octets);
  }
}
