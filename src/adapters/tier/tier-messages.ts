/**
 * What a tier client and a tier server say on their connection, in frames (sockets/frames.ts). One question at a time; a client that gives
 * an answer up closes the connection. What is asked and answered is plain JSON (edge/tiers/next-tier.ts); bodies are octets.
 *
 *     client   HELLO {secret, version}   ASK question                                             FORGET [key]
 *     server                             TAKEN  INTERIM*  HEAD  DATA*  END, or FAIL in their place   FORGOTTEN
 *
 * TAKEN says that the server is alive, however long its origin takes. A connection that ends before END is an answer that broke off.
 */
import { timingSafeEqual } from 'node:crypto';

/** Counts changes of what is said; whoever speaks another version is not talked to. */
export const TIER_VERSION = 1;

/** The kinds of frames, by the words above. */
export const FRAME = {
  hello: 1,
  ask: 2,
  forget: 3,
  taken: 11,
  interim: 12,
  head: 13,
  data: 14,
  end: 15,
  fail: 16,
  forgotten: 17,
} as const;

export interface TierHello {
  readonly secret: string;
  readonly version: number;
}

/** An OriginFailure on its way. */
export interface TierFailure {
  readonly status: 502 | 503 | 504;
  readonly detail: string;
  readonly message: string;
}

export function readJson(payload: Uint8Array): unknown {
  return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
}

/** Compared in the same time whatever is wrong with it. */
export function isSecret(given: unknown, secret: string): boolean {
  if (typeof given !== 'string') return false;
  const [one, other] = [Buffer.from(given), Buffer.from(secret)];
  return one.length === other.length && timingSafeEqual(one, other);
}
