/**
 * How long and how much a viewer may keep a connection waiting, for every lane. Ours throughout: CloudFront says nothing of its own.
 * What CloudFront says of sizes is judged in core/viewer-request/admit-request.ts; these keep what comes before that bounded.
 */
import { KIB, SECOND, type Bytes, type Duration } from '../../model/units.ts';

/** Above what CloudFront accepts (a URL of 8,192 octets, fields of 32,768), so that the core refuses what is too large with its own status. */
export const MAX_HEAD: Bytes = 64 * KIB;

/** From a connection's beginning to the end of its TLS handshake. */
export const HANDSHAKE_TIMEOUT: Duration = 10 * SECOND;

/** From the first octet of a head, or from the connection's beginning, to the head's last octet. */
export const HEAD_TIMEOUT: Duration = 15 * SECOND;

/** Between two requests. */
export const IDLE_TIMEOUT: Duration = 90 * SECOND;

/** A request's body must bring so much in each window, a viewer take so much of an answer. Whoever is slower is cut off. */
export const PROGRESS_WINDOW: Duration = 30 * SECOND;
export const PROGRESS_RECEIVED: Bytes = 3 * KIB;
export const PROGRESS_TAKEN: Bytes = 4 * KIB;

/** What a viewer may send ahead of the edge's reading, and ahead of the answers to pipelined requests. */
export const READ_AHEAD: Bytes = 128 * KIB;

/** What is left of a request's body when its answer is complete is read and dropped up to this; beyond, the connection ends. */
export const DISCARDED: Bytes = 64 * KIB;
