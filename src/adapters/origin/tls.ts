/**
 * TLS towards origins. CloudFront (facts 8.1, 3.5, 10.4): the server name is the Host we ask for, unless a function says another one; OriginSslProtocols names the oldest
 * protocol, and with it the ciphers; the certificate is judged in judge-certificate.ts. The trusted CAs are Mozilla's, the system's and
 * those the operator adds. Sessions are resumed where nothing that was checked would be checked otherwise (tls-sessions.ts).
 */
import { isIP } from 'node:net';
import { connect, createSecureContext, getCACertificates, rootCertificates } from 'node:tls';
import type { SecureContext, SecureVersion, TLSSocket } from 'node:tls';
import type { Clock, OriginTarget } from '../../edge/ports.ts';
import type { CertificateVersion } from '../../model/certificate.ts';
import { OLD_ORIGIN_CIPHERS, ORIGIN_CIPHERS } from '../../tables/origin-ciphers.ts';
import { judgeCertificate } from './judge-certificate.ts';
import type { Route } from './resolve-origin.ts';
import { withoutBrackets } from './resolve-origin.ts';
import { TlsSessions } from './tls-sessions.ts';

/** What a connection promises about its TLS; part of the pool's key. */
export interface TlsIdentity {
  /** Undefined when the Host is an address: RFC 6066 3 allows names only. */
  readonly serverName: string | undefined;
  /** The certificate must cover one of these. */
  readonly acceptedNames: readonly string[];
  readonly minVersion: SecureVersion;
  /** What we show of ourselves. */
  readonly clientCertificate: CertificateVersion | undefined;
}

/** A certificate of ours with its chain and its key, both PEM. Rejects, in words for the operator, when there is none. */
export type ReadClientCertificate = (certificate: CertificateVersion) => Promise<{ readonly cert: string; readonly key: string }>;

/** Oldest first. SSLv3 is not spoken by our TLS library; an origin that lists it gets the next better one. */
const VERSIONS: readonly (readonly [setting: string, version: SecureVersion])[] = [
  ['SSLv3', 'TLSv1'],
  ['TLSv1', 'TLSv1'],
  ['TLSv1.1', 'TLSv1.1'],
  ['TLSv1.2', 'TLSv1.2'],
  ['TLSv1.3', 'TLSv1.3'],
];
/** CloudFront: S3 origins have no such setting; S3 itself refuses anything older. */
const DEFAULT_MIN_VERSION: SecureVersion = 'TLSv1.2';
const OLD_VERSIONS: ReadonlySet<SecureVersion> = new Set(['TLSv1', 'TLSv1.1']);

export function tlsIdentity(hostname: string, hostField: string, route: Route, target: OriginTarget): TlsIdentity {
  const hostName = withoutPort(hostField);
  const configured = target.kind.kind === 'custom' ? target.kind.sslProtocols : [];
  // CloudFront: OriginSslProtocols names the oldest that is allowed; newer ones are used when the origin offers them.
  const oldest = VERSIONS.find((version) => configured.includes(version[0]));
  const serverName = target.tlsServerName ?? hostName;
  // Ours: an operator who overrides an origin with an https address expects that address's own certificate to do.
  const usual = [withoutBrackets(hostname), hostName, serverName, withoutBrackets(route.host)];
  return {
    serverName: isIP(serverName) === 0 ? serverName : undefined,
    acceptedNames: target.certificateNames ?? [...new Set(usual)],
    minVersion: oldest?.[1] ?? DEFAULT_MIN_VERSION,
    clientCertificate: target.clientCertificate,
  };
}

/** As text, for keys: the same where everything that was checked, and shown, is the same. */
export function tlsKey(
  { serverName, minVersion, acceptedNames, clientCertificate: shown }: TlsIdentity,
  { tlsVerify }: Route,
): string {
  const own = shown === undefined ? '' : `${shown.id}/${shown.version}`;
  return [serverName ?? '', minVersion, String(tlsVerify), own, ...acceptedNames].join(' ');
}

