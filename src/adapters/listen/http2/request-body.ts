/**
 * The body of one request, as DATA frames bring it: held to its Content-Length (RFC 9113 8.1.1) and to the stream's window (6.9), which
 * opens as the edge reads. Once nobody reads any more, what still comes is dropped, up to a bound.
 */
import type { RequestBody } from '../../../edge/ports.ts';
import type { ViewerRequest } from '../../../core/request.ts';
import { H2_ERROR, type H2Error } from '../../../http/http2/frames.ts';
import type { Bytes } from '../../../model/units.ts';
import { createIncomingBody, type IncomingBody } from '../incoming-body.ts';
import { DISCARDED_BODY, STREAM_WINDOW } from './http2-limits.ts';

export interface BodyHost {
  /** Octets have been read or dropped: the connection's window opens again. */
  giveBack(octets: Bytes): void;
  /** The stream's window opens. */
  openWindow(octets: Bytes): void;
  /** The edge asks for the first octets. */
  touched(): void;
}

const NO_BODY: RequestBody = { kind: 'none' };

export class Http2RequestBody {
  received: Bytes = 0;
  private incoming: IncomingBody | undefined;
  private window: Bytes = STREAM_WINDOW;
  /** What has been read since the viewer was last told. */
  private taken: Bytes = 0;
  private isDropped = false;
  private discarded: Bytes = 0;

  constructor(
    private readonly host: BodyHost,
    /** The viewer has sent everything. */
    public isWhole: boolean,
  ) {}

  /** Whether it is the viewer's turn. */
  get isOwed(): boolean {
    return !this.isWhole && this.window > 0;
  }

  /** Whether so much is more than the dropping is worth. */
  get isTooMuch(): boolean {
    return !this.isWhole && this.discarded > DISCARDED_BODY;
  }

  /** The body as the edge reads it. */
  open(body: ViewerRequest['body']): RequestBody {
    if (body.kind === 'none') return NO_BODY;
    this.incoming = createIncomingBody(body.kind === 'length' ? body.length : undefined, {
      touched: () => this.host.touched(),
      taken: (octets) => {
        if (!this.isDropped) this.giveBack(octets);
      },
    });
    return this.incoming.body;
  }

  /** Counts a frame with so many octets of body and of padding; an error when it should not have come. */
  count(body: ViewerRequest['body'], octets: Bytes, padding: Bytes, isLast: boolean): H2Error | undefined {
    if (this.isWhole) return H2_ERROR.streamClosed;
    this.window -= octets + padding;
    if (this.window < 0) return H2_ERROR.flowControl;
    this.received += octets;
    if (body.kind !== 'chunked') {
      const announced = body.kind === 'length' ? body.length : 0;
      if (this.received > announced || (isLast && this.received !== announced)) return H2_ERROR.protocol;
    }
    this.isWhole = isLast;
    this.giveBack(padding);
    return undefined;
  }

  /** Octets that were counted. */
  push(octets: Uint8Array): void {
    if (this.isDropped || this.incoming?.isAbandoned === true) {
      this.giveBack(octets.length);
      this.discarded += octets.length;
    } else this.incoming?.push(octets);
  }

  end(): void {
    this.incoming?.end();
  }

  /** The request has been answered: an edge that has not begun to read will not. */
  dropUnread(): void {
    if (this.isWhole || this.incoming?.isTouched !== true) this.drop('the request has been answered');
  }

  /** Nobody reads it any more, or nothing more of it comes: what waits is no longer the connection's burden. */
  drop(reason: string): void {
    if (this.isDropped) return;
    this.isDropped = true;
    if (this.incoming === undefined) return;
    this.host.giveBack(this.incoming.waiting);
    this.incoming.fail(reason);
  }

  private giveBack(octets: Bytes): void {
    if (octets === 0) return;
    this.host.giveBack(octets);
    this.taken += octets;
    if (this.isWhole || this.taken < STREAM_WINDOW / 2) return;
    this.host.openWindow(this.taken);
    this.window += this.taken;
    this.taken = 0;
  }
}
