/**
 * Canonical user ids: how S3 names owners in ACLs and origin access identities in bucket policies. CloudFront shows them, S3 evaluates
 * them, so both derive them here. CloudFront: S3CanonicalUserId has 96 hex digits; S3: an account's has 64.
 */
import { createHash } from 'node:crypto';

/** The S3CanonicalUserId of a CloudFront origin access identity. */
export function oaiCanonicalUserId(oaiId: string): string {
  return createHash('sha512').update(`warmfront-oai:${oaiId}`).digest('hex').slice(0, 96);
}

/** The canonical user id of an account. */
export function accountCanonicalUserId(accountId: string): string {
  return createHash('sha256').update(`warmfront-account:${accountId}`).digest('hex');
}

/** How bucket policies name an origin access identity by ARN. */
export function oaiArn(oaiId: string): string {
  return `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${oaiId}`;
}
