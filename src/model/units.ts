/**
 * Units as types, so that a signature says what a number means (style: units are types, not suffixes).
 * Instants come from the Clock port only; nothing in the pure layers reads a clock.
 */

/** Milliseconds since the Unix epoch. */
export type Instant = number;
/** Milliseconds. */
export type Duration = number;
/** A count of octets. */
export type Bytes = number;

export const SECOND: Duration = 1000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;

export const KIB: Bytes = 1024;
export const MIB: Bytes = 1024 * KIB;
export const GIB: Bytes = 1024 * MIB;

/** Whole seconds, as header fields and AWS configurations count them, to a Duration. */
export function seconds(count: number): Duration {
  return count * SECOND;
}
