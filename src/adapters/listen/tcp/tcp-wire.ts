/**
 * A Bun socket as a wire: output gathered in one buffer of the process, what the kernel does not take kept in order until it does,
 * and the ways to end. Which sockets there are, and which lane they get: tcp-listener.ts.
 *
 *   room()/send() -> gathered -> socket.write -> kernel
 *                                  └ not taken: queue -> drain event -> kernel
 */
import type { ViewerTls } from '../../../core/request.ts';
import { SECOND, type Bytes, type Duration, type Instant } from '../../../model/units.ts';
import type { Connection } from './tcp-listener.ts';
import { PROGRESS_TAKEN, PROGRESS_WINDOW } from '../lane-limits.ts';
import { ROOM_LIMIT, type Lane, type OutBuffer, type Wire } from '../wire.ts';

/** One buffer for all wires: whoever writes next sends off what another has gathered. */
const gathered: OutBuffer = { octets: Buffer.allocUnsafeSlow(4 * ROOM_LIMIT), length: 0 };
let owner: TcpWire | undefined;

/** Up to this, copying octets costs less than a call of the kernel for them alone. */
const COPIED: Bytes = ROOM_LIMIT;

/** Ours: what is handed to the kernel, or to TLS, in one call, so that no viewer holds up the others. */
const PIECE: Bytes = 512 * 1024;

/** RFC 9112 9.6: how long an ended connection stays half-closed, so that a viewer that is still sending reads our last words. */
const LINGER: Duration = 2 * SECOND;

/** What a socket of Bun is to a wire. */
export type ViewerSocket = Bun.Socket<Connection | undefined>;

const NO_LANE: Lane = {
  receive: () => undefined,
  ended: () => undefined,
  drained: () => undefined,
  expired: () => undefined,
  retire: () => undefined,
  closed: () => undefined,
  isIdle: true,
};

export class TcpWire implements Wire {
  deadline: Instant = Infinity;
  backlog: Bytes = 0;
  sent: Bytes = 0;
  lane: Lane = NO_LANE;
  private readonly queue: Uint8Array[] = [];
  private state: 'open' | 'ending' | 'lingering' | 'closed' = 'open';
  private isReceiving = false;
  /** What had left when it was last looked at whether the viewer takes enough. */
  private sentThen: Bytes = 0;

  constructor(
    private readonly socket: ViewerSocket,
    readonly viewerAddress: string,
    readonly viewerPort: number,
    readonly tls: ViewerTls | undefined,
    private readonly now: () => Instant,
  ) {}

  room(size: Bytes): OutBuffer {
    if (owner !== this) this.takeOver();
    if (gathered.octets.length - gathered.length < size) this.flush();
    return gathered;
  }

  send(octets: Uint8Array): void {
    if (octets.byteLength <= COPIED) {
      const out = this.room(octets.byteLength);
      out.octets.set(octets, out.length);
      out.length += octets.byteLength;
      return;
    }
    if (owner === this) this.flush();
    if (this.state === 'lingering' || this.state === 'closed') return;
    this.enqueue(octets);
    if (this.backlog === octets.byteLength) this.drain();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    if (this.state !== 'open') return;
    this.state = 'ending';
    if (owner === this) this.flush();
    if (this.backlog === 0) this.linger();
    else this.watchEnding();
  }

  destroy(): void {
    if (this.state === 'closed') return;
    if (owner === this) this.drop();
    this.forget();
    this.socket.terminate();
    this.lane.closed();
  }

  /** Octets from the viewer. */
  receive(octets: Uint8Array): void {
    if (this.state !== 'open') return;
    this.isReceiving = true;
    this.lane.receive(octets);
    this.isReceiving = false;
    if (owner === this) {
      this.flush();
      owner = undefined;
    }
  }

  /** The viewer has ended its side. */
  viewerEnded(): void {
    if (this.state === 'open') this.lane.ended();
    else if (this.state === 'lingering') this.close();
  }

  /** The kernel takes octets again. */
  drain(): void {
    const { queue } = this;
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      const piece = Math.min(head.byteLength, PIECE);
      const taken = this.socket.write(head, 0, piece);
      // A negative count: the socket has gone; its close event follows.
      if (taken < 0) return;
      this.backlog -= taken;
      this.sent += taken;
      if (taken < head.byteLength) queue[0] = head.subarray(taken);
      else queue.shift();
      if (taken < piece) return;
    }
    if (this.state === 'ending') this.linger();
    else if (this.state === 'open') this.lane.drained();
  }

  /** About once a second. */
  tick(now: Instant): void {
    if (now < this.deadline) return;
    this.deadline = Infinity;
    if (this.state === 'lingering') this.close();
    else if (this.state !== 'ending') this.lane.expired();
    else if (this.sent - this.sentThen < PROGRESS_TAKEN) this.destroy();
    else this.watchEnding();
  }

  /** The socket has gone. */
  gone(): void {
    if (owner === this) this.drop();
    const wasClosed = this.state === 'closed';
    this.forget();
    if (!wasClosed) this.lane.closed();
  }

  private takeOver(): void {
    owner?.flush();
    // oxlint-disable-next-line typescript/no-this-alias -- the buffer of the process belongs to one wire at a time
    owner = this;
    gathered.length = 0;
    if (!this.isReceiving) queueMicrotask(() => this.leave());
  }

  /** The turn is over: what it has gathered leaves. */
  private leave(): void {
    if (owner !== this || this.isReceiving) return;
    this.flush();
    owner = undefined;
  }

  private flush(): void {
    const { length } = gathered;
    if (length === 0) return;
    gathered.length = 0;
    if (this.state === 'lingering' || this.state === 'closed') return;
    if (this.backlog > 0) {
      this.enqueue(Uint8Array.prototype.slice.call(gathered.octets, 0, length));
      return;
    }
    const taken = Math.max(0, this.socket.write(gathered.octets, 0, length));
    this.sent += taken;
    if (taken < length) this.enqueue(Uint8Array.prototype.slice.call(gathered.octets, taken, length));
  }

  /** Our last words wait for the viewer, who may be slow, but not too slow. */
  private watchEnding(): void {
    this.sentThen = this.sent;
    this.deadline = this.now() + PROGRESS_WINDOW;
  }

  private enqueue(octets: Uint8Array): void {
    this.queue.push(octets);
    this.backlog += octets.byteLength;
  }

  private drop(): void {
    gathered.length = 0;
    owner = undefined;
  }

  private linger(): void {
    this.state = 'lingering';
    this.deadline = this.now() + LINGER;
    this.socket.shutdown();
  }

  private close(): void {
    this.forget();
    this.lane.closed();
    this.socket.end();
  }

  private forget(): void {
    this.state = 'closed';
    this.queue.length = 0;
    this.backlog = 0;
    this.deadline = Infinity;
  }
}
