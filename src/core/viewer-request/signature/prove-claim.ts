/**
 * Is the claim true: did the key sign this policy? Facts 9.2, 9.3, 9.7. What the answer depends on is in proofOf, all of it: so it may be
 * remembered under that text. Whether the policy lets this request in is judged for each request: judge-statement.ts.
 */
import { cannedPolicy, readEpochTime, readPolicy, type PolicyStatement } from '../../../model/signing/policy-statement.ts';
import { decodeUrlSafe } from '../../../model/signing/url-safe-base64.ts';
import { signedUrl, type SignatureClaim } from './read-claim.ts';
import type { SignatureFault } from './signature-fault.ts';

/** Whether `signature` is the key's for `signed`; octets, one a character. */
export type Verifies = (claim: Pick<SignatureClaim, 'key' | 'hash'>, signed: string, signature: string) => boolean;

export function proveClaim(claim: SignatureClaim, verifies: Verifies): PolicyStatement | SignatureFault {
  const signature = decodeUrlSafe(claim.signature);
  if (signature === undefined) return { part: 'signature', reason: 'malformed' };
  const policy = claimedPolicy(claim);
  if ('part' in policy) return policy;
  return verifies(claim, policy.signed, signature) ? policy.statement : { part: 'signature', reason: 'wrong' };
}

/** What is signed, and what it says. */
export function claimedPolicy(
  claim: Pick<SignatureClaim, 'policy' | 'url'>,
): { readonly signed: string; readonly statement: PolicyStatement } | SignatureFault {
  const { policy } = claim;
  if (policy.kind === 'canned') {
    const dateLessThan = readEpochTime(policy.expires);
    if (dateLessThan === undefined) return { part: 'policy', reason: 'malformed' };
    const statement = { resource: undefined, dateLessThan, dateGreaterThan: undefined, sourceIp: undefined };
    return { signed: cannedPolicy(signedUrl(claim), policy.expires), statement };
  }
  if (policy.kind !== 'custom') return { part: 'policy', reason: policy.kind };
  const signed = decodeUrlSafe(policy.encoded);
  if (signed === undefined) return { part: 'policy', reason: 'malformed' };
  const statement = readPolicy(signed);
  return 'reason' in statement ? { part: 'policy', reason: 'not-understood', fault: statement } : { signed, statement };
}

/** Two claims with the same text have the same proof, but for the key, which stands beside it. */
export function proofOf(claim: SignatureClaim): string {
  const { hash, signature, policy } = claim;
  const signed =
    policy.kind === 'custom' ? policy.encoded : policy.kind === 'canned' ? `${policy.expires}\n${signedUrl(claim)}` : policy.kind;
  return `${hash}\n${signature}\n${policy.kind}\n${signed}`;
}
