/**
 * TLS towards origins. CloudFront (facts 8.1, 3.5): the server name is the Host we ask for; the certificate must come with its chain
 * from a trusted CA, be in date, and cover the origin's domain name or that Host. The trusted CAs are Mozilla's, the system's and
 * those the operator adds.
 */
import { isIP } from 'node:net';
import { checkServerIdentity, connect, createSecureContext, getCACertificates, rootCertificates } from 'node:tls';
import type { PeerCertificate, SecureContext, SecureVersion, TLSSocket } from 'node:tls';
import type { OriginTarget } from '../../edge/ports.ts';
import type { Route } from './resolve-origin.ts';
import { withoutBrackets } from './resolve-origin.ts';

/** What a connection promises about its TLS; part of the pool's key. */
export interface TlsIdentity {
  /** Undefined when the Host is an address: RFC 6066 3 allows names only. */
  readonly serverName: string | undefined;
  /** The certificate must cover one of these. */
  readonly acceptedNames: readonly string[];
  readonly minVersion: SecureVersion;
}

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

export function tlsIdentity(hostname: string, hostField: string, route: Route, target: OriginTarget): TlsIdentity {
  const hostName = withoutPort(hostField);
  const configured = target.kind.kind === 'custom' ? target.kind.sslProtocols : [];
  // CloudFront: OriginSslProtocols names the oldest that is allowed; newer ones are used when the origin offers them.
  const oldest = VERSIONS.find((version) => configured.includes(version[0]));
  return {
    serverName: isIP(hostName) === 0 ? hostName : undefined,
    // Ours: an operator who overrides an origin with an https address expects that address's own certificate to do.
    acceptedNames: [...new Set([withoutBrackets(hostname), hostName, withoutBrackets(route.host)])],
    minVersion: oldest?.[1] ?? DEFAULT_MIN_VERSION,
  };
}

export type TlsConnect = (address: string, route: Route, identity: TlsIdentity) => TLSSocket;

/** Opens TLS connections that trust the usual CAs and these PEM certificates; throws when one of them cannot be read. */
export function createTlsConnect(extraCa: readonly string[]): TlsConnect {
  const contexts = new Map<SecureVersion, SecureContext>();
  const contextFor = (minVersion: SecureVersion): SecureContext => {
    const known = contexts.get(minVersion);
    if (known !== undefined) return known;
    const ca = [...new Set([...rootCertificates, ...getCACertificates('system'), ...extraCa])];
    const context = createSecureContext({ ca, minVersion });
    contexts.set(minVersion, context);
    return context;
  };
  // A certificate that cannot be read is found at start, not at the first request.
  contextFor(DEFAULT_MIN_VERSION);
  return (address, route, identity) =>
    connect({
      host: address,
      port: route.port,
      ...(identity.serverName === undefined ? {} : { servername: identity.serverName }),
      secureContext: contextFor(identity.minVersion),
      rejectUnauthorized: route.tlsVerify,
      checkServerIdentity: (_host, certificate) => checkNames(identity.acceptedNames, certificate),
      ALPNProtocols: ['http/1.1'],
    });
}

function checkNames(names: readonly string[], certificate: PeerCertificate): Error | undefined {
  const mismatches = names.map((name) => checkServerIdentity(name, certificate));
  if (mismatches.includes(undefined)) return undefined;
  const covered = certificate.subjectaltname ?? 'no names';
  return new Error(`its certificate covers ${covered}, but neither of ${names.join(', ')}`);
}

function withoutPort(hostField: string): string {
  return withoutBrackets(hostField.replace(/:[0-9]*$/, ''));
}
