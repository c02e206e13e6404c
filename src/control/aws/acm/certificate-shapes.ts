/**
 * A stored certificate as ACM shows it: in full (CertificateDetail) and in lists (CertificateSummary). ACM API reference.
 */
import type * as Sdk from '@aws-sdk/client-acm';
import type { Instant } from '../../../model/units.ts';
import { statusOf, type CertificateDocument, type StoredCertificate } from './certificate-registry.ts';
import { domainValidationOptions } from './validation-records.ts';

interface Place {
  readonly arn: string;
  readonly accountId: string;
  readonly users: readonly string[];
  readonly now: Instant;
}

export function certificateDetail(stored: StoredCertificate, { arn, accountId, users, now }: Place): Sdk.CertificateDetail {
  const { document } = stored;
  const { held, request, names, failureReason } = document;
  const validations = domainValidationOptions(document, accountId);
  return {
    ...common(stored, arn, now),
    SubjectAlternativeNames: [...names],
    ...(validations && { DomainValidationOptions: validations }),
    ...(held && {
      Serial: held.facts.serial,
      Subject: held.facts.subject,
      Issuer: held.facts.issuer,
      SignatureAlgorithm: held.facts.signatureAlgorithm,
      KeyUsages: held.facts.keyUsages.map((Name) => ({ Name })),
      ExtendedKeyUsages: held.facts.extendedKeyUsages.map(({ name, oid }) => ({ Name: name, OID: oid })),
    }),
    InUseBy: [...users],
    ...(failureReason && { FailureReason: failureReason }),
    ...renewalSummary(document, validations),
    // ACM: imported certificates are not logged.
    // oxlint-disable-next-line typescript/no-deprecated -- older tools still send and read it
    Options: { CertificateTransparencyLoggingPreference: request?.transparencyLogging ?? 'DISABLED' },
  };
}

export function certificateSummary(stored: StoredCertificate, { arn, users, now }: Place): Sdk.CertificateSummary {
  const { held, names } = stored.document;
  return {
    ...common(stored, arn, now),
    SubjectAlternativeNameSummaries: names.slice(0, MOST_NAMES),
    HasAdditionalSubjectAlternativeNames: names.length > MOST_NAMES,
    KeyUsages: [...(held?.facts.keyUsages ?? [])],
    ExtendedKeyUsages: (held?.facts.extendedKeyUsages ?? []).map(({ name }) => name),
    InUse: users.length > 0,
    Exported: false,
  };
}

/** ACM: a summary names so many. */
const MOST_NAMES = 100;

function common({ created, document }: StoredCertificate, arn: string, now: Instant) {
  const { domainName, obtainedAt, held, request, keyAlgorithm } = document;
  const obtained = obtainedAt === undefined ? undefined : new Date(obtainedAt);
  return {
    CertificateArn: arn,
    ...(domainName !== '' && { DomainName: domainName }),
    Status: statusOf(document, now),
    Type: request === undefined ? ('IMPORTED' as const) : ('AMAZON_ISSUED' as const),
    KeyAlgorithm: keyAlgorithm,
    // ACM: an imported certificate is renewed by whoever imported it.
    RenewalEligibility: isRenewable(document) ? ('ELIGIBLE' as const) : ('INELIGIBLE' as const),
    CreatedAt: new Date(created),
    ...(obtained && (request === undefined ? { ImportedAt: obtained } : { IssuedAt: obtained })),
    ...(held && { NotBefore: new Date(held.facts.notBefore), NotAfter: new Date(held.facts.notAfter) }),
  };
}

export function isRenewable({ request, held }: CertificateDocument): boolean {
  return request !== undefined && held !== undefined;
}

/** ACM: told from the first attempt at renewal on. */
function renewalSummary(
  document: CertificateDocument,
  validations: Sdk.DomainValidation[] | undefined,
): Pick<Sdk.CertificateDetail, 'RenewalSummary'> {
  const { issuance, version, isRenewalAsked } = document;
  if (!isRenewable(document) || issuance === undefined) return {};
  const isUnderWay = issuance.problem !== undefined || isRenewalAsked === true;
  if (!isUnderWay && version < 2) return {};
  return {
    RenewalSummary: {
      RenewalStatus: isUnderWay ? 'PENDING_AUTO_RENEWAL' : 'SUCCESS',
      DomainValidationOptions: validations,
      ...(issuance.problem !== undefined && { RenewalStatusReason: 'OTHER' as const }),
      UpdatedAt: new Date(issuance.updatedAt),
    },
  };
}
