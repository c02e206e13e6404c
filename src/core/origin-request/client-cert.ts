/**
 * The Client-Cert field that an origin gets of a viewer's certificate which nobody at the edge has judged (viewer mTLS in passthrough).
 * RFC 9440; facts 10.5. Its chain (Client-Cert-Chain) is not known here: docs/guides/limits.md.
 */
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { ViewerRequest } from '../request.ts';

/** What only the edge says where viewers are asked for certificates. RFC 9440 2.4: a viewer's own are dropped. */
const CLIENT_CERT_FIELDS: ReadonlySet<string> = new Set(['client-cert', 'client-cert-chain']);

export function isClientCertField({ tls }: Pick<CompiledDistribution, 'tls'>, name: string): boolean {
  return tls.clientCertificates !== undefined && CLIENT_CERT_FIELDS.has(name);
}

/** RFC 9440 2.1: the DER of the certificate between colons; undefined where none goes to the origin. */
export function clientCert(
  { tls }: Pick<CompiledDistribution, 'tls'>,
  behavior: Pick<CompiledCacheBehavior, 'origin'>,
  request: Pick<ViewerRequest, 'tls'>,
): string | undefined {
  const shown = request.tls?.clientCertificate;
  if (shown === undefined || tls.clientCertificates?.mode !== 'passthrough') return undefined;
  if (!behavior.origin.passes('client-cert')) return undefined;
  return `:${shown.pem.replaceAll(/-----[A-Z ]+-----|\s/g, '')}:`;
}
