/**
 * One connection attempt: resolve, connect, and for https shake hands, within the origin's connection timeout. Every address is
 * tried in turn. How many attempts there are is decided in origin-client.ts.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Clock } from '../../edge/ports.ts';
import type { Duration } from '../../model/units.ts';
import { OriginConnection } from './connection.ts';
import { connectionRefused, connectTimedOut, tlsFailed } from './failures.ts';
import type { AttemptFailure } from './failures.ts';
import { addressesOf } from './resolve-origin.ts';
import type { Lookup, Route } from './resolve-origin.ts';
import type { TlsConnect, TlsIdentity } from './tls.ts';

export interface Dialling {
  readonly route: Route;
  readonly tls: TlsIdentity | undefined;
  readonly timeout: Duration;
  /** Its reason is the failure to reject with. */
  readonly signal: AbortSignal;
}

/** These speak of the network; any other error during a handshake speaks of the TLS settings. */
const NETWORK_ERRORS: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

export interface DialTools {
  readonly clock: Clock;
  readonly lookup: Lookup;
  readonly tlsConnect: TlsConnect;
}

/** An open connection; rejects with the AttemptFailure of the last address tried. */
export async function dial(dialling: Dialling, { clock, lookup, tlsConnect }: DialTools): Promise<OriginConnection> {
  const { route, timeout } = dialling;
  const began = clock.now();
  const deadline = began + timeout;
  const addresses = await within(addressesOf(route, lookup), timeout, dialling, clock);
  const resolved = clock.now();
  let failure: AttemptFailure = connectTimedOut(route.origin, timeout);
  for (const [index, address] of addresses.entries()) {
    // Ours: what is left of the time is shared out, so that a dead first address leaves some for the next.
    const share = (deadline - clock.now()) / (addresses.length - index);
    if (share <= 0) break;
    const socket =
      dialling.tls === undefined
        ? connect({ host: address, port: route.port, allowHalfOpen: true })
        : tlsConnect(address, route, dialling.tls);
    try {
      const connection = await within(established(socket, address, dialling), share, dialling, clock);
      connection.setup = { dns: resolved - began, connect: clock.now() - resolved };
      return connection;
    } catch (error) {
      // After a failed handshake more errors may follow; the first has said it.
      socket.on('error', () => {});
      socket.destroy();
      if (dialling.signal.aborted) throw dialling.signal.reason;
      failure = error as AttemptFailure;
    }
  }
  throw failure;
}

/** The connection, as soon as it may be used; rejects with AttemptFailure. */
function established(socket: Socket, address: string, dialling: Dialling): Promise<OriginConnection> {
  const { route, tls } = dialling;
  const { promise, resolve, reject } = Promise.withResolvers<OriginConnection>();
  const failed = (error: Error & { code?: string }): void => {
    const network = tls === undefined || NETWORK_ERRORS.has(error.code ?? '');
    reject(network ? connectionRefused(route.origin, address, error) : tlsFailed(route.origin, address, error));
  };
  const closed = (): void => failed(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
  const ready = (): void => {
    socket.off('error', failed);
    socket.off('close', closed);
    resolve(new OriginConnection(socket));
  };
  socket.once('error', failed);
  socket.once('close', closed);
  socket.once(tls === undefined ? 'connect' : 'secureConnect', ready);
  return promise;
}

/** The work's result, unless its time or the request is over first. */
function within<Result>(work: Promise<Result>, time: Duration, dialling: Dialling, clock: Clock): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const { signal, route, timeout } = dialling;
  const given = (): void => reject(signal.reason);
  const timer = clock.after(time, () => reject(connectTimedOut(route.origin, timeout)));
  signal.addEventListener('abort', given);
  if (signal.aborted) given();
  work.then(resolve, reject);
  const finish = (): void => {
    timer.cancel();
    signal.removeEventListener('abort', given);
  };
  promise.then(finish, finish);
  return promise;
}