/** One TLS connection to be made. */
export interface TlsDialling {
  readonly route: Route;
  readonly identity: TlsIdentity;
  /** Names the place and all that is checked there: who has the same may resume each other's sessions. */
  readonly key: string;
  readonly context: SecureContext;
}

export interface TlsDialler {
  /** What connections of this identity are made with. Rejects, in words for the operator, when our certificate cannot be read. */
  context(identity: TlsIdentity): SecureContext | Promise<SecureContext>;
  /** Nothing may be sent before judge() has been asked. */
  connect(address: string, dialling: TlsDialling): TLSSocket;
  /** Once the handshake is done: why this connection may not be used; undefined when it may. */
  judge(socket: TLSSocket, dialling: TlsDialling): string | undefined;
  /** The handshake failed: no session that led to it is offered again. */
  failed(dialling: TlsDialling): void;
}

export interface TlsDiallerOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** PEM certificates of CAs beside the usual ones. */
  readonly extraCa: readonly string[];
  readonly clientCertificate: ReadClientCertificate;
}

/** Ours: contexts with client certificates that are kept made; those of versions that have been replaced go first. */
const MOST_CONTEXTS = 256;

/** Trusts the usual CAs and those given; throws when one of them cannot be read. */
export function createTlsDialler({ clock, extraCa, clientCertificate }: TlsDiallerOptions): TlsDialler {
  const sessions = new TlsSessions(clock);
  const contexts = new Map<string, SecureContext>();
  const ca = [...new Set([...rootCertificates, ...getCACertificates('system'), ...extraCa])];

  function nameOf({ minVersion, clientCertificate: shown }: ContextTerms): string {
    return shown === undefined ? minVersion : `${minVersion} ${shown.id}/${shown.version}`;
  }

  function make(terms: ContextTerms, own: { readonly cert?: string; readonly key?: string }): SecureContext {
    const { minVersion } = terms;
    const ciphers = OLD_VERSIONS.has(minVersion) ? [...ORIGIN_CIPHERS, ...OLD_ORIGIN_CIPHERS] : ORIGIN_CIPHERS;
    const context = createSecureContext({ ca, minVersion, ciphers: ciphers.join(':'), ...own });
    contexts.set(nameOf(terms), context);
    for (const oldest of contexts.keys()) {
      if (contexts.size <= MOST_CONTEXTS) break;
      contexts.delete(oldest);
    }
    return context;
  }

  // A certificate that cannot be read is found at start, not at the first request.
  make({ minVersion: DEFAULT_MIN_VERSION, clientCertificate: undefined }, {});

  return {
    context(identity) {
      const known = contexts.get(nameOf(identity));
      if (known !== undefined) return known;
      const { clientCertificate: shown } = identity;
      return shown === undefined ? make(identity, {}) : clientCertificate(shown).then((own) => make(identity, own));
    },
    connect(address, { route, identity, key, context }) {
      const offered = sessions.offered(key);
      const socket = connect({
        host: address,
        port: route.port,
        ...(identity.serverName === undefined ? {} : { servername: identity.serverName }),
        ...(offered === undefined ? {} : { session: offered.session }),
        secureContext: context,
        // The library verifies the chain all the same; what it found is judged, with the names, in judge().
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
        ALPNProtocols: ['http/1.1'],
      });
      socket.on('session', (session: Buffer) => {
        const isResumed = offered !== undefined && socket.isSessionReused();
        sessions.keep(key, session, isResumed ? offered.verifiedAt : clock.now());
      });
      return socket;
    },
    judge: (socket, { route, identity }) =>
      route.tlsVerify ? judgeCertificate(socket, identity.acceptedNames, clock.now()) : undefined,
    failed: ({ key }) => sessions.forget(key),
  };
}

type ContextTerms = Pick<TlsIdentity, 'minVersion' | 'clientCertificate'>;

function withoutPort(hostField: string): string {
  return withoutBrackets(hostField.replace(/:[0-9]*$/, ''));
}
