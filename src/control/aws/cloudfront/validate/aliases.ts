/**
 * Alternate domain names and the certificate they need. Facts: data plane 1.4, 10.4; aws-api B5.
 */
import { CERTIFICATES_ARE_TAKEN_ON_TRUST } from '../../../../model/assumptions.ts';
import { DISTRIBUTION_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { CheckedCertificate, FilledConfig } from '../filled-config.ts';
import { firstRepeated, invalidArgument } from './references.ts';
import type { References } from './references.ts';

// CloudFront: `*` only as the whole leftmost label.
const ALIAS = /^(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const ACM_ARN = /^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate\/[A-Za-z0-9-]+$/;

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
  validateViewerCertificate(config.ViewerCertificate, aliases.length > 0);
}

function validateViewerCertificate(certificate: CheckedCertificate, hasAliases: boolean): void {
  const invalid = (message: string): ApiError => new ApiError('InvalidViewerCertificate', message, 400);
  const {
    ACMCertificateArn: acm,
    IAMCertificateId: iam,
    SSLSupportMethod: method,
    MinimumProtocolVersion: version,
  } = certificate;
  if (!acm && !iam) {
    if (!hasAliases) return;
    throw invalid(
      'To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name. For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements',
    );
  }
  if ((acm && iam) || certificate.CloudFrontDefaultCertificate) {
    throw invalid('Specify only one of ACMCertificateArn, IAMCertificateId and CloudFrontDefaultCertificate.');
  }
  const region = acm ? ACM_ARN.exec(acm)?.[1] : 'us-east-1';
  if (region !== 'us-east-1' || !CERTIFICATES_ARE_TAKEN_ON_TRUST) {
    throw invalid(
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
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
