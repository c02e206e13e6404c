/**
 * RequestCertificate: what may be asked for, and what is remembered of it. ACM API reference. Ours: the local CA issues before the call
 * is answered, so that a tool that polls finds ISSUED at first sight; with an ACME authority the certificate is PENDING_VALIDATION
 * until that has answered (issuance.ts).
 */
import type * as Sdk from '@aws-sdk/client-acm';
import type { CertificateAuthority } from '../../../edge/certificate-ports.ts';
import { HOUR, type Duration, type Instant } from '../../../model/units.ts';
import { ApiError } from '../wire/types.ts';
import type { CertificateDocument, CertificateRegistry, RequestDetails, StoredCertificate } from './certificate-registry.ts';
import { withTags } from './certificate-tags.ts';

/** ACM: how long a token stands for the same request. */
const TOKEN_LIFETIME: Duration = HOUR;
const DOMAIN = /^(\*\.)?(((?!-)[a-z0-9-]{0,62}[a-z0-9])\.)+((?!-)[a-z0-9-]{1,62}[a-z0-9])$/;
/** ACM: what it issues; others can only be imported. */
const KEY_ALGORITHMS: readonly Sdk.KeyAlgorithm[] = ['RSA_2048', 'EC_prime256v1', 'EC_secp384r1'];

/** The new certificate as it is stored. Throws ApiError in ACM's words. */
export function acceptRequest(
  input: Sdk.RequestCertificateRequest,
  region: string,
  authority: Pick<CertificateAuthority, 'name' | 'refuses'>,
): CertificateDocument {
  refuseUnserved(input);
  const domainName = input.DomainName!.toLowerCase();
  const names = [...new Set([domainName, ...(input.SubjectAlternativeNames ?? []).map((name) => name.toLowerCase())])];
  const wrong = names.find((name) => name.length > 253 || !DOMAIN.test(name));
  if (wrong !== undefined)
    throw new ApiError('ValidationException', `${wrong} is not a domain name that a certificate can carry.`, 400);
  const refused = names.map((name) => authority.refuses(name)).find((why) => why !== undefined);
  if (refused !== undefined) throw parameter(refused);
  const keyAlgorithm = input.KeyAlgorithm ?? 'RSA_2048';
  if (!KEY_ALGORITHMS.includes(keyAlgorithm))
    throw parameter(`Certificates are requested with a key of ${KEY_ALGORITHMS.join(', ')}; ${keyAlgorithm} can be imported.`);
  return {
    region,
    domainName,
    names,
    keyAlgorithm,
    status: 'PENDING_VALIDATION',
    version: 0,
    held: undefined,
    obtainedAt: undefined,
    request: requestDetails(input, names),
    source: authority.name,
    issuance: undefined,
    tags: withTags({}, input.Tags),
  };
}

/** The certificate that the same call has made before, within the hour. */
export function earlierRequest(
  { certificates }: CertificateRegistry,
  asked: CertificateDocument,
  now: Instant,
): StoredCertificate | undefined {
  const token = asked.request?.idempotencyToken;
  if (token === undefined) return undefined;
  return certificates
    .list()
    .find(
      ({ created, document: { region, request, names } }) =>
        request?.idempotencyToken === token &&
        now - created < TOKEN_LIFETIME &&
        region === asked.region &&
        names.join(' ') === asked.names.join(' '),
    );
}

/** What would be given and ignored is refused instead. */
function refuseUnserved({ CertificateAuthorityArn, ManagedBy, Options, ValidationMethod }: Sdk.RequestCertificateRequest): void {
  const unserved = (what: string): ApiError => new ApiError('NotImplemented', `Warmfront does not serve ${what} yet.`, 501);
  if (CertificateAuthorityArn !== undefined) throw unserved('private certificate authorities');
  if (ManagedBy !== undefined) throw unserved('certificates that CloudFront manages (ManagedBy)');
  if (Options?.Export === 'ENABLED') throw unserved('certificates that can be exported');
  // ACM: for what CloudFront manages alone.
  if (ValidationMethod === 'HTTP') throw parameter('The validation method HTTP is for certificates that CloudFront manages.');
}

function requestDetails(input: Sdk.RequestCertificateRequest, names: readonly string[]): RequestDetails {
  const validationDomains = (input.DomainValidationOptions ?? []).map(({ DomainName, ValidationDomain }): [string, string] => {
    const [name, domain] = [DomainName!.toLowerCase(), ValidationDomain!.toLowerCase()];
    const isAbove = name === domain || name.endsWith(`.${domain}`);
    if (!names.includes(name) || !isAbove) {
      throw new ApiError(
        'InvalidDomainValidationOptionsException',
        `The validation domain ${domain} must be ${name} or a domain above it, and ${name} must be a name of the certificate.`,
        400,
      );
    }
    return [name, domain];
  });
  return {
    // ACM: whoever says nothing is asked by mail.
    validationMethod: input.ValidationMethod === 'DNS' ? 'DNS' : 'EMAIL',
    validationDomains: Object.fromEntries(validationDomains),
    idempotencyToken: input.IdempotencyToken,
    // oxlint-disable-next-line typescript/no-deprecated -- older tools still send and read it
    transparencyLogging: input.Options?.CertificateTransparencyLoggingPreference ?? 'ENABLED',
  };
}

function parameter(message: string): ApiError {
  return new ApiError('InvalidParameterException', message, 400);
}
