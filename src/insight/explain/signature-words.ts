/**
 * A signature told: each part of it, whether it holds, and where it does not, why: by how much it is expired, at which octet the resource
 * differs, with which hash or key it would verify. Decided in core/viewer-request/signature; nothing is judged here.
 */
import type { MatchedInspection } from '../../core/inspection.ts';
import type { SignatureClaim } from '../../core/viewer-request/signature/read-claim.ts';
import type { SignatureFault } from '../../core/viewer-request/signature/signature-fault.ts';
import type { SignatureInspection, SignatureVariant } from '../../core/viewer-request/signature/inspect-signature.ts';
import type { SignatureCheck, SignatureExplanation, SignaturePart } from '../../model/explanation.ts';
import type { PolicyFault, PolicyStatement } from '../../model/signing/policy-statement.ts';
import { urlText } from '../../model/signing/resource-pattern.ts';
import { resourceReach } from '../../model/signing/resource-reach.ts';
import type { Instant } from '../../model/units.ts';
import { inWords } from './stored-words.ts';

/** Undefined where requests need no signature. */
export function signatureExplanation({ signature, behavior }: MatchedInspection): SignatureExplanation | undefined {
  const { decision, policy } = signature;
  if (decision.kind === 'not-asked') return undefined;
  const { claim } = decision;
  const trusted = [...(behavior.signers?.keys.keys() ?? [])];
  return {
    decision: decision.kind,
    ...(decision.kind === 'refused' && { code: decision.code, part: decision.fault.part, reason: decision.fault.reason }),
    ...(claim && { form: claim.form, keyPairId: claim.key.id, hashAlgorithm: claim.hash, url: urlText(claim.url) }),
    ...(policy && { policy: policy.signed, expiresAt: policy.statement.dateLessThan }),
    trustedKeys: trusted,
    checks: PARTS.map((part) => check(part, signature, trusted)),
  };
}

/** The part that fails, in one sentence. */
export function refusedSignature(matched: MatchedInspection): string {
  const explanation = signatureExplanation(matched);
  const decisive = explanation?.checks.find(({ part }) => part === explanation.part);
  return decisive === undefined ? '' : `${decisive.part}: ${decisive.sentence}`;
}

/** In the order in which they are told; they are judged in that of facts 9.7. */
const PARTS: readonly SignaturePart[] = ['key-pair-id', 'hash-algorithm', 'policy', 'signature', 'resource', 'date', 'address'];

function check(part: SignaturePart, inspection: SignatureInspection, trusted: readonly string[]): SignatureCheck {
  const { decision, policy, unmet } = inspection;
  if (decision.kind === 'not-asked') throw new Error('nothing was asked');
  const decisive = decision.kind === 'refused' && decision.fault.part === part ? decision.fault : undefined;
  const fault = decisive ?? unmet.find((one) => one.part === part);
  const { claim } = decision;
  if (fault !== undefined) {
    return { part, verdict: 'fails', reason: fault.reason, sentence: faultWords(fault, inspection, trusted) };
  }
  if (claim === undefined || !wasJudged(part, claim, inspection)) {
    return { part, verdict: 'not-judged', sentence: 'not judged, since another part fails' };
  }
  return { part, verdict: 'holds', sentence: holdsWords(part, claim, policy?.statement) };
}

function wasJudged(part: SignaturePart, claim: SignatureClaim, { decision, policy }: SignatureInspection): boolean {
  if (decision.kind !== 'refused') return true;
  if (part === 'key-pair-id' || part === 'hash-algorithm') return true;
  if (policy === undefined) return false;
  const isProved = decision.fault.part !== 'signature';
  // The URL of a canned policy is the one asked for: only the signature can say that it was signed.
  return part === 'signature' || (part === 'resource' && claim.policy.kind === 'canned') ? isProved : true;
}

function holdsWords(part: SignaturePart, claim: SignatureClaim, statement: PolicyStatement | undefined): string {
  switch (part) {
    case 'key-pair-id':
      return `${claim.key.id}, in the ${claim.form === 'url' ? 'URL' : 'cookies'}, is trusted`;
    case 'hash-algorithm':
      return claim.hash;
    case 'policy':
      return claim.policy.kind === 'canned' ? 'canned: this URL until Expires' : 'custom';
    case 'signature':
      return 'the key signed this policy';
    case 'resource':
      if (claim.policy.kind === 'canned') return urlText(claim.url);
      return statement?.resource === undefined
        ? 'the policy names none: any'
        : `${statement.resource} covers ${urlText(claim.url)}`;
    case 'date': {
      const from = statement?.dateGreaterThan === undefined ? '' : `after ${instant(statement.dateGreaterThan)} and `;
      return `valid ${from}before ${instant(statement?.dateLessThan ?? 0)}`;
    }
    case 'address':
      return statement?.sourceIp === undefined ? 'the policy names none: any' : `the viewer is in ${statement.sourceIp.text}`;
  }
}

