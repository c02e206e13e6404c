/**
 * The key that signs one day's requests to one service in one region.
 * AWS: Signature Version 4, "Derive a signing key". What it signs is decided in canonical-request.ts.
 */
import { createHmac } from 'node:crypto';

export function hmacSha256(key: string | Uint8Array, data: string): Uint8Array {
  return createHmac('sha256', key).update(data).digest();
}

/** `date` is `20260101`. */
export function deriveSigningKey(secretAccessKey: string, date: string, region: string, service: string): Uint8Array {
  return hmacSha256(hmacSha256(hmacSha256(hmacSha256(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');
}
