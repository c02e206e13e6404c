/**
 * A viewer that speaks HTTP/2 frame by frame (http2-frames.ts) to a lane, without sockets and with a clock of its own.
 */
import type { ViewerHandler } from '../src/edge/answer.ts';
import { SECOND, type Bytes, type Duration, type Instant } from '../src/model/units.ts';
import { Http2Lane } from '../src/adapters/listen/http2/http2-lane.ts';
import type { OutBuffer, Wire } from '../src/adapters/listen/wire.ts';
import { createFrameLog, preface } from './http2-frames.ts';

export type Handle = ViewerHandler['handle'];

class MemoryWire implements Wire {
  readonly viewerAddress = '192.0.2.1';
  readonly viewerPort = 4711;
  readonly tls = undefined;
  deadline: Instant = Infinity;
  backlog: Bytes = 0;
  sent: Bytes = 0;
  state: 'open' | 'ended' | 'destroyed' = 'open';
  lane: Http2Lane | undefined;
  isPaused = false;
  /** The kernel takes nothing: what is written stays in the backlog. */
  isStuck = false;
  readonly out: OutBuffer = { octets: Buffer.alloc(128 * 1024), length: 0 };
  private readonly left: Buffer[] = [];

  room(size: Bytes): OutBuffer {
    if (this.out.octets.length - this.out.length < size) this.flush();
    return this.out;
  }
  send(octets: Uint8Array): void {
    this.flush();
    this.leave(Buffer.from(octets));
  }
  flush(): void {
    this.leave(Buffer.from(this.out.octets.subarray(0, this.out.length)));
    this.out.length = 0;
  }
  private leave(octets: Buffer): void {
    if (this.state !== 'open') return;
    this.left.push(octets);
    if (this.isStuck) this.backlog += octets.length;
    else this.sent += octets.length;
  }
  taken(): Buffer {
    this.flush();
    return Buffer.concat(this.left.splice(0));
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  end(): void {
    this.flush();
    this.state = 'ended';
  }
  destroy(): void {
    this.state = 'destroyed';
    this.lane?.closed();
  }
}

export interface Http2Viewer {
  readonly wire: MemoryWire;
  readonly lane: Http2Lane;
  readonly reported: unknown[];
  /** Octets in one batch, and what came back by then. */
  send(...octets: readonly Uint8Array[]): string[];
  /** What has come since. Settings and windows at the beginning are left out. */
  got(): string[];
  /** Octets of the bodies that came, by stream. */
  readonly bodies: Map<number, string>;
  /** Moves the clock, looking at deadlines each second as the listener does. */
  pass(time: Duration): void;
}

/** A connection whose preface and settings have been exchanged, unless `begun` says otherwise. */
export function connect(handle: Handle, begun: Uint8Array = preface()): Http2Viewer {
  const wire = new MemoryWire();
  let now: Instant = 0;
  const reported: unknown[] = [];
  const lane = new Http2Lane(wire, {
    handler: { handle },
    scheme: 'https',
    now: () => now,
    report: (_message, error) => reported.push(error),
  });
  wire.lane = lane;
  const log = createFrameLog();

  function got(): string[] {
    const lines = log.push(wire.taken());
    return wire.state === 'open' ? lines : [...lines, wire.state];
  }

  function send(...octets: readonly Uint8Array[]): string[] {
    lane.receive(Buffer.concat(octets));
    return got();
  }

  const viewer: Http2Viewer = {
    wire,
    lane,
    reported,
    send,
    got,
    bodies: log.bodies,
    pass(time) {
      for (const until = now + time; now < until;) {
        now += SECOND;
        if (now < wire.deadline) continue;
        wire.deadline = Infinity;
        lane.expired();
      }
    },
  };
  if (begun.length > 0) send(begun);
  return viewer;
}
