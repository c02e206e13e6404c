/**
 * May this request see private content? Facts 9, in the order of 9.7: whether it must be signed at all, what it claims, whether that is
 * true, whether it covers this request. Everything that is not proved is refused. Cryptography is not pure: `prove` stands for it.
 */
import type { CompiledCacheBehavior } from '../../../model/compile-cache-behavior.ts';
import type { PolicyStatement } from '../../../model/signing/policy-statement.ts';
import type { Instant } from '../../../model/units.ts';
import { signatureError, type SignatureError } from '../../../tables/signature-errors.ts';
import type { ErrorDetail } from '../../outcome.ts';
import type { ViewerRequest } from '../../request.ts';
import { SIGNATURE_REFUSAL_DETAIL } from '../../../model/assumptions.ts';
import { judgeStatement } from './judge-statement.ts';
import { readClaim, type SignatureClaim } from './read-claim.ts';
import type { SignatureFault } from './signature-fault.ts';

export type SignatureDecision =
  /** The cache behavior trusts nobody to sign: everybody may ask. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'granted'; readonly claim: SignatureClaim; readonly statement: PolicyStatement }
  | SignatureRefusal;

export interface SignatureRefusal extends SignatureError {
  readonly kind: 'refused';
  readonly status: 403;
  readonly detail: ErrorDetail;
  readonly fault: SignatureFault;
  /** As far as it could be read. */
  readonly claim: SignatureClaim | undefined;
}

/** proveClaim (prove-claim.ts), or one who remembers what it said. */
export type Prove = (claim: SignatureClaim) => PolicyStatement | SignatureFault;

const NOT_ASKED: SignatureDecision = { kind: 'not-asked' };

export function decideSignature(
  { signers }: Pick<CompiledCacheBehavior, 'signers'>,
  request: ViewerRequest,
  now: Instant,
  prove: Prove,
): SignatureDecision {
  if (signers === undefined) return NOT_ASKED;
  const claim = readClaim(signers, request);
  if ('part' in claim) return refused(claim, undefined);
  const statement = prove(claim);
  if ('part' in statement) return refused(statement, claim);
  const fault = judgeStatement(statement, claim.url, request.viewerAddress, now);
  return fault === undefined ? { kind: 'granted', claim, statement } : refused(fault, claim);
}

function refused(fault: SignatureFault, claim: SignatureClaim | undefined): SignatureRefusal {
  return { kind: 'refused', status: 403, detail: SIGNATURE_REFUSAL_DETAIL, fault, claim, ...signatureError(fault) };
}
