/**
 * Certificates: import, request, read, list, renew, change, delete. ACM API reference. What may be imported is judged in
 * check-import.ts, what may be requested in request-certificate.ts; tags and the account's configuration are beside.
 */
import type * as Sdk from '@aws-sdk/client-acm';
import { randomUUID } from 'node:crypto';
import type { CertificateAuthority } from '../../../edge/certificate-ports.ts';
import type { Instant } from '../../../model/units.ts';
import { changeOf } from '../change-of.ts';
import { ApiError, type CallContext, type Handlers } from '../wire/types.ts';
import type { CertificateDocument, CertificateRegistry, CertificateUsers, StoredCertificate } from './certificate-registry.ts';
import { certificateDetail, certificateSummary, isRenewable } from './certificate-shapes.ts';
import { withTags } from './certificate-tags.ts';
import { checkImport, checkReplacement, type CheckedCertificate } from './check-import.ts';
import type { Issuance } from './issuance.ts';
import { listCertificates } from './list-certificates.ts';
import type { MaterialVersions } from './material-versions.ts';
import { acceptRequest, earlierRequest } from './request-certificate.ts';

export interface CertificateHandlersOptions {
  readonly registry: CertificateRegistry;
  readonly users: CertificateUsers;
  readonly versions: MaterialVersions;
  readonly issuance: Issuance;
  readonly authority: CertificateAuthority;
  readonly accountId: string;
}

/** ACM: certificates of an account in a region. */
const MOST_CERTIFICATES = 2500;

