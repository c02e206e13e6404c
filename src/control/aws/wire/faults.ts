/**
 * What can be wrong with a message before any handler sees it, one class for all codecs: where and why.
 * Which AWS error code each kind becomes is the service's choice (service.ts; S3 has its own words).
 */

export type FaultKind =
  /** Not XML, not JSON, not UTF-8. */
  | 'syntax'
  /** Well-formed, but not what the model says: a word where a number belongs, an element twice. */
  | 'structure'
  /** Larger or deeper than we read. */
  | 'too-large';

export class WireFault extends Error {
  constructor(
    readonly kind: FaultKind,
    message: string,
  ) {
    super(message);
    this.name = 'WireFault';
  }
}
