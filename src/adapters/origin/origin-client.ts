/**
 * The OriginClient port over our own HTTP/1.1: which attempt follows which failure, and the clocks that span them. CloudFront (facts 8.1):
 * GET and HEAD get ConnectionAttempts tries when a connection fails or, for custom origins, the answer does not begin in time;
 * other methods get one. Redirects are never followed, bodies never decoded. One exchange is in exchange.ts, one connection in dial.ts.
 */
import type { OriginRequest } from '../../core/request.ts';
import type { Clock, OriginClient, OriginResponse, OriginTarget, RequestBody } from '../../edge/ports.ts';
import { S3_ORIGIN_KEEPALIVE } from '../../model/assumptions.ts';
import { createJudgeAddress, LOCAL_ADDRESS_RULES } from '../../model/judge-address.ts';
import type { AddressRules } from '../../model/judge-address.ts';
import { CAPACITY } from '../../tables/capacity.ts';
import type { Capacity } from '../../tables/capacity.ts';
import { REQUEST_QUOTAS } from '../../tables/quotas.ts';
import { CallEnd } from './call-end.ts';
import type { HeldOctets } from './chunk-queue.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { OriginConnection } from './connection.ts';
import { dial } from './dial.ts';
import type { DialTools } from './dial.ts';
import { Exchange } from './exchange.ts';
import { AttemptFailure, completionTimedOut, connectTimedOut, noPlace, requestNotSendable, viewerLeft } from './failures.ts';
import { OriginPlaces } from './origin-places.ts';
import type { Leave } from './origin-places.ts';
import { createReportFailure } from './report-failures.ts';
import { RequestBodySource } from './request-body.ts';
import { lookupBySystem, routeOf } from './resolve-origin.ts';
import type { Lookup, ResolveOrigin, Route } from './resolve-origin.ts';
import { signOriginRequest } from './sign-origin-request.ts';
import type { OriginCredentials } from './sign-origin-request.ts';
import { createTunnelPlaces } from './tunnel-places.ts';
import type { TunnelPlace } from './tunnel-places.ts';
import { createTlsDialler, tlsIdentity, tlsKey } from './tls.ts';
import type { ReadClientCertificate, TlsIdentity } from './tls.ts';
import { handshakeOf } from './websocket.ts';
import { encodeRequestHead } from './write-request.ts';

export interface OriginClientOptions {
  readonly clock: Clock;
  /** PEM certificates of CAs to trust beside Mozilla's and the system's. */
  readonly extraCa?: readonly string[];
  /** What origins are shown that ask for a certificate. */
  readonly clientCertificate?: ReadClientCertificate;
  readonly resolve?: ResolveOrigin;
  readonly originCredentials?: OriginCredentials;
  /** In place of the system's resolver. */
  readonly lookup?: Lookup;
  /** Where origins may be; LOCAL_ADDRESS_RULES unless told. */
  readonly addresses?: AddressRules;
  readonly capacity?: Omit<Capacity, 'waitingViewers'>;
  /** Told of what goes wrong with origins, not too often. */
  readonly report?: (message: string) => void;
}

export interface HttpOriginClient extends OriginClient {
  /** Connections waiting for their next request. */
  readonly idleConnections: number;
  /** Closes idle connections; running exchanges end by themselves and close theirs. */
  close(): void;
}

/** CloudFront: the only methods that get more than one attempt. */
const RETRIED: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** RFC 9110 9.2.2: sending these twice means no more than sending them once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** What a kept connection cost this request. */
const KEPT = { dns: 0, connect: 0 };

function noCertificates(): Promise<never> {
  return Promise.reject(new Error('there is no store of certificates here'));
}

/** One request on its way, over all of its attempts. */
interface Call {
  readonly request: OriginRequest;
  readonly target: OriginTarget;
  readonly route: Route;
  readonly tls: TlsIdentity | undefined;
  readonly poolKey: string;
  readonly head: Uint8Array;
  readonly body: RequestBodySource;
  /** What ends the call before its time. */
  readonly over: CallEnd;
  /** Where it may become a tunnel. */
  readonly tunnel: TunnelPlace | undefined;
  settled(): void;
}

