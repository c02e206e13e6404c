/**
 * The bundle of a trust store: PEM text that is nothing but certificates of authorities. Facts: data plane 10.5, 14. Ours: it is judged
 * when it is given, so that a trust store is `active` or does not exist. Where bundles are read from: read-bundle.ts.
 */
import { X509Certificate } from 'node:crypto';
import { pemBlocks } from '../../../../model/pem-blocks.ts';
import { TRUST_STORE_QUOTAS } from '../../../../tables/quotas.ts';
import type { ApiError } from '../../wire/types.ts';
import { invalidArgument } from '../validate/references.ts';

/** Each certificate as PEM, once, in their order. Throws InvalidArgument, which says which certificate is wrong with what. */
export function acceptBundle(text: string): readonly string[] {
  const blocks = pemBlocks(text);
  if (blocks.length === 0) throw refused('it holds no certificate in PEM');
  if (blocks.length > TRUST_STORE_QUOTAS.certificates) {
    throw refused(`it holds ${blocks.length} certificates, and may hold ${TRUST_STORE_QUOTAS.certificates}`);
  }
  const accepted = blocks.map((block, index) => acceptAuthority(block, index + 1));
  return [...new Set(accepted)];
}

function acceptAuthority(block: string, number: number): string {
  if (!block.startsWith('-----BEGIN CERTIFICATE-----')) throw refused(`its block ${number} is no certificate`);
  const certificate = parsed(block);
  if (certificate === undefined) throw refused(`its certificate ${number} cannot be read`);
  if (!certificate.ca) throw refused(`its certificate ${number} (${certificate.subject.replaceAll('\n', ', ')}) is no CA's`);
  return block.replaceAll('\r\n', '\n');
}

function parsed(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}

export function refused(reason: string): ApiError {
  return invalidArgument(`The CA certificates bundle is not valid: ${reason}.`);
}
