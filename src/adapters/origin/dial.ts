/**
 * One connection attempt: resolve, connect, and for https shake hands, within the origin's connection timeout. Of several addresses
 * the next is tried when the one before fails or keeps us waiting, and the first to be ready serves (RFC 8305). How many attempts there
 * are is decided in origin-client.ts; which addresses may be connected to, in resolve-origin.ts.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Clock } from '../../edge/ports.ts';
import type { Duration } from '../../model/units.ts';
import type { CallEnd } from './call-end.ts';
import { wasClosed } from './connection.ts';
import type { OriginConnection } from './connection.ts';
import { certificateRefused, connectionRefused, connectTimedOut, noClientCertificate, tlsFailed } from './failures.ts';
import type { AttemptFailure } from './failures.ts';
import { addressesOf } from './resolve-origin.ts';
import type { Resolving, Route } from './resolve-origin.ts';
import { RuntimeConnection } from './runtime-connection.ts';
import { TlsConnection } from './tls-connection.ts';
import type { TlsDialler, TlsIdentity } from './tls.ts';

export interface Dialling {
  readonly route: Route;
  readonly tls: TlsIdentity | undefined;
  /** Names the place and all that is checked when a connection to it is made. */
  readonly key: string;
  readonly timeout: Duration;
  /** Its failure is the one to reject with. */
  readonly over: CallEnd;
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

/** RFC 8305 5, 8: how long one address may keep the next waiting. */
const ADDRESS_PATIENCE: Duration = 250;

export interface DialTools extends Resolving {
  readonly clock: Clock;
  readonly tls: TlsDialler;
}

/** An open connection; rejects with AttemptFailure: what the last address to fail said, or that the time is up. */
export async function dial(dialling: Dialling, tools: DialTools): Promise<OriginConnection> {
  const { clock } = tools;
  const began = clock.now();
  const race = createRace(dialling, tools);
  const timer = clock.after(dialling.timeout, () => race.lose(connectTimedOut(dialling.route.origin, dialling.timeout)));
  dialling.over.tell((failure) => race.lose(failure));
  let resolvedAt = began;
  const run = async (): Promise<void> => {
    try {
      const addresses = await addressesOf(dialling.route, tools);
      resolvedAt = clock.now();
      race.run(addresses, await contextOf(dialling, tools));
    } catch (error) {
      race.lose(error as AttemptFailure);
    }
  };
  void run();
  try {
    const connection = await race.won;
    connection.setup = { dns: resolvedAt - began, connect: clock.now() - resolvedAt };
    return connection;
  } finally {
    timer.cancel();
    dialling.over.tell(undefined);
  }
}

interface Race {
  readonly won: Promise<OriginConnection>;
  run(addresses: readonly string[], context: SecureContext | undefined): void;
  /** Nobody wins any more. */
  lose(failure: AttemptFailure): void;
}

function createRace(dialling: Dialling, { clock, tls }: DialTools): Race {
  const { promise: won, resolve, reject } = Promise.withResolvers<OriginConnection>();
  const running = new Set<Socket>();
  let waiting: readonly string[] = [];
  let secureContext: SecureContext | undefined;
  let patience: { cancel(): void } | undefined;
  let isOver = false;

  function end(): void {
    isOver = true;
    patience?.cancel();
    for (const socket of running) abandon(socket);
    running.clear();
  }

  function lose(failure: AttemptFailure): void {
    if (isOver) return;
    end();
    reject(failure);
  }

  function next(): void {
    patience?.cancel();
    const [address, ...later] = waiting;
    if (isOver || address === undefined) return;
    waiting = later;
    void tryOne(address);
    if (later.length > 0) patience = clock.after(ADDRESS_PATIENCE, next);
  }

  async function tryOne(address: string): Promise<void> {
    const attempt = open(address, dialling, tls, secureContext);
    const { socket } = attempt;
    running.add(socket);
    try {
      const connection = await established(attempt, address, dialling);
      // Another may have been ready in the same turn.
      if (isOver) return connection.destroy();
      running.delete(socket);
      end();
      resolve(connection);
    } catch (error) {
      // One that was abandoned for another says nothing of the origin.
      if (!running.delete(socket)) return;
      attempt.failed();
      abandon(socket);
      if (waiting.length > 0) next();
      else if (running.size === 0) lose(error as AttemptFailure);
    }
  }

  return {
    won,
    run(addresses, context) {
      waiting = addresses;
      secureContext = context;
      next();
    },
    lose,
  };
}

/** A connection on its way, and what must be said of it before it is used. */
interface Attempt {
  readonly socket: Socket;
  readonly readyOn: 'connect' | 'secureConnect';
  /** Why it may not be used, once it could be. */
  judge(): string | undefined;
  /** Once it may be used. */
  take(): OriginConnection;
  failed(): void;
}

/** Rejects with AttemptFailure. */
async function contextOf({ route, tls: identity }: Dialling, { tls }: DialTools): Promise<SecureContext | undefined> {
  if (identity === undefined) return undefined;
  try {
    return await tls.context(identity);
  } catch (error) {
    throw noClientCertificate(route.origin, error);
  }
}

function open(address: string, { route, tls: identity, key }: Dialling, tls: TlsDialler, context?: SecureContext): Attempt {
  if (identity === undefined || context === undefined) {
    const socket = connect({ host: address, port: route.port, allowHalfOpen: true });
    return { socket, readyOn: 'connect', judge: () => undefined, take: () => new RuntimeConnection(socket), failed: () => {} };
  }
  const dialling = { route, identity, key, context };
  const socket = tls.connect(address, dialling);
  return {
    socket,
    readyOn: 'secureConnect',
    judge: () => tls.judge(socket, dialling),
    take: () => new TlsConnection(socket),
    failed: () => tls.failed(dialling),
  };
}

/** After a failed handshake more errors may follow; the first has said it. */
function abandon(socket: Socket): void {
  socket.on('error', () => {});
  socket.destroy();
}

/** The connection, as soon as it may be used; rejects with AttemptFailure. */
function established(attempt: Attempt, address: string, { route, tls }: Dialling): Promise<OriginConnection> {
  const { socket } = attempt;
  const { promise, resolve, reject } = Promise.withResolvers<OriginConnection>();
  const failed = (error: Error & { code?: string }): void => {
    const network = tls === undefined || NETWORK_ERRORS.has(error.code ?? '');
    reject(network ? connectionRefused(route.origin, address, error) : tlsFailed(route.origin, address, error));
  };
  const closed = (): void => failed(Object.assign(wasClosed(), { code: 'ECONNRESET' }));
  const ready = (): void => {
    socket.off('error', failed);
    socket.off('close', closed);
    const refused = attempt.judge();
    if (refused === undefined) return resolve(attempt.take());
    reject(certificateRefused(route.origin, address, refused));
  };
  socket.once('error', failed);
  socket.once('close', closed);
  socket.once(attempt.readyOn, ready);
  return promise;
}
