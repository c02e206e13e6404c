/**
 * What a bucket policy says about one request. IAM user guide, "Policy evaluation logic": an explicit deny wins, then any allow;
 * neither is silence. What silence means (the owner may, others need an ACL) and Block Public Access are decided in decide-access.ts.
 */
import { accountCanonicalUserId, oaiArn, oaiCanonicalUserId } from '../../canonical-user.ts';
import type { Principal } from '../../wire/types.ts';
import { holdsCondition } from './conditions.ts';
import type { RequestFacts } from './conditions.ts';
import type { Policy, PrincipalPattern, Statement } from './policy.ts';
import { matchesWildcard } from './wildcard.ts';

export interface AccessRequest {
  readonly principal: Principal;
  /** `s3:GetObject` */
  readonly action: string;
  /** `arn:aws:s3:::bucket` or `arn:aws:s3:::bucket/key` */
  readonly resource: string;
  readonly facts: RequestFacts;
}

export type PolicyVerdict = 'allow' | 'deny' | 'silent';

export function evaluatePolicy(policy: Policy | undefined, request: AccessRequest): PolicyVerdict {
  const meets = (policy?.statements ?? []).filter((statement) => meetsStatement(statement, request));
  if (meets.some((statement) => statement.effect === 'Deny')) return 'deny';
  return meets.length > 0 ? 'allow' : 'silent';
}

function meetsStatement({ principals, actions, resources, conditions }: Statement, request: AccessRequest): boolean {
  const { principal, resource, facts } = request;
  const action = request.action.toLowerCase();
  return (
    principals.patterns.some((pattern) => isPrincipal(pattern, principal)) !== principals.negated &&
    actions.patterns.some((pattern) => matchesWildcard(pattern, action)) !== actions.negated &&
    resources.patterns.some((pattern) => matchesWildcard(pattern, resource)) !== resources.negated &&
    conditions.every((condition) => holdsCondition(condition, facts))
  );
}

function isPrincipal(pattern: PrincipalPattern, principal: Principal): boolean {
  // IAM: `*` means everybody, signed or not, but never an AWS service.
  if (pattern.kind === 'everyone') return principal.kind !== 'service';
  switch (principal.kind) {
    case 'anonymous':
      return false;
    case 'service':
      return pattern.kind === 'service' && pattern.value === principal.service;
    case 'origin-access-identity':
      return pattern.kind === 'canonical-user'
        ? pattern.value === oaiCanonicalUserId(principal.id)
        : pattern.kind === 'aws' && pattern.value === oaiArn(principal.id);
    case 'account':
      if (pattern.kind === 'canonical-user') return pattern.value === accountCanonicalUserId(principal.accountId);
      return (
        pattern.kind === 'aws' &&
        [principal.accountId, `arn:aws:iam::${principal.accountId}:root`, principal.arn].includes(pattern.value)
      );
  }
}

/** The condition keys every request has, for its principal and its transport. S3's own keys are added by the caller. */
export function principalFacts(principal: Principal): readonly (readonly [string, readonly string[]])[] {
  switch (principal.kind) {
    case 'account':
      return [
        ['aws:principalaccount', [principal.accountId]],
        ['aws:principalarn', [principal.arn]],
      ];
    case 'service':
      return [
        ['aws:sourcearn', [principal.sourceArn]],
        ['aws:sourceaccount', [principal.sourceAccount]],
        ['aws:principalservicename', [principal.service]],
        ['aws:principalisawsservice', ['true']],
      ];
    case 'origin-access-identity':
    case 'anonymous':
      return [];
  }
}
