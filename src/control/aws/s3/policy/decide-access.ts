/**
 * May this request be done? The bucket's policy, its Block Public Access settings and the ACL grants together, in S3's order.
 * S3 user guide, "How Amazon S3 authorizes a request" and "Blocking public access". A yes and a no both say why.
 * Which action an operation needs is a row of operations-table.ts; what a missing key answers is decided by the object operations.
 */
import type { AclGrant, PublicAccessBlock } from '../../../buckets/bucket-records.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import type { AccessRequest } from './evaluate-policy.ts';
import { isPublicPolicy } from './public-policy.ts';
import type { Policy } from './policy.ts';

/** S3: since April 2023 new buckets have all four on. */
export const DEFAULT_PUBLIC_ACCESS_BLOCK: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export interface AccessRules {
  readonly ownerAccountId: string;
  readonly policy: Policy | undefined;
  readonly publicAccessBlock: PublicAccessBlock | undefined;
  /** The bucket's for bucket actions, the object's for object actions; empty where ACLs are disabled. */
  readonly grants: readonly AclGrant[];
  /** What an ACL grant must give for this action; undefined when no ACL can. */
  readonly aclPermission: AclGrant['permission'] | undefined;
}

export type AccessDecision =
  | { readonly kind: 'allowed'; readonly reason: 'owner' | 'policy' | 'acl' }
  | { readonly kind: 'denied'; readonly reason: 'explicit-deny' | 'restrict-public-buckets' | 'no-allow' };

/** S3: the owner can always get back at its own policy. */
const OWNER_ALWAYS: ReadonlySet<string> = new Set(['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy']);

export function decideAccess(rules: AccessRules, request: AccessRequest): AccessDecision {
  const { principal } = request;
  const isOwner = principal.kind === 'account' && principal.accountId === rules.ownerAccountId;
  const verdict = evaluatePolicy(rules.policy, request);
  if (verdict === 'deny' && !(isOwner && OWNER_ALWAYS.has(request.action))) return { kind: 'denied', reason: 'explicit-deny' };
  if (isOwner) return { kind: 'allowed', reason: 'owner' };
  if (verdict === 'allow') {
    const isRestricted = rules.publicAccessBlock?.RestrictPublicBuckets === true && principal.kind !== 'service';
    if (isRestricted && rules.policy !== undefined && isPublicPolicy(rules.policy))
      return { kind: 'denied', reason: 'restrict-public-buckets' };
    return { kind: 'allowed', reason: 'policy' };
  }
  return rules.grants.some((grant) => grants(grant, rules, request))
    ? { kind: 'allowed', reason: 'acl' }
    : { kind: 'denied', reason: 'no-allow' };
}

function grants({ grantee, permission }: AclGrant, rules: AccessRules, { principal }: AccessRequest): boolean {
  if (rules.aclPermission === undefined || (permission !== rules.aclPermission && permission !== 'FULL_CONTROL')) return false;
  if (principal.kind === 'service' || grantee.kind === 'user') return false;
  if (rules.publicAccessBlock?.IgnorePublicAcls === true) return false;
  return grantee.kind === 'everyone' || principal.kind !== 'anonymous';
}
