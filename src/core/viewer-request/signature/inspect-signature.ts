/**
 * A signature looked at for people: what was decided, what the policy says, what of it does not hold whoever signed it, and, where the
 * signature is wrong, what it would be right for. Nothing here lets anybody in. Told in words in insight/explain/signature-words.ts.
 */
import type { CompiledCacheBehavior } from '../../../model/compile-cache-behavior.ts';
import type { PolicyStatement } from '../../../model/signing/policy-statement.ts';
import type { RequestedUrl } from '../../../model/signing/resource-pattern.ts';
import type { Instant } from '../../../model/units.ts';
import { HASH_ALGORITHMS, type HashAlgorithm } from '../../../tables/signature-parameters.ts';
import { decodeUrlSafe } from '../../../model/signing/url-safe-base64.ts';
import type { ViewerRequest } from '../../request.ts';
import { decideSignature, type SignatureDecision } from './decide-signature.ts';
import { unmetConditions } from './judge-statement.ts';
import { claimedPolicy, proveClaim, type Verifies } from './prove-claim.ts';
import type { SignatureClaim } from './read-claim.ts';
import type { SignatureFault } from './signature-fault.ts';

export interface SignatureInspection {
  readonly decision: SignatureDecision;
  /** What is signed and what it says; undefined where it cannot be read. */
  readonly policy: { readonly signed: string; readonly statement: PolicyStatement } | undefined;
  /** The conditions that do not hold, whether or not the signature is right. */
  readonly unmet: readonly SignatureFault[];
  /** Set where the signature is wrong, and right for this. */
  readonly rightFor: SignatureVariant | undefined;
}

/** What of a claim would have to be otherwise. */
export interface SignatureVariant {
  readonly hash?: HashAlgorithm;
  readonly keyPairId?: string;
  readonly url?: RequestedUrl;
}

export function inspectSignature(
  behavior: Pick<CompiledCacheBehavior, 'signers'>,
  request: ViewerRequest,
  now: Instant,
  verifies: Verifies,
): SignatureInspection {
  const decision = decideSignature(behavior, request, now, (claim) => proveClaim(claim, verifies));
  const claim = decision.kind === 'not-asked' ? undefined : decision.claim;
  const read = claim && claimedPolicy(claim);
  const policy = read === undefined || 'part' in read ? undefined : read;
  const isWrong = decision.kind === 'refused' && decision.fault.part === 'signature' && decision.fault.reason === 'wrong';
  return {
    decision,
    policy,
    unmet: claim && policy ? unmetConditions(policy.statement, claim.url, request.viewerAddress, now) : [],
    rightFor: isWrong && claim && behavior.signers ? rightFor(claim, behavior.signers.keys, verifies) : undefined,
  };
}

/** The first of what is easily mistaken for which the signature verifies: hash, key, and for a canned policy the URL. */
function rightFor(
  claim: SignatureClaim,
  keys: ReadonlyMap<string, SignatureClaim['key']>,
  verifies: Verifies,
): SignatureVariant | undefined {
  const signature = decodeUrlSafe(claim.signature);
  if (signature === undefined) return undefined;
  for (const url of claim.policy.kind === 'canned' ? urlsLike(claim.url) : [claim.url]) {
    const read = claimedPolicy({ ...claim, url });
    if ('part' in read) continue;
    for (const key of keys.values()) {
      for (const hash of HASH_ALGORITHMS) {
        if (!verifies({ key, hash }, read.signed, signature)) continue;
        return {
          ...(hash !== claim.hash && { hash }),
          ...(key.id !== claim.key.id && { keyPairId: key.id }),
          ...(url !== claim.url && { url }),
        };
      }
    }
  }
  return undefined;
}

/** The URL itself, then as it is often signed instead: with the other scheme, without its port, without its query. */
function urlsLike(url: RequestedUrl): readonly RequestedUrl[] {
  const other = url.scheme === 'https' ? 'http' : 'https';
  const hosts = [...new Set([url.host, url.host.replace(/:\d+$/, '')])];
  const queries = [...new Set([url.query, undefined])];
  const variants = [url.scheme, other].flatMap((scheme) =>
    hosts.flatMap((host) => queries.map((query) => ({ ...url, scheme, host, query }))),
  );
  return [url, ...variants.slice(1)];
}
