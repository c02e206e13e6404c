/**
 * Alternate domain names and the certificate they need. Facts: data plane 1.4, 10.4; aws-api B5.
 */
import { VIEWER_CERTIFICATE_KEYS } from '../../../../model/assumptions.ts';
import { coversAlias } from '../../../../model/certificate.ts';
import { DISTRIBUTION_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { CheckedCertificate, FilledConfig } from '../filled-config.ts';
import { firstRepeated, invalidArgument } from './references.ts';
import type { References } from './references.ts';

// CloudFront: `*` only as the whole leftmost label.
const ALIAS = /^(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const ACM_ARN = /^arn:aws:acm:([a-z0-9-]+):/;
const MORE =
  'For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements';

export function validateAliases(config: FilledConfig, references: References): void {
  const aliases = items(config.Aliases).map((alias) => alias.toLowerCase());
  if (aliases.length > DISTRIBUTION_QUOTAS.aliases) {
    throw new ApiError('TooManyDistributionCNAMEs', 'Your request contains more CNAMEs than are allowed per distribution.', 400);
  }
  const isOurs = (alias: string): boolean => alias.endsWith(`.${references.domainSuffix}`);
  if (firstRepeated(aliases) !== undefined || aliases.some((alias) => !ALIAS.test(alias) || isOurs(alias))) {
    throw invalidArgument('The parameter CNAME contains one or more parameters that are not valid.');
  }
  if (aliases.some((alias) => references.isAliasTaken(alias))) {
    throw new ApiError(
      'CNAMEAlreadyExists',
      'One or more of the CNAMEs you provided are already associated with a different resource.',
      409,
    );
  }
  validateViewerCertificate(config.ViewerCertificate, aliases, references);
}

function validateViewerCertificate(
  certificate: CheckedCertificate,
  aliases: readonly string[],
  references: Pick<References, 'certificate'>,
): void {
  const {
    ACMCertificateArn: acm,
    IAMCertificateId: iam,
    SSLSupportMethod: method,
    MinimumProtocolVersion: version,
  } = certificate;
  if (!acm && !iam) {
    if (aliases.length === 0) return;
    throw invalidCertificate(
      `To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name. ${MORE}`,
    );
  }
  if ((acm && iam) || certificate.CloudFrontDefaultCertificate) {
    throw invalidCertificate('Specify only one of ACMCertificateArn, IAMCertificateId and CloudFrontDefaultCertificate.');
  }
  // Ours: there is no IAM, so no certificate of its.
  const found = acm ? references.certificate(acm) : undefined;
  const region = ACM_ARN.exec(acm ?? '')?.[1];
  if (found === undefined || region !== 'us-east-1' || !found.isIssued || !VIEWER_CERTIFICATE_KEYS.includes(found.keyAlgorithm)) {
    throw invalidCertificate(
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    );
  }
  // Ours: a private authority's certificate covers a name as a public one's does; whom viewers trust is the operator's affair.
  if (!aliases.every((alias) => coversAlias(found.names, alias))) {
    throw invalidCertificate(
      `The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add. ${MORE}`,
    );
  }
  if (method === undefined) throw invalidArgument('The parameter SSLSupportMethod is required with a certificate of your own.');
  if (method === 'sni-only' && version === 'SSLv3') {
    throw new ApiError(
      'InvalidMinimumProtocolVersion',
      'The minimum protocol version specified is not valid: sni-only needs TLSv1 or later.',
      400,
    );
  }
}

function invalidCertificate(message: string): ApiError {
  return new ApiError('InvalidViewerCertificate', message, 400);
}
