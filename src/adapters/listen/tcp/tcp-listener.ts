/**
 * Viewers over TCP, clear text or TLS, on Bun's sockets: accepts, agrees on TLS by the terms of the distribution that the server name
 * names, gives each connection the lane of its protocol, and keeps time for all of them. Why not Bun.serve: docs/decisions.
 *
 * Bun 1.4.5 hands SNI and ALPN to the handlers `serverName` and `alpnCallback`, which its types do not name; node:tls is made of them.
 */
import type { ViewerTls } from '../../../core/request.ts';
import type { ClientCertificateTerms, TlsTerms, TlsVersion, ViewerHandler } from '../../../edge/answer.ts';
import type { ServerCertificate } from '../../../edge/ports.ts';
import { SECOND, type Duration, type Instant } from '../../../model/units.ts';
import { Http1Lane, type Http1Options } from '../http1/http1-lane.ts';
import { DRAIN_LIMIT, openingTcp, type Listener, type ListenOptions } from '../listener.ts';
import type { Lane } from '../wire.ts';
import { createServerNames, type ServerNames, type TlsContext } from './server-names.ts';
import { TcpWire, type ViewerSocket } from './tcp-wire.ts';

export interface TcpListener extends Listener {
  /** New connections see these from now on; those that are open go on. */
  setCertificates(certificates: readonly ServerCertificate[]): void;
}

export interface TcpListenOptions extends ListenOptions {
  /** TLS, with at least one; the first is shown to viewers that name no server. Without: clear text. */
  readonly certificates?: readonly ServerCertificate[];
}

/** Ours: how often deadlines are looked at. */
const TICK: Duration = SECOND;

/** CloudFront's oldest security policies allow TLS 1.0; a distribution's own policy is kept to in the handshake. RFC 8446 4.1.2 has the number. */
const OLDEST_TLS = 0x0301;

const TLS_VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

type Connection = TcpWire | undefined;

/** What Bun's listener takes beyond its types. */
interface TlsHandlers {
  serverName(listener: unknown, name: string, socket: ViewerSocket): TlsContext | Error | undefined;
  alpnCallback(socket: ViewerSocket, name: string | undefined, offered: Uint8Array): string | undefined;
}

export function listenTcp(options: TcpListenOptions): TcpListener {
  const { hostname, port, handler, certificates } = options;
  const now = Date.now;
  const wires = new Set<TcpWire>();
  const names = certificates === undefined ? undefined : createServerNames(certificates);
  const lanes: Http1Options = { handler, now, report: options.report, scheme: names === undefined ? 'http' : 'https' };
  let isRetiring = false;

  const attach = (socket: ViewerSocket, tls: ViewerTls | undefined): void => {
    const wire = new TcpWire(socket, plainAddress(socket.remoteAddress), socket.remotePort, tls, now);
    socket.data = wire;
    wires.add(wire);
    wire.lane = laneFor(wire, socket.alpnProtocol, lanes);
    if (isRetiring) wire.lane.retire();
  };

  const socket: Bun.SocketHandler<Connection> = {
    open(opened) {
      opened.data = undefined;
      if (names === undefined) attach(opened, undefined);
    },
    data: (from, octets) => from.data?.receive(octets),
    drain: (to) => to.data?.drain(),
    end(from) {
      if (from.data === undefined) from.end();
      else from.data.viewerEnded();
    },
    close(gone) {
      const wire = gone.data;
      if (wire === undefined) return;
      wires.delete(wire);
      wire.gone();
    },
    error(_socket, error) {
      // Of a viewer's connection (a record that does not decrypt): the close event follows. Of ours: a handler threw.
      if (!('code' in error)) options.report('a connection could not be served', error);
    },
    ...(names === undefined ? {} : { handshake: (made, isMade, error) => handshake(made, isMade, error) }),
  };

  /** `error` speaks of the viewer's certificate, which is judged by the terms; without any, too. */
  function handshake(made: ViewerSocket, isMade: boolean, error: Error | null): void {
    if (!isMade) return;
    const serverName = serverNameOf(made);
    const terms = serverName === undefined ? undefined : handler.tlsTerms?.(serverName);
    if (!keepsTerms(made, terms)) {
      made.terminate();
      return;
    }
    attach(made, viewerTls(made, serverName, terms?.clientCertificates, error));
  }

  const open = () =>
    Bun.listen<Connection>({
      hostname,
      port,
      reusePort: options.reusePort === true,
      allowHalfOpen: true,
      data: undefined,
      ...(certificates === undefined || names === undefined ? {} : { tls: tlsOptions(certificates) }),
      socket: names === undefined ? socket : { ...socket, ...tlsHandlers(names, handler) },
    } as Bun.TCPSocketListenOptions<Connection>);

  const server = openingTcp(options, open);
  const timer = setInterval(() => {
    const time = now();
    for (const wire of wires) wire.tick(time);
  }, TICK);

  return {
    port: server.port,
    setCertificates: (next) => names?.replace(next),
    async stop(drain) {
      isRetiring = true;
      server.stop(false);
      await drained(wires, drain ? now() + DRAIN_LIMIT : 0);
      clearInterval(timer);
    },
  };
}