function faultWords(fault: SignatureFault, inspection: SignatureInspection, trusted: readonly string[]): string {
  switch (fault.part) {
    case 'key-pair-id':
      return keyWords(fault, trusted);
    case 'hash-algorithm':
      if (fault.reason === 'repeated') return 'Hash-Algorithm is given more than once';
      return `Hash-Algorithm must be SHA1 or SHA256, in capitals, not "${fault.given}"`;
    case 'signature':
      return signatureWords(fault, inspection.rightFor);
    case 'policy':
      return policyWords(fault);
    case 'resource':
      return resourceWords(fault, inspection);
    case 'date':
      if (fault.reason === 'expired') return `expired ${inWords(fault.by)} ago, at ${instant(fault.at)}`;
      return `not valid for another ${inWords(fault.in)}: only after ${instant(fault.after)}`;
    case 'address':
      return `the viewer’s address ${fault.address || '(unknown)'} is not in ${fault.network}`;
  }
}

type Fault<Part extends SignatureFault['part']> = Extract<SignatureFault, { readonly part: Part }>;

function keyWords(fault: Fault<'key-pair-id'>, trusted: readonly string[]): string {
  switch (fault.reason) {
    case 'missing':
      return 'there is no Key-Pair-Id in the URL, nor a cookie CloudFront-Key-Pair-Id; one parameter of a signature in the URL, and cookies do not count';
    case 'repeated':
      return 'Key-Pair-Id is given more than once';
    case 'malformed':
      return `"${fault.given}" cannot be the id of a key: it has capital letters and digits only`;
    case 'unknown': {
      const known = trusted.length === 0 ? 'no key is trusted here' : `trusted here: ${trusted.join(', ')}`;
      return `${fault.given} is not trusted for this path; ${known}`;
    }
  }
}

function signatureWords(fault: Fault<'signature'>, rightFor: SignatureVariant | undefined): string {
  switch (fault.reason) {
    case 'missing':
      return 'there is no Signature';
    case 'repeated':
      return 'Signature is given more than once';
    case 'malformed':
      return 'Signature is not whole base64 with "-", "~" and "_" in the place of "+", "/" and "="';
    case 'wrong':
      return rightFor === undefined
        ? 'the key did not sign this policy: it was made with another private key, for another URL, or changed on its way'
        : `it does not verify, but would ${variantWords(rightFor)}`;
  }
}

function variantWords({ hash, keyPairId, url }: SignatureVariant): string {
  const words = [
    ...(hash === undefined ? [] : [`with Hash-Algorithm ${hash}`]),
    ...(keyPairId === undefined ? [] : [`with Key-Pair-Id ${keyPairId}`]),
    ...(url === undefined ? [] : [`for ${urlText(url)}`]),
  ];
  return words.join(' and ');
}

const POLICY_FAULTS: Readonly<Record<PolicyFault['reason'], string>> = {
  'not-json': 'is not JSON',
  'too-deep': 'is nested deeper than any policy',
  'repeated-name': 'says a member twice',
  'missing-member': 'lacks a member',
  'unknown-member': 'has a member that is not understood',
  'not-an-object': 'has something else where an object belongs',
  'not-one-statement': 'must have exactly one statement',
  'not-text': 'has something else where text belongs',
  'not-a-time': 'has a time that is no whole number of seconds, without quotes',
  'not-a-network': 'has an address or network that is none',
};

function policyWords(fault: Fault<'policy'>): string {
  switch (fault.reason) {
    case 'missing':
      return 'there is neither Expires nor Policy';
    case 'repeated':
      return 'Expires or Policy is given more than once';
    case 'contradictory':
      return 'Expires and Policy are both given';
    case 'malformed':
      return 'Expires is no whole number of seconds, or Policy is not whole base64 with "-", "~" and "_"';
    case 'not-understood': {
      const { reason, at, path } = fault.fault;
      return `the policy ${POLICY_FAULTS[reason]}${path === '' ? '' : `: ${path}`} (at its octet ${at})`;
    }
  }
}

function resourceWords({ pattern, section }: Fault<'resource'>, { decision }: SignatureInspection): string {
  const url = decision.kind === 'not-asked' ? undefined : decision.claim?.url;
  if (url === undefined) return `${pattern} does not cover the URL`;
  const at = resourceReach(pattern, url, section);
  const text = urlText(url);
  const where = at === text.length ? 'the URL ends too early' : `from octet ${at} on, ${JSON.stringify(text.slice(at, at + 40))}`;
  return `${pattern} does not cover ${text}: its ${section} differs, ${where}`;
}

function instant(at: Instant): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? `${at / 1000} s after 1970` : date.toISOString();
}
