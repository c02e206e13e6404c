/**
 * How ACM asks that a domain is the caller's: a CNAME record or mail to its owner, one entry for each name of the certificate. ACM user
 * guide, "DNS validation" and "Email validation". Ours: the records are told, because tools publish them, and nobody looks for them;
 * whether a certificate is issued is for its authority (issuance.ts).
 */
import type * as Sdk from '@aws-sdk/client-acm';
import { createHash } from 'node:crypto';
import type { CertificateDocument } from './certificate-registry.ts';

/** ACM: who is written to. */
const MAILBOXES = ['admin', 'administrator', 'hostmaster', 'postmaster', 'webmaster'];

/** Nothing for imported certificates. */
export function domainValidationOptions(document: CertificateDocument, accountId: string): Sdk.DomainValidation[] | undefined {
  const { request } = document;
  return request && document.names.map((name) => domainValidation(name, document, request, accountId));
}

function domainValidation(
  name: string,
  { status }: CertificateDocument,
  { validationMethod, validationDomains }: NonNullable<CertificateDocument['request']>,
  accountId: string,
): Sdk.DomainValidation {
  const validationDomain = validationDomains[name] ?? name;
  const common: Sdk.DomainValidation = {
    DomainName: name,
    ValidationDomain: validationDomain,
    ValidationStatus: status === 'ISSUED' ? 'SUCCESS' : status === 'PENDING_VALIDATION' ? 'PENDING_VALIDATION' : 'FAILED',
    ValidationMethod: validationMethod,
  };
  if (validationMethod === 'DNS') return { ...common, ResourceRecord: dnsRecord(name, accountId) };
  const domain = validationDomain.replace(/^\*\./, '');
  return { ...common, ValidationEmails: MAILBOXES.map((mailbox) => `${mailbox}@${domain}`) };
}

/** ACM: the same record for every certificate of an account that has the name, and for its wildcard. */
function dnsRecord(name: string, accountId: string): Sdk.ResourceRecord {
  const domain = name.replace(/^\*\./, '');
  const hash = (of: string): string => createHash('sha256').update(`${accountId} ${domain} ${of}`).digest('hex');
  const zone = hash('zone')
    .slice(0, 20)
    .replaceAll(/../g, (octet) => String.fromCharCode(97 + (Number.parseInt(octet, 16) % 26)));
  return {
    Name: `_${hash('name').slice(0, 32)}.${domain}.`,
    Type: 'CNAME',
    Value: `_${hash('value').slice(0, 32)}.${zone}.acm-validations.aws.`,
  };
}
