/**
 * The bench of the OriginClient contract: one client, one scripted origin and a clock moved by hand, taken down after each test.
 * Only "nothing moves any more" is judged by letting the event loop turn.
 */
import { afterEach } from 'bun:test';
import type { TlsOptions } from 'node:tls';
import type { OriginClientOptions } from '../../src/adapters/origin/origin-client.ts';
import type { OriginRequest } from '../../src/core/request.ts';
import { OriginFailure } from '../../src/edge/ports.ts';
import type { OriginClient, OriginResponse, OriginTarget, RequestBody } from '../../src/edge/ports.ts';
import { seconds } from '../../src/model/units.ts';
import { createVirtualClock } from '../../src/adapters/clock/virtual-clock.ts';
import type { VirtualClock } from '../../src/adapters/clock/virtual-clock.ts';
import { startRawOrigin } from './raw-origin.ts';
import type { OriginScript, RawConnection, RawOrigin } from './raw-origin.ts';

export type CreateOriginClient = (options: OriginClientOptions) => OriginClient & { close(): void };

/** One client and one origin, taken down after the test. */
export interface OriginBench {
  readonly origin: RawOrigin;
  readonly clock: VirtualClock;
  readonly send: (
    request?: Partial<OriginRequest>,
    body?: RequestBody,
    target?: Partial<OriginTarget>,
    signal?: AbortSignal,
  ) => Promise<OriginResponse>;
}

export interface BenchSetup {
  /** The origin speaks TLS, and requests go to https. */
  readonly tls?: TlsOptions;
  readonly client?: (origin: RawOrigin) => Partial<OriginClientOptions>;
}

export type StartBench = (script: OriginScript, setup?: BenchSetup) => Promise<OriginBench>;

export const NO_BODY: RequestBody = { kind: 'none' };
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

export const TARGET: OriginTarget = {
  connectionAttempts: 3,
  connectionTimeout: seconds(10),
  responseTimeout: seconds(30),
  responseCompletionTimeout: undefined,
  kind: {
    kind: 'custom',
    protocolPolicy: 'match-viewer',
    httpPort: 80,
    httpsPort: 443,
    sslProtocols: ['TLSv1.2'],
    keepaliveTimeout: seconds(5),
  },
  originAccessControl: undefined,
  distributionArn: 'arn:aws:cloudfront::000000000000:distribution/E1',
};

export async function textOf(response: OriginResponse): Promise<string> {
  let text = '';
  for await (const chunk of response.body) text += Buffer.from(chunk).toString('latin1');
  return text;
}

/** The failure a promise ends in; a promise that is kept, or any other error, fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<OriginFailure> {
  const outcome = await work.then(
    () => 'no failure',
    (error: unknown) => error,
  );
  if (outcome instanceof OriginFailure) return outcome;
  throw new Error(`expected an OriginFailure, got ${String(outcome)}`);
}

export function streamed(chunks: AsyncIterable<Uint8Array>, length?: number): RequestBody {
  return { kind: 'stream', length, chunks };
}

export async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, 'latin1');
}

/** Resolves once the measure has stood still for many turns of the event loop, and gives it. */
export async function stillness(measure: () => number): Promise<number> {
  for (let still = 0, last = measure(); ;) {
    await new Promise((resolve) => setImmediate(resolve));
    still = measure() === last ? still + 1 : 0;
    last = measure();
    if (still === 200) return last;
  }
}

/** Benches for one describe block; everything started is closed after each test. */
export function createBenches(create: CreateOriginClient): StartBench {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  return async (script, setup = {}) => {
    const clock = createVirtualClock();
    const origin = await startRawOrigin(script, setup.tls);
    const client = create({ clock, ...setup.client?.(origin) });
    cleanups.push(
      () => client.close(),
      () => origin.close(),
    );
    return {
      origin,
      clock,
      send: (request, body = NO_BODY, target, signal) =>
        client.send(
          {
            method: 'GET',
            scheme: setup.tls === undefined ? 'http' : 'https',
            hostname: '127.0.0.1',
            port: origin.port,
            host: 'site.test',
            target: '/',
            fields: [],
            ...request,
          },
          { ...TARGET, ...target },
          body,
          signal,
        ),
    };
  };
}

/** Answers every request on every connection with these bytes, part by part. */
export const answering =
  (answer: string | readonly string[]): OriginScript =>
  async (connection) => {
    for (;;) {
      await connection.head();
      for (const part of typeof answer === 'string' ? [answer] : answer) await connection.write(part);
    }
  };
/** Answers one request, then does as told. */
export const answeringOnce =
  (answer: string, then: (connection: RawConnection) => Promise<void> | void): OriginScript =>
  async (connection) => {
    await connection.head();
    if (answer !== '') await connection.write(answer);
    await then(connection);
  };
