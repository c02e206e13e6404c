/**
 * How much one HTTP/2 connection may ask for, beyond what holds for every lane (lane-limits.ts). Ours throughout: CloudFront says
 * nothing of its own. RFC 9113 10.5 lists what has to be bounded.
 */
import { KIB, MIB, type Bytes } from '../../../model/units.ts';

/** RFC 9113 5.1.2: at least 100; what browsers open at once stays below. */
export const MAX_STREAMS = 128;

/**
 * Requests whose answers are still awaited, those of streams that have gone included: opening and resetting streams cannot pile up work
 * (CVE-2023-44487, CVE-2025-8671).
 */
export const MAX_AWAITED = 2 * MAX_STREAMS;

/** What a viewer may send ahead of the edge's reading: of one body, and of all bodies of a connection. */
export const STREAM_WINDOW: Bytes = 256 * KIB;
export const CONNECTION_WINDOW: Bytes = MIB;

/** A header block on the wire, in frames of any size, and how many of them. */
export const MAX_BLOCK: Bytes = 96 * KIB;
export const MAX_CONTINUATIONS = 32;

/** The table of the viewer's field lines. RFC 7541 4.2: what a decoder begins with. */
export const TABLE_LIMIT: Bytes = 4 * KIB;

/**
 * What is left of a request's body when its answer is complete is read and dropped up to this; then the stream is reset, at which curl
 * before 8.0 drops the answer.
 */
export const DISCARDED_BODY: Bytes = MIB;

/** Octets that wait for a slow viewer before its requests wait, too. */
export const HELD_BACK: Bytes = 256 * KIB;

/**
 * Frames that ask for nothing (SETTINGS, PING, PRIORITY, WINDOW_UPDATE, empty DATA, unknown ones): how many at once, and again each
 * second. Answers earn more, since viewers give their windows back: some twice for every 4 KiB.
 */
export const CONTROL_FRAMES = { atOnce: 2_000, perSecond: 200 } as const;
export const EARNED_BY_ANSWER = 2;
export const EARNED_FOR_EACH: Bytes = 2 * KIB;

/** Streams that are cut short, by the viewer or because of what it sends. Leaving a page ends as many as it had open. */
export const RESETS = { atOnce: 400, perSecond: 50 } as const;

/** Streams that were reset by us, whose frames under way are passed over without a word. */
export const REMEMBERED_RESETS = 64;
