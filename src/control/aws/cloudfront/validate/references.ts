/**
 * What a configuration may point at, and how a *no* is said. Validation reads the world through this interface alone, so that
 * the handlers give it the stored resources and the test kit an empty account.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { ApiError } from '../../wire/types.ts';
import type { LambdaRelease } from '../../lambda/lambda-document.ts';
import type { KeyAlgorithm } from '../../../../model/certificate.ts';
import type { Defined } from '../filled-config.ts';

/** A certificate as ACM has it. */
export interface ReferencedCertificate {
  readonly id: string;
  readonly version: number;
  /** Lower case. */
  readonly names: readonly string[];
  readonly keyAlgorithm: KeyAlgorithm;
  /** ISSUED and not expired. */
  readonly isIssued: boolean;
  /** Made for TLS clients: extended key usage clientAuth. */
  readonly isForClients: boolean;
}

export interface References {
  /** `cloudfront.localhost` */
  readonly domainSuffix: string;
  hasCachePolicy(id: string): boolean;
  hasOriginRequestPolicy(id: string): boolean;
  hasResponseHeadersPolicy(id: string): boolean;
  hasOriginAccessIdentity(id: string): boolean;
  hasKeyGroup(id: string): boolean;
  hasTrustStore(id: string): boolean;
  hasFieldLevelEncryption(id: string): boolean;
  readonly originAccessControl: (id: string) => Defined<Sdk.OriginAccessControlConfig> | undefined;
  /** Whether the distribution may attach the policy: none may while it is being created, and only one primary may at a time. */
  continuousDeploymentPolicy(id: string): 'free' | 'attached' | 'unknown' | 'too-early';
  /** Whether a continuous deployment policy names it as its staging distribution. */
  readonly isInContinuousDeployment: boolean;
  /** The certificate with this ARN. */
  certificate(arn: string): ReferencedCertificate | undefined;
  /** Whether a CloudFront function of this ARN has been published. */
  hasLiveFunction(arn: string): boolean;
  /** The numbered version of a Lambda function with this ARN. */
  lambda(arn: string): LambdaRelease | undefined;
  /** Whether there is a web ACL of this ARN. */
  hasWebAcl(arn: string): boolean;
  /** Whether another distribution has this alias, lower case. */
  isAliasTaken(alias: string): boolean;
}

export function invalidArgument(message: string): ApiError {
  return new ApiError('InvalidArgument', message, 400);
}

export function invalidWebAclId(): ApiError {
  const message = 'A web ACL ID or web ACL ARN specified is not valid. To specify a web ACL created using AWS WAF, use its ARN.';
  return new ApiError('InvalidWebACLId', message, 400);
}

/** The first of the values that occurs twice. */
export function firstRepeated(values: readonly string[]): string | undefined {
  return values.find((value, index) => values.indexOf(value) !== index);
}