export function certificateHandlers({ registry, users, versions, issuance, authority, accountId }: CertificateHandlersOptions) {
  const { certificates } = registry;
  const inRegion = ({ region }: CallContext): readonly StoredCertificate[] =>
    certificates.list().filter(({ document }) => document.region === region);
  const placeOf = (stored: StoredCertificate, now: Instant) => {
    const arn = registry.arnOf(stored);
    return { arn, accountId, users: users.usersOfCertificate(arn), now };
  };

  function insert(id: string, document: CertificateDocument, call: CallContext): string {
    if (inRegion(call).length >= MOST_CERTIFICATES)
      throw new ApiError(
        'LimitExceededException',
        `The account has ${MOST_CERTIFICATES} certificates in ${call.region}, the most there may be.`,
        400,
      );
    return registry.arnOf(certificates.insert({ id, name: id, etag: id, document }, changeOf(call)));
  }

  async function importNew(checked: CheckedCertificate, tags: Sdk.Tag[] | undefined, call: CallContext): Promise<string> {
    const id = randomUUID();
    const document: CertificateDocument = {
      ...importedFrom(checked, call.now),
      region: call.region,
      status: 'ISSUED',
      version: 1,
      held: { certificate: checked.material.certificate, chain: checked.material.chain, facts: checked.facts },
      request: undefined,
      source: 'imported',
      issuance: undefined,
      tags: withTags({}, tags),
    };
    let arn = '';
    await versions.first(id, checked.material, () => (arn = insert(id, document, call)));
    return arn;
  }

  async function importAgain(current: StoredCertificate, checked: CheckedCertificate, call: CallContext): Promise<string> {
    const { request, held } = current.document;
    const arn = registry.arnOf(current);
    if (request !== undefined || held === undefined)
      throw new ApiError(
        'ValidationException',
        `The certificate ${arn} was requested, not imported; it cannot be imported again.`,
        400,
      );
    checkReplacement(checked.facts, held.facts);
    const isReplaced = await versions.replace(current.id, checked.material, importedFrom(checked, call.now), changeOf(call));
    // Something newer came meanwhile, or it was deleted: then it is not found.
    if (!isReplaced) registry.find(arn, call);
    return arn;
  }

  return {
    async ImportCertificate({ CertificateArn, Certificate, PrivateKey, CertificateChain, Tags }, call) {
      const current = CertificateArn === undefined ? undefined : registry.find(CertificateArn, call);
      if (current !== undefined && Tags !== undefined)
        throw new ApiError('ValidationException', 'Tagging is not permitted on re-import.', 400);
      const given = { certificate: Certificate!, key: PrivateKey!, chain: CertificateChain };
      const checked = checkImport(given, call.now);
      const arn = current === undefined ? importNew(checked, Tags, call) : importAgain(current, checked, call);
      return { CertificateArn: await arn };
    },
    async RequestCertificate(input, call) {
      const document = acceptRequest(input, call.region, authority);
      const earlier = earlierRequest(registry, document, call.now);
      if (earlier !== undefined) return { CertificateArn: registry.arnOf(earlier) };
      const id = randomUUID();
      const arn = insert(id, document, call);
      if (authority.isLocal) await issuance.attempt(id);
      else issuance.look();
      return { CertificateArn: arn };
    },
    DescribeCertificate({ CertificateArn }, call) {
      const stored = registry.find(CertificateArn, call);
      return { Certificate: certificateDetail(stored, placeOf(stored, call.now)) };
    },
    GetCertificate({ CertificateArn }, call) {
      const { held } = registry.find(CertificateArn, call).document;
      if (held === undefined)
        throw new ApiError('RequestInProgressException', `The certificate ${CertificateArn} has not been issued.`, 400);
      return { Certificate: held.certificate, ...(held.chain !== '' && { CertificateChain: held.chain }) };
    },
    ListCertificates(input, call) {
      const allUsers = users.usersOfCertificates();
      return listCertificates(inRegion(call), input, (stored) => {
        const arn = registry.arnOf(stored);
        return certificateSummary(stored, { arn, accountId, users: allUsers.get(arn) ?? [], now: call.now });
      });
    },
    DeleteCertificate({ CertificateArn }, call) {
      const stored = registry.find(CertificateArn, call);
      if (users.usersOfCertificate(CertificateArn!).length > 0) {
        const message = `Certificate ${CertificateArn} in account ${accountId} is in use.`;
        throw new ApiError('ResourceInUseException', message, 400);
      }
      certificates.remove(stored, changeOf(call));
      versions.drop(stored.id);
      issuance.abandon(stored.id);
      return {};
    },
    async RenewCertificate({ CertificateArn }, call) {
      const stored = registry.find(CertificateArn, call);
      if (!isRenewable(stored.document))
        throw new ApiError('ValidationException', `The certificate ${CertificateArn} is not eligible for renewal.`, 400);
      const { issuance: last, ...document } = stored.document;
      const asked = { ...document, issuance: last && { ...last, nextAttempt: 0 }, isRenewalAsked: true };
      certificates.update(stored, { etag: stored.etag, document: asked }, changeOf(call));
      if (authority.isLocal) await issuance.attempt(stored.id);
      else issuance.look();
      return {};
    },
    UpdateCertificateOptions({ CertificateArn, Options }, call) {
      const stored = registry.find(CertificateArn, call);
      const { request } = stored.document;
      if (request === undefined)
        throw new ApiError('InvalidStateException', `The certificate ${CertificateArn} was imported; it has no options.`, 400);
      if (Options?.Export === 'ENABLED')
        throw new ApiError('NotImplemented', 'Warmfront does not serve certificates that can be exported yet.', 501);
      // oxlint-disable-next-line typescript/no-deprecated -- older tools still send and read it
      const transparencyLogging = Options?.CertificateTransparencyLoggingPreference ?? request.transparencyLogging;
      const document = { ...stored.document, request: { ...request, transparencyLogging } };
      certificates.update(stored, { etag: stored.etag, document }, changeOf(call));
      return {};
    },
  } satisfies Handlers<typeof Sdk>;
}

function importedFrom({ facts }: CheckedCertificate, now: Instant) {
  const { domainName, names, keyAlgorithm } = facts;
  return { domainName, names, keyAlgorithm, obtainedAt: now };
}
