/**
 * Which certificate a viewer is shown, and by which terms: by the server name it asks for (SNI, RFC 6066 3). Certificates change while
 * connections live: the next handshake sees the new ones. What the terms are is the edge's; how they are kept to, tcp-listener.ts.
 */
import { createSecureContext } from 'node:tls';
import type { ServerCertificate } from '../../../edge/certificate-ports.ts';
import type { TlsTerms } from '../../../model/tls-terms.ts';

/** The runtime's own handle of a TLS context, which its sockets take. */
export type TlsContext = object;

export interface ServerNames {
  /** Undefined: nobody has this name; the listener's first certificate stands in. It does so under the name's terms where it has any. */
  contextFor(serverName: string, terms: TlsTerms | undefined): TlsContext | undefined;
  replace(certificates: readonly ServerCertificate[]): void;
}

/**
 * A suite that needs a key agreed on beforehand, which nobody has: up to TLS 1.2 no suite is left, so that such a viewer gets an alert
 * instead of a connection. The suites of TLS 1.3 are not chosen by this list.
 */
const NO_SUITE = 'ECDHE-PSK-AES128-CBC-SHA';

/** Ours: more than there can be security policies and trust stores at a time. */
const MOST_CONTEXTS = 512;

export function createServerNames(certificates: readonly ServerCertificate[]): ServerNames {
  let [first] = certificates;
  let byName = index(certificates);
  /** Contexts are costly, and shared by the connections of one certificate and one set of terms. */
  let contexts = new Map<ServerCertificate, Map<string, TlsContext>>();

  return {
    contextFor(serverName, terms) {
      const certificate = byName.get(serverName) ?? byName.get(serverName.replace(/^[^.]+/, '*')) ?? (terms && first);
      if (certificate === undefined) return undefined;
      const known = contexts.get(certificate) ?? new Map<string, TlsContext>();
      contexts.set(certificate, known);
      // Terms of former snapshots are among them.
      if (known.size === MOST_CONTEXTS) known.clear();
      const authorities = terms?.clientCertificates?.authorities ?? [];
      const key = terms === undefined ? '' : `${terms.ciphers.join(':')}\n${terms.clientCertificates?.trustStore}`;
      const context = known.get(key) ?? makeContext(certificate, terms, authorities);
      known.set(key, context);
      return context;
    },
    replace(next) {
      [first] = next;
      byName = index(next);
      contexts = new Map();
    },
  };
}

function index(certificates: readonly ServerCertificate[]): ReadonlyMap<string, ServerCertificate> {
  const byName = new Map<string, ServerCertificate>();
  // The first of a name counts.
  for (const certificate of certificates) {
    const name = certificate.serverName.toLowerCase();
    if (!byName.has(name)) byName.set(name, certificate);
  }
  return byName;
}

function makeContext({ cert, key }: ServerCertificate, terms: TlsTerms | undefined, authorities: readonly string[]): TlsContext {
  const ciphers = terms?.ciphers.length === 0 ? NO_SUITE : terms?.ciphers.join(':');
  const secure = createSecureContext({
    cert,
    key,
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(authorities.length === 0 ? {} : { ca: [...authorities] }),
  });
  return secure.context as TlsContext;
}
