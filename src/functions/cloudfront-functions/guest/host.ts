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
  /** The id of the key value store that the function may read; undefined where there is none. */
  readonly keyValueStore: () => string | undefined;
  /** The value of a key without NUL; as octets of UTF-8 where `form` says so or where it holds NUL; undefined where it is not there. */
  readonly keyValue: (key: string, form: 'text' | 'octets') => string | ArrayBuffer | undefined;
  /** JSON of what `meta()` gives. */
  readonly keyValueMeta: () => string | undefined;
}
