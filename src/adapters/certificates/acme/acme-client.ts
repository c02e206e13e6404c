/**
 * The ACME protocol (RFC 8555), spoken by the library acme-client; here is what we ask of it: trust in a private directory, no retries
 * behind our back (decide-attempt.ts has the pauses), and problems that keep their type. docs/decisions/0007-acme.md.
 */
import { Agent } from 'node:https';
import type * as Acme from 'acme-client';
import { SECOND, type Duration } from '../../../model/units.ts';

export interface AcmeSettings {
  /** The directory's URL. */
  readonly directory: string;
  /** Whom the authority may write to. */
  readonly email: string | undefined;
  /** External account binding, where the authority asks for it. */
  readonly externalAccount: { readonly keyId: string; readonly hmacKey: string } | undefined;
  /** PEM: whom to trust for the directory's own certificate, beside the public authorities. */
  readonly authorities: readonly string[];
}

/** RFC 8555 6.7: what the authority has against a request. */
export class AcmeProblem extends Error {
  constructor(
    /** Without its prefix: `rejectedIdentifier`. */
    readonly type: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'AcmeProblem';
  }
}

export type AcmeClient = Acme.Client;

/** Ours: an authority that takes longer to answer one request is away. */
const REQUEST_LIMIT: Duration = 30 * SECOND;
const PREFIX = 'urn:ietf:params:acme:error:';

export interface AcmeLibrary {
  clientOf(accountKey: string, accountUrl: string | undefined): AcmeClient;
  /** A certificate signing request for these names, DER or PEM as the library likes it. */
  signRequest(names: readonly string[], key: string): Promise<Buffer>;
}

/** The library, read only when a certificate is wanted from such an authority. */
export async function loadAcmeLibrary({ directory, externalAccount, authorities }: AcmeSettings): Promise<AcmeLibrary> {
  const acme = await import('acme-client');
  const { defaults, interceptors } = acme.axios;
  defaults.timeout = REQUEST_LIMIT;
  if (authorities.length > 0) defaults.httpsAgent = new Agent({ ca: await withPublic(authorities), keepAlive: true });
  (defaults as { acmeSettings?: object }).acmeSettings = { retryMaxAttempts: 0, retryDefaultDelay: 0 };
  interceptors.response.use((response) => {
    const problem = problemIn(response.status, response.data);
    // RFC 8555 6.5: the library asks again with a fresh nonce.
    if (problem !== undefined && problem.type !== 'badNonce') throw problem;
    return response;
  });
  return {
    clientOf: (accountKey, accountUrl) =>
      new acme.Client({
        directoryUrl: directory,
        accountKey,
        ...(accountUrl !== undefined && { accountUrl }),
        ...(externalAccount && { externalAccountBinding: { kid: externalAccount.keyId, hmacKey: externalAccount.hmacKey } }),
      }),
    async signRequest(names, key) {
      const [first = ''] = names;
      // A common name holds 64 characters at most; the names that count are the alternative ones.
      const [, request] = await acme.crypto.createCsr(
        { ...(first.length <= 64 && { commonName: first }), altNames: [...names] },
        key,
      );
      return request;
    },
  };
}

/** An agent that is told of some authorities trusts no others. */
async function withPublic(authorities: readonly string[]): Promise<string[]> {
  const { rootCertificates } = await import('node:tls');
  return [...rootCertificates, ...authorities];
}

function problemIn(status: number, data: unknown): AcmeProblem | undefined {
  if (status < 400) return undefined;
  const { type = '', detail = `the authority answered ${status}` } = (typeof data === 'object' && data !== null ? data : {}) as {
    readonly type?: unknown;
    readonly detail?: unknown;
  };
  return new AcmeProblem(String(type).replace(PREFIX, ''), String(detail));
}
