/**
 * What ACM knows of each certificate, everything but its key (edge/certificate-ports.ts keeps those), and how one is found and
 * changed. A change that edges must hear of, because distributions show the certificate, is one transaction with them.
 *
 *   requested  PENDING_VALIDATION -> ISSUED | FAILED | VALIDATION_TIMED_OUT        imported  ISSUED
 *   ISSUED becomes EXPIRED with time alone (statusOf)
 */
import type * as Sdk from '@aws-sdk/client-acm';
import type { KeyAlgorithm } from '../../../model/certificate.ts';
import type { Instant } from '../../../model/units.ts';
import type { ReferencedCertificate } from '../cloudfront/validate/references.ts';
import type { State } from '../../state/open-state.ts';
import type { Change, Collection, StoredResource } from '../../state/resources.ts';
import { ApiError } from '../wire/types.ts';
import type { CallContext } from '../wire/types.ts';
import type { CertificateFacts } from './read-certificate.ts';

/** A certificate that was issued or imported, as anybody may see it. */
export interface HeldCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM; '' when there is none. */
  readonly chain: string;
  readonly facts: CertificateFacts;
}

/** What RequestCertificate asked for. */
export interface RequestDetails {
  readonly validationMethod: 'DNS' | 'EMAIL';
  /** Domain name -> the domain whose owner is asked, where it is another. */
  readonly validationDomains: Readonly<Record<string, string>>;
  readonly idempotencyToken: string | undefined;
  readonly transparencyLogging: Sdk.CertificateTransparencyLoggingPreference;
}

/** How issuing or renewing goes. */
export interface Issuance {
  /** Attempts that failed, one after the other, since the last that did not. */
  readonly failures: number;
  /** Not before this is it tried again. */
  readonly nextAttempt: Instant;
  /** What the last attempt met, as a sentence; undefined when it succeeded. */
  readonly problem: string | undefined;
  readonly updatedAt: Instant;
}

export interface CertificateDocument {
  readonly region: string;
  readonly domainName: string;
  readonly names: readonly string[];
  readonly keyAlgorithm: KeyAlgorithm;
  readonly status: 'PENDING_VALIDATION' | 'ISSUED' | 'FAILED' | 'VALIDATION_TIMED_OUT';
  readonly failureReason?: Sdk.FailureReason | undefined;
  /** The version of its material in the store; 0 while there is none. */
  readonly version: number;
  readonly held: HeldCertificate | undefined;
  /** When the material was issued or imported. */
  readonly obtainedAt: Instant | undefined;
  /** Undefined: it was imported. */
  readonly request: RequestDetails | undefined;
  /** Who issued it, for people. */
  readonly source: string;
  readonly issuance: Issuance | undefined;
  /** RenewCertificate has asked for a new one before it is due. */
  readonly isRenewalAsked?: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export type StoredCertificate = StoredResource<CertificateDocument>;

/** The distributions that show certificates. */
export interface CertificateUsers {
  /** Their ARNs. */
  usersOfCertificate(arn: string): readonly string[];
  /** The same for every certificate that has users. */
  usersOfCertificates(): ReadonlyMap<string, readonly string[]>;
  /** Runs the change as one transaction with its users' new revisions, and publishes those. */
  changeCertificate<T>(arn: string, change: Change, run: () => T): T;
}

export interface CertificateRegistry {
  readonly certificates: Collection<CertificateDocument>;
  readonly arnOf: (stored: StoredCertificate) => string;
  /** By an ARN of the caller's region. Throws ResourceNotFoundException or InvalidArnException. */
  find(arn: string | undefined, call: Pick<CallContext, 'region'>): StoredCertificate;
  /** What CloudFront must know of it. */
  lookup(arn: string, now: Instant): ReferencedCertificate | undefined;
}

export function createCertificateRegistry(state: State, accountId: string): CertificateRegistry {
  const certificates = state.collection<CertificateDocument>('certificate');
  const byArn = (arn: string): StoredCertificate | undefined => {
    const parts = ARN.exec(arn);
    const stored = parts?.[2] === accountId ? certificates.get(parts[3]!) : undefined;
    return stored?.document.region === parts?.[1] ? stored : undefined;
  };
  return {
    certificates,
    arnOf: ({ id, document }) => `arn:aws:acm:${document.region}:${accountId}:certificate/${id}`,
    find(arn = '', { region }) {
      if (!ARN.test(arn)) throw new ApiError('InvalidArnException', `${arn} is not the ARN of a certificate.`, 400);
      const stored = byArn(arn);
      if (stored === undefined || stored.document.region !== region)
        throw new ApiError('ResourceNotFoundException', `Could not find certificate ${arn}.`, 400);
      return stored;
    },
    lookup(arn, now) {
      const stored = byArn(arn);
      if (stored === undefined) return undefined;
      const { id, document } = stored;
      const { version, names, keyAlgorithm } = document;
      const isIssued = statusOf(document, now) === 'ISSUED';
      const usages = document.held?.facts.extendedKeyUsages ?? [];
      const isForClients = usages.some(({ name }) => name === 'TLS_WEB_CLIENT_AUTHENTICATION');
      return { id, version, names, keyAlgorithm, isIssued, isForClients };
    },
  };
}

const ARN = /^arn:aws:acm:([a-z0-9-]+):(\d{12}):certificate\/([A-Za-z0-9-]+)$/;

export function statusOf({ status, held }: CertificateDocument, now: Instant): Sdk.CertificateStatus {
  return status === 'ISSUED' && held !== undefined && held.facts.notAfter <= now ? 'EXPIRED' : status;
}
