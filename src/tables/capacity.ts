/**
 * How much one process takes on at once before it says that there is no room (503, CapacityExceeded: facts 1.3) instead of slowing
 * everybody down until nothing works. Ours throughout: CloudFront's figures are its own. Every request to an origin may hold half a
 * megabyte of a body for a slow reader, a descriptor, and its viewer's patience.
 */
import { SECOND, type Duration } from '../model/units.ts';

export interface Capacity {
  /** Requests to origins under way, bodies included. */
  readonly originRequests: number;
  /** Of those, to one origin: a slow origin must leave room for the others. */
  readonly requestsPerOrigin: number;
  /** Requests to one origin that wait for one of its places; no longer than its connection timeout. */
  readonly waitingPerOrigin: number;
  /** WebSockets: long-lived, and cheap while they are silent. */
  readonly tunnels: number;
  /** Viewers who wait for the beginning of what somebody else is fetching. */
  readonly waitingViewers: number;
}

export const CAPACITY: Capacity = {
  originRequests: 4_096,
  requestsPerOrigin: 1_024,
  waitingPerOrigin: 1_024,
  tunnels: 16_384,
  waitingViewers: 16_384,
};

/** Retry-After of whoever finds no room: load of this kind passes quickly or not at all. */
export const RETRY_AFTER: Duration = SECOND;