export function createOriginClient(options: OriginClientOptions): HttpOriginClient {
  const { clock } = options;
  const capacity = options.capacity ?? CAPACITY;
  const pool = new ConnectionPool(clock);
  const places = new OriginPlaces(clock, capacity);
  const held: HeldOctets = { bytes: 0 };
  const tunnels = createTunnelPlaces(capacity.tunnels);
  const tools: DialTools = {
    clock,
    lookup: options.lookup ?? lookupBySystem,
    judge: createJudgeAddress(options.addresses ?? LOCAL_ADDRESS_RULES),
    tls: createTlsDialler({
      clock,
      extraCa: options.extraCa ?? [],
      clientCertificate: options.clientCertificate ?? noCertificates,
    }),
  };
  const reportFailure = createReportFailure(clock, options.report ?? (() => {}));

  async function send(
    request: OriginRequest,
    target: OriginTarget,
    body: RequestBody,
    signal?: AbortSignal,
  ): Promise<OriginResponse> {
    // Until more is known.
    let route = routeOf(request, target, undefined);
    const source = new RequestBodySource(body);
    const over = new CallEnd();
    const unwatch = watch(over, () => route.origin, target, source, signal);
    let leave: Leave | undefined;
    let tunnel: TunnelPlace | undefined;
    const settled = (): void => {
      unwatch();
      leave?.();
      tunnel?.settled();
    };
    try {
      const resolved = options.resolve?.(request.hostname, request.port, request.scheme);
      const elsewhere = resolved instanceof Promise ? await inTime(resolved, route, target, over) : resolved;
      if (elsewhere !== undefined) route = routeOf(request, target, elsewhere);
      const head = prepareHead(request, target, body, route);
      const tls = route.scheme === 'https' ? tlsIdentity(request.hostname, request.host, route, target) : undefined;
      tunnel = request.upgrade === undefined ? undefined : tunnels.take();
      if (request.upgrade !== undefined && tunnel === undefined)
        throw noPlace(route.origin, `${tunnels.taken} WebSockets are open or on their way`);
      const { connectionTimeout: patience } = target;
      const place = places.take({ place: placeOf(route), origin: route.origin, patience, over });
      leave = place instanceof Promise ? await place : place;
      return await sendWithRetries({
        request,
        target,
        route,
        tls,
        poolKey: poolKeyOf(route, tls),
        head,
        body: source,
        over,
        tunnel,
        settled,
      });
    } catch (error) {
      settled();
      const failure = error instanceof AttemptFailure ? error : requestNotSendable(route.origin, String(error), error);
      reportFailure(route.origin, failure);
      throw failure;
    }
  }

  /** Where to go is part of connecting, and takes no longer; nor longer than the call. */
  async function inTime<Found>(found: Promise<Found>, { origin }: Route, target: OriginTarget, over: CallEnd): Promise<Found> {
    const { connectionTimeout } = target;
    const ended = Promise.withResolvers<never>();
    const timer = clock.after(connectionTimeout, () => ended.reject(connectTimedOut(origin, connectionTimeout)));
    over.tell(ended.reject);
    try {
      return await Promise.race([found, ended.promise]);
    } finally {
      timer.cancel();
      over.tell(undefined);
    }
  }

  function prepareHead(request: OriginRequest, target: OriginTarget, body: RequestBody, route: Route): Uint8Array {
    const fields = signOriginRequest(request, target, body.kind === 'stream', clock.now(), options.originCredentials);
    if ('refused' in fields) throw requestNotSendable(route.origin, fields.refused);
    const head = encodeRequestHead({ ...request, fields }, body);
    if ('refused' in head) throw requestNotSendable(route.origin, head.refused);
    return head;
  }

  /** Ends the call when its total time is up or the viewer leaves. Returns what to do when nothing more can happen. */
  function watch(
    over: CallEnd,
    origin: () => string,
    target: OriginTarget,
    source: RequestBodySource,
    signal: AbortSignal | undefined,
  ): () => void {
    const left = (): void => over.end(viewerLeft(origin(), signal?.reason));
    if (signal?.aborted === true) left();
    signal?.addEventListener('abort', left);
    const total = target.responseCompletionTimeout;
    const timer = total === undefined ? undefined : clock.after(total, () => over.end(completionTimedOut(origin(), total)));
    return () => {
      signal?.removeEventListener('abort', left);
      timer?.cancel();
      source.release();
    };
  }

  async function sendWithRetries(call: Call): Promise<OriginResponse> {
    let pooled = pool.take(call.poolKey);
    for (let attempt = 1; ;) {
      try {
        const connection = pooled ?? (await connectTo(call));
        return await exchangeOn(connection, call);
      } catch (error) {
        if (!(error instanceof AttemptFailure) || call.over.failure !== undefined) throw error;
        // A kept connection that dies unanswered was most likely closed by the origin while idle: that is no attempt of the origin's.
        if (pooled !== undefined && error.failedAt === 'closed' && maySendAgain(call)) pooled = undefined;
        else if (attempt < call.target.connectionAttempts && mayTryAgain(call, error)) {
          pooled = undefined;
          attempt += 1;
        } else throw error;
      }
    }
  }

  function connectTo(call: Call): Promise<OriginConnection> {
    const { route, tls, poolKey: key, target, over } = call;
    return dial({ route, tls, key, timeout: target.connectionTimeout, over }, tools);
  }

  async function exchangeOn(connection: OriginConnection, call: Call): Promise<OriginResponse> {
    const { target, poolKey, route, over } = call;
    const keepalive = target.kind.kind === 'custom' ? target.kind.keepaliveTimeout : S3_ORIGIN_KEEPALIVE;
    const exchange = new Exchange(
      connection,
      {
        method: call.request.method,
        head: call.head,
        body: call.body,
        responseTimeout: target.responseTimeout,
        handshake: handshakeOf(call.request),
        held,
        tunnelIdle: REQUEST_QUOTAS.tunnelIdle,
        origin: route.origin,
        interim: target.interim,
        release: (free) => pool.put(poolKey, free.settled(), keepalive),
        tunnelOpened: () => call.tunnel?.opened() ?? (() => {}),
        settled: (answered, failure) => {
          over.tell(undefined);
          if (!answered) return;
          call.settled();
          if (failure !== undefined) reportFailure(route.origin, failure);
        },
      },
      clock,
    );
    over.tell((failure) => exchange.fail(failure));
    const setup = connection.reused ? KEPT : connection.setup;
    const sentAt = clock.now();
    const answer = await exchange.run();
    return { ...answer, timing: { ...setup, firstByte: clock.now() - sentAt } };
  }

  return {
    send,
    get idleConnections() {
      return pool.idleCount;
    },
    close: () => pool.close(),
  };
}

/** May a request that a kept connection swallowed go out on a fresh one? RFC 9110 9.2.2: only if the origin cannot have acted on it. */
function maySendAgain(call: Call): boolean {
  if (call.body.hasBegun) return false;
  const unfinished = call.body.body.kind === 'stream' && call.body.body.length !== 0;
  return IDEMPOTENT.has(call.request.method) || unfinished;
}

function mayTryAgain(call: Call, failure: AttemptFailure): boolean {
  if (!RETRIED.has(call.request.method) || call.body.hasBegun) return false;
  // CloudFront: ConnectionAttempts counts silent answers for custom origins only.
  return failure.failedAt === 'connect' || (failure.failedAt === 'silence' && call.target.kind.kind === 'custom');
}

/** Who is kept busy: whatever was agreed with it, an origin is one. */
function placeOf({ scheme, host, port }: Route): string {
  return `${scheme}://${host}:${port}`;
}

/** Connections are shared only where everything that was checked when they were made is the same. */
function poolKeyOf(route: Route, tls: TlsIdentity | undefined): string {
  const place = `${placeOf(route)} ${route.isOverridden ? 'as told' : route.family}`;
  return tls === undefined ? place : `${place} ${tlsKey(tls, route)}`;
}
