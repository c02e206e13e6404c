/**
 * What the host does for the code inside a realm. Types alone: the functions are defined by instance.ts, and every string that
 * crosses is free of NUL.
 */
export interface GuestHost {
  /** One line of the function's log. */
  readonly log: (line: string) => void;
  /** The octets of a text in this encoding. */
  readonly decode: (text: string, encoding: string) => ArrayBuffer;
  readonly encode: (octets: ArrayBuffer, encoding: string) => string;
  /** A digest, or with a key an HMAC, as text in this encoding. */
  readonly digest: (algorithm: string, encoding: string, key: ArrayBuffer | undefined, data: ArrayBuffer) => string;
  /** Something long has been done: the clock is looked at. */
  readonly look: () => void;
}
