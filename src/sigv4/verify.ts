/**
 * Does a claim hold: is the key known, the time near, the signature right? Says why not; the words are the service's (control).
 * AWS: Signature Version 4, "Troubleshooting": 15 minutes either way; S3 wants every x-amz-* field signed. Bodies that are hashed
 * while they stream are checked in hashed-body.ts; signed chunks by whoever decodes them, with the seed given here. Signature Version 4A is
 * the same but for the key, which is derived from the same secret (asymmetric-key.ts).
 */
import { createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { MINUTE, type Duration, type Instant } from '../model/units.ts';
import { deriveAsymmetricKey } from './asymmetric-key.ts';
import { ALGORITHM_4A, amzDate, canonicalRequest, stringToSign } from './canonical-request.ts';
import { unsignedAmzFields, type Claim, type Refusal, type RefusalReason, type SignedHead } from './claim.ts';
import { deriveSigningKey, hmacSha256 } from './signing-key.ts';

export const MAX_SKEW: Duration = 15 * MINUTE;

/** The holder of a key, or why there is none. */
export type KeyLookup<P> = (
  accessKeyId: string,
  sessionToken: string | undefined,
) => { readonly secretAccessKey: string; readonly principal: P } | 'unknown-key' | 'invalid-token';

export interface Verified<P> {
  readonly kind: 'verified';
  readonly principal: P;
  /** Undefined of Signature Version 4A, whose keys sign no chunks here. */
  readonly signingKey: Uint8Array | undefined;
}

/** `payloadHash` is the canonical request's last line: a hex SHA-256, UNSIGNED-PAYLOAD or STREAMING-*. */
export function verifyClaim<P>(
  claim: Claim,
  head: SignedHead,
  payloadHash: string,
  lookup: KeyLookup<P>,
  now: Instant,
): Verified<P> | Refusal {
  const refuse = (reason: RefusalReason, detail: string): Refusal => {
    return { kind: 'refused', reason, presigned: claim.expiresIn !== undefined, detail };
  };
  const found = lookup(claim.accessKeyId, claim.sessionToken);
  if (typeof found === 'string') return refuse(found, claim.accessKeyId);

  const late = lateness(claim, now);
  if (late !== undefined) return refuse(late.reason, late.detail);

  const isS3 = claim.service === 's3';
  const unsigned = isS3 ? unsignedAmzFields(claim, head.headers) : [];
  if (unsigned.length > 0) return refuse('unsigned-headers', unsigned.join(', '));

  const { signedHeaders } = claim;
  const canonical = canonicalRequest({ ...head, signedHeaders, payloadHash, uriEncodePath: !isS3 });
  const text = stringToSign(claim.timestamp, claim.scope, canonical, claim.algorithm);
  const signature = Buffer.from(claim.signature, 'hex');
  if (claim.algorithm === ALGORITHM_4A) {
    const key = createPublicKey(deriveAsymmetricKey(claim.accessKeyId, found.secretAccessKey));
    if (!verify('sha256', Buffer.from(text), key, signature)) return refuse('mismatch', '');
    return { kind: 'verified', principal: found.principal, signingKey: undefined };
  }
  const signingKey = deriveSigningKey(found.secretAccessKey, claim.scope.slice(0, 8), claim.region, claim.service);
  if (!timingSafeEqual(hmacSha256(signingKey, text), signature)) return refuse('mismatch', '');
  return { kind: 'verified', principal: found.principal, signingKey };
}

function lateness(claim: Claim, now: Instant): { readonly reason: RefusalReason; readonly detail: string } | undefined {
  if (claim.signedAt > now + MAX_SKEW) {
    return {
      reason: 'too-new',
      detail: `${claim.timestamp} is still later than ${amzDate(now + MAX_SKEW)} (${amzDate(now)} + 15 min.)`,
    };
  }
  if (claim.expiresIn !== undefined) {
    const end = claim.signedAt + claim.expiresIn;
    return now > end ? { reason: 'expired', detail: new Date(end).toISOString() } : undefined;
  }
  if (claim.signedAt >= now - MAX_SKEW) return undefined;
  return {
    reason: 'too-old',
    detail: `${claim.timestamp} is now earlier than ${amzDate(now - MAX_SKEW)} (${amzDate(now)} - 15 min.)`,
  };
}
