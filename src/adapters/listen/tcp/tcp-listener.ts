/**
 * Viewers over TCP, clear text or TLS, on Bun's sockets: accepts, agrees on TLS by the terms of the distribution that the server name
 * names, gives each connection the lane of its protocol, and keeps time for all of them. Why not Bun.serve: docs/decisions.
 *
 * Bun 1.4.5 hands SNI and ALPN to the handlers `serverName` and `alpnCallback`, which its types do not name; node:tls is made of them.
 */
import type { ViewerTls } from '../../../core/request.ts';
import type { ViewerHandler } from '../../../edge/answer.ts';
import type { ServerCertificate } from '../../../edge/certificate-ports.ts';
import { SECOND, type Duration, type Instant } from '../../../model/units.ts';
import { Http1Lane, type Http1Options } from '../http1/http1-lane.ts';
import { Http2Lane } from '../http2/http2-lane.ts';
import { HANDSHAKE_TIMEOUT } from '../lane-limits.ts';
import { DRAIN_LIMIT, openingTcp, type Listener, type ListenOptions } from '../listener.ts';
import type { Lane } from '../wire.ts';
import { createServerNames, type ServerNames, type TlsContext } from './server-names.ts';
import { TcpWire, type ViewerSocket } from './tcp-wire.ts';
import { agreedTls, protocolNames, serverNameOf, takesHttp2 } from './tls-connection.ts';

export interface TcpListener extends Listener {
  /** New connections see these from now on; those that are open go on. */
  setCertificates(certificates: readonly ServerCertificate[]): void;
}

export interface TcpListenOptions extends ListenOptions {
  /** TLS, with at least one; the first is shown to viewers that name no server. Without: clear text. */
  readonly certificates?: readonly ServerCertificate[];
  /** The clock that viewers' time is taken by; the system's unless given. */
  readonly now?: () => Instant;
}

/** Ours: how often deadlines are looked at. */
const TICK: Duration = SECOND;

/** CloudFront's oldest security policies allow TLS 1.0; a distribution's own policy is kept to in the handshake. RFC 8446 4.1.2 has the number. */
const OLDEST_TLS = 0x0301;

/** Ours: a viewer for whom there is no connection is told so where it costs nothing, which is not the case before a TLS handshake. */
const NO_ROOM =
  'HTTP/1.1 503 Service Unavailable\r\nServer: CloudFront\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** One accepted connection; its wire comes about once TLS, where there is any, is agreed on. */
export interface Connection {
  readonly socket: ViewerSocket;
  readonly address: string;
  readonly port: number;
  readonly openedAt: Instant;
  wire: TcpWire | undefined;
  /** As ALPN names it; set with the wire. */
  protocol: string;
}

/** What Bun's listener takes beyond its types. */
interface TlsHandlers {
  serverName(listener: unknown, name: string, socket: ViewerSocket): TlsContext | Error | undefined;
  alpnCallback(socket: ViewerSocket, name: string | undefined, offered: Uint8Array): string | undefined;
}

/** The lane of each protocol that ALPN can name, in our order of preference. */
const LANES: Readonly<Record<string, (wire: TcpWire, options: Http1Options) => Lane>> = {
  h2: (wire, options) => new Http2Lane(wire, options),
  'http/1.1': (wire, options) => new Http1Lane(wire, options),
  // What a viewer who speaks nothing newer offers, as `curl --http1.0` does.
  'http/1.0': (wire, options) => new Http1Lane(wire, options),
};
const PROTOCOLS = Object.keys(LANES);