/** The lane of each protocol that ALPN can name, in our order of preference. */
const LANES: Readonly<Record<string, (wire: TcpWire, options: Http1Options) => Lane>> = {
  'http/1.1': (wire, options) => new Http1Lane(wire, options),
};
const PROTOCOLS = Object.keys(LANES);

/** RFC 7301 3.2: a viewer that offers no protocol speaks HTTP/1.1. */
function laneFor(wire: TcpWire, protocol: unknown, options: Http1Options): Lane {
  const make = (typeof protocol === 'string' ? LANES[protocol] : undefined) ?? LANES['http/1.1']!;
  return make(wire, options);
}

/** Connections finish what is under way; those that are left at `until` are cut off. */
async function drained(wires: ReadonlySet<TcpWire>, until: Instant): Promise<void> {
  for (const wire of wires) wire.lane.retire();
  while (wires.size > 0 && Date.now() < until) await Bun.sleep(20);
  for (const wire of wires) wire.destroy();
}

function tlsOptions([first]: readonly ServerCertificate[]): object {
  // A viewer is asked for its certificate only by the terms of the server name that it asks for.
  return { cert: first?.cert, key: first?.key, minVersion: OLDEST_TLS, requestCert: false, rejectUnauthorized: false };
}

function tlsHandlers(names: ServerNames, handler: ViewerHandler): TlsHandlers {
  return {
    serverName(_listener, name, socket) {
      const serverName = name.toLowerCase();
      const terms = handler.tlsTerms?.(serverName);
      if (terms?.clientCertificates !== undefined) socket.setVerifyMode(true, false);
      return names.contextFor(serverName, terms);
    },
    alpnCallback(_socket, name, offered) {
      const terms = name === undefined ? undefined : handler.tlsTerms?.(name.toLowerCase());
      const protocols = protocolsOf(offered);
      // RFC 7301 3.2: nothing in common is an alert.
      return PROTOCOLS.find((protocol) => protocols.includes(protocol) && (protocol !== 'h2' || terms?.http2 !== false));
    },
  };
}

/** RFC 7301 3.1: names with their lengths. */
function protocolsOf(wire: Uint8Array): readonly string[] {
  const protocols: string[] = [];
  for (let at = 0; at < wire.length; at += 1 + wire[at]!) {
    protocols.push(Buffer.from(wire.subarray(at + 1, at + 1 + wire[at]!)).toString('latin1'));
  }
  return protocols;
}

function serverNameOf(socket: ViewerSocket): string | undefined {
  const name: unknown = socket.getServername();
  return typeof name === 'string' && name !== '' ? name.toLowerCase() : undefined;
}

/** CloudFront: a connection below the security policy, or without the certificate that is required, does not come about (facts 10). */
function keepsTerms(socket: ViewerSocket, terms: TlsTerms | undefined): boolean {
  if (terms === undefined) return true;
  const version = TLS_VERSIONS.indexOf(socket.getTLSVersion() as TlsVersion);
  if (version < TLS_VERSIONS.indexOf(terms.minimumVersion)) return false;
  const asked = terms.clientCertificates;
  if (asked === undefined || asked.mode === 'passthrough') return true;
  const isShown = socket.getPeerX509Certificate() !== undefined;
  return isShown ? isTrusted(socket, asked) : asked.mode === 'optional';
}

function isTrusted(socket: ViewerSocket, { ignoresExpiry }: ClientCertificateTerms): boolean {
  if (socket.authorized) return true;
  const error: unknown = socket.getAuthorizationError();
  return ignoresExpiry && error instanceof Error && 'code' in error && error.code === 'CERT_HAS_EXPIRED';
}

function viewerTls(
  socket: ViewerSocket,
  serverName: string | undefined,
  asked: ClientCertificateTerms | undefined,
  error: Error | null,
): ViewerTls {
  const shown = asked === undefined ? undefined : socket.getPeerX509Certificate();
  const clientCertificate =
    shown === undefined || asked === undefined
      ? undefined
      : { pem: shown.toString(), isTrusted: asked.mode !== 'passthrough' && isTrusted(socket, asked), reason: error?.message };
  return {
    version: socket.getTLSVersion(),
    cipher: socket.getCipher().standardName ?? socket.getCipher().name,
    serverName,
    isResumed: socket.isSessionReused(),
    clientCertificate,
  };
}

/** An IPv4 viewer of an IPv6 socket is an IPv4 viewer. RFC 4291 2.5.5.2. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
