/**
 * The numbers of HTTP/2 frames: RFC 9113 4.1, 6 and 7. Reading and writing them on a connection is the listener's
 * (adapters/listen/http2); what SETTINGS may say is in settings.ts.
 *
 *   length (24) | type (8) | flags (8) | reserved (1), stream (31) | payload
 */
import type { Bytes } from '../../model/units.ts';

export const FRAME_HEAD: Bytes = 9;

/** RFC 9113 4.2: what everybody takes; Ours: we ask for no more and send no more. */
export const FRAME_LIMIT: Bytes = 16_384;

/** RFC 9113 3.4: how a viewer's connection begins. */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** RFC 9113 6, and RFC 9218 7.1 for the last. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
  priorityUpdate: 16,
} as const;

/** RFC 9113 6; ACK shares its bit with END_STREAM. */
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

/** RFC 9113 7. */
export const H2_ERROR = {
  none: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
  enhanceYourCalm: 11,
} as const;

export type H2Error = (typeof H2_ERROR)[keyof typeof H2_ERROR];

/** A stream's number, or a window's increment: four octets of which the first bit is reserved and not looked at. */
export function read31(octets: Uint8Array, at: number): number {
  return ((octets[at]! & 0x7f) << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!;
}

/** RFC 9113 6.9.1: no window may be larger. */
export const WINDOW_LIMIT: Bytes = 2 ** 31 - 1;

/** RFC 9113 6.9.2: what windows begin with. */
export const INITIAL_WINDOW: Bytes = 65_535;