export function listenTcp(options: TcpListenOptions): TcpListener {
  const { hostname, port, handler, certificates, limits, watch } = options;
  const { now = Date.now } = options;
  const connections = new Set<Connection>();
  const names = certificates === undefined ? undefined : createServerNames(certificates);
  const lanes: Http1Options = { handler, now, report: options.report, scheme: names === undefined ? 'http' : 'https' };
  let isRetiring = false;
  let retiringPatience: Duration = 0;

  function accept(socket: ViewerSocket): void {
    // A viewer that has gone already has no address any more, whatever the types say.
    const remote: string | undefined = socket.remoteAddress;
    if (remote === undefined) {
      socket.data = undefined;
      socket.terminate();
      return;
    }
    const address = plainAddress(remote);
    if (limits?.connect(address) === false) {
      watch?.refused();
      socket.data = undefined;
      if (names === undefined) socket.write(NO_ROOM);
      socket.end();
      return;
    }
    const connection: Connection = { socket, address, port: socket.remotePort, openedAt: now(), wire: undefined, protocol: '' };
    socket.data = connection;
    connections.add(connection);
    if (names === undefined) attach(connection, undefined);
  }

  function attach(connection: Connection, tls: ViewerTls | undefined): void {
    const { socket, address } = connection;
    const wire = new TcpWire(socket, address, connection.port, tls, now);
    connection.wire = wire;
    // RFC 7301 3.2: a viewer that offers no protocol speaks HTTP/1.1.
    const agreedOn: unknown = socket.alpnProtocol;
    connection.protocol = typeof agreedOn === 'string' && Object.hasOwn(LANES, agreedOn) ? agreedOn : 'http/1.1';
    wire.lane = LANES[connection.protocol]!(wire, lanes);
    watch?.opened(lanes.scheme, connection.protocol);
    if (isRetiring) wire.lane.retire(retiringPatience);
  }

  function agreed(socket: ViewerSocket, isMade: boolean): void {
    const connection = socket.data;
    if (!isMade || connection === undefined) return;
    const serverName = serverNameOf(socket);
    const terms = serverName === undefined ? undefined : handler.tlsTerms?.(serverName);
    const tls = agreedTls(socket, serverName, terms, now());
    if (tls === undefined) socket.terminate();
    else attach(connection, tls);
  }

  function gone(socket: ViewerSocket): void {
    const connection = socket.data;
    if (connection === undefined || !connections.delete(connection)) return;
    limits?.disconnect(connection.address);
    if (connection.wire === undefined) watch?.handshakeFailed();
    else watch?.closed(lanes.scheme, connection.protocol);
    connection.wire?.gone();
  }

  const handlers: Bun.SocketHandler<Connection | undefined> = {
    open: accept,
    data: (socket, octets) => socket.data?.wire?.receive(octets),
    drain: (socket) => socket.data?.wire?.drain(),
    end(socket) {
      if (socket.data?.wire === undefined) socket.end();
      else socket.data.wire.viewerEnded();
    },
    close: gone,
    error(_socket, error) {
      // Of a viewer's connection (a record that does not decrypt): the close event follows. Of ours: a handler threw.
      if (!('code' in error)) options.report('a connection could not be served', error);
    },
  };

  const server = openingTcp(options, () =>
    Bun.listen<Connection | undefined>({
      hostname,
      port,
      reusePort: options.reusePort === true,
      allowHalfOpen: true,
      data: undefined,
      ...(certificates === undefined ? {} : { tls: tlsOptions(certificates) }),
      socket: names === undefined ? handlers : { ...handlers, handshake: agreed, ...tlsHandlers(names, handler) },
    } as Bun.TCPSocketListenOptions<Connection | undefined>),
  );

  const timer = setInterval(() => {
    const time = now();
    for (const { wire, socket, openedAt } of connections) {
      if (wire !== undefined) wire.tick(time);
      else if (time - openedAt > HANDSHAKE_TIMEOUT) socket.terminate();
    }
  }, TICK);

  return {
    port: server.port,
    setCertificates: (next) => names?.replace(next),
    async stop(drain, patience = 0) {
      isRetiring = true;
      retiringPatience = patience;
      // What the kernel has accepted is taken first: it would be reset with the listener.
      if (drain) await new Promise((resolve) => setImmediate(resolve));
      server.stop(false);
      await drained(connections, now, drain ? now() + DRAIN_LIMIT : 0, patience);
      clearInterval(timer);
    },
  };
}

/** Connections finish what is under way; those that are left at `until` are cut off. */
async function drained(
  connections: ReadonlySet<Connection>,
  now: () => Instant,
  until: Instant,
  patience: Duration,
): Promise<void> {
  for (const { wire } of connections) wire?.lane.retire(patience);
  while (connections.size > 0 && now() < until) await Bun.sleep(20);
  for (const { wire, socket } of connections) {
    if (wire === undefined) socket.terminate();
    else wire.destroy();
  }
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
      const asked = terms?.clientCertificates;
      // RFC 8446 4.4.2.4: who must show one and shows none gets an alert. The runtime would not let the expired pass.
      if (asked !== undefined) socket.setVerifyMode(true, asked.mode === 'required' && !asked.ignoresExpiry);
      return names.contextFor(serverName, terms);
    },
    alpnCallback(socket, name, offered) {
      const terms = name === undefined ? undefined : handler.tlsTerms?.(name.toLowerCase());
      const protocols = protocolNames(offered);
      // RFC 7301 3.2: nothing in common is an alert.
      return PROTOCOLS.find((protocol) => protocols.includes(protocol) && (protocol !== 'h2' || takesHttp2(socket, terms)));
    },
  };
}

/** An IPv4 viewer of an IPv6 socket is an IPv4 viewer. RFC 4291 2.5.5.2. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
