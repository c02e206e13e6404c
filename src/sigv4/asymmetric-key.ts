/**
 * The key pair that signs with Signature Version 4A: ECDSA on P-256, derived from an access key, for every region, day and service alike.
 * NIST SP 800-108 in counter mode with HMAC-SHA256, as AWS's own libraries derive it. What it signs is decided in canonical-request.ts.
 */
import { createECDH, createHmac, createPrivateKey, type KeyObject } from 'node:crypto';
import { ALGORITHM_4A } from './canonical-request.ts';

/** The order of the curve's group (FIPS 186-4 D.1.2.3). */
const ORDER = 0xffff_ffff_0000_0000_ffff_ffff_ffff_ffff_bce6_faad_a717_9e84_f3b9_cac2_fc63_2551n;

/** What is derived is 256 bits long, and this is its first and only block. */
const BLOCK = Buffer.from([0, 0, 0, 1]);
const LENGTH = Buffer.from([0, 0, 1, 0]);

/** An access key has few users: origins of one control plane. */
const MOST_KEPT = 16;
const kept = new Map<string, KeyObject>();

export function deriveAsymmetricKey(accessKeyId: string, secretAccessKey: string): KeyObject {
  const name = `${accessKeyId}\n${secretAccessKey}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const key = derive(accessKeyId, secretAccessKey);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(name, key);
  return key;
}

function derive(accessKeyId: string, secretAccessKey: string): KeyObject {
  // One derivation in 2^32 gives a number that is no key; the next counter is tried.
  for (let counter = 1; counter <= 254; counter++) {
    const context = Buffer.concat([Buffer.from(accessKeyId), Buffer.from([counter])]);
    const input = Buffer.concat([BLOCK, Buffer.from(ALGORITHM_4A), Buffer.from([0]), context, LENGTH]);
    const candidate = BigInt(`0x${createHmac('sha256', `AWS4A${secretAccessKey}`).update(input).digest('hex')}`);
    if (candidate <= ORDER - 2n) return privateKey(candidate + 1n);
  }
  throw new Error('no key can be derived from this access key');
}

function privateKey(scalar: bigint): KeyObject {
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(d);
  // Uncompressed: 4, x, y.
  const point = curve.getPublicKey();
  const jwk = { kty: 'EC', crv: 'P-256', d: url(d), x: url(point.subarray(1, 33)), y: url(point.subarray(33)) };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

function url(octets: Buffer): string {
  return octets.toString('base64url');
}
