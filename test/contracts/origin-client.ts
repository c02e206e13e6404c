/**
 * What every OriginClient must do, shown against origins that speak, break off and lie byte by byte. Failures: facts 8.1. Time is
 * moved by hand; only "nothing moves any more" is judged by letting the event loop turn.
 */
import { afterEach, describe, expect, test } from 'bun:test';
import type { OriginClientOptions } from '../../src/adapters/origin/origin-client.ts';
import type { OriginRequest } from '../../src/core/request.ts';
import { OriginFailure } from '../../src/edge/ports.ts';
import type { OriginClient, OriginResponse, OriginTarget, RequestBody } from '../../src/edge/ports.ts';
import { MIB, seconds } from '../../src/model/units.ts';
import { createManualClock } from './manual-clock.ts';
import type { ManualClock } from './manual-clock.ts';
import { startRawOrigin } from './raw-origin.ts';
import type { OriginScript, RawConnection, RawOrigin } from './raw-origin.ts';

export type CreateOriginClient = (options: OriginClientOptions) => OriginClient & { close(): void };

/** One client and one origin, taken down after the test. */
export interface OriginBench {
  readonly origin: RawOrigin;
  readonly clock: ManualClock;
  send(
    request?: Partial<OriginRequest>,
    body?: RequestBody,
    target?: Partial<OriginTarget>,
    signal?: AbortSignal,
  ): Promise<OriginResponse>;
}

export const NO_BODY: RequestBody = { kind: 'none' };
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

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
async function stillness(measure: () => number): Promise<number> {
  for (let still = 0, last = measure(); ;) {
    await new Promise((resolve) => setImmediate(resolve));
    still = measure() === last ? still + 1 : 0;
    last = measure();
    if (still === 200) return last;
  }
}

export function describeOriginClient(name: string, create: CreateOriginClient): void {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  async function bench(script: OriginScript): Promise<OriginBench> {
    const clock = createManualClock();
    const origin = await startRawOrigin(script);
    const client = create({ clock });
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
            scheme: 'http',
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
  }

  const answering =
    (answer: string | readonly string[]): OriginScript =>
    async (connection) => {
      for (;;) {
        await connection.head();
        for (const part of typeof answer === 'string' ? [answer] : answer) await connection.write(part);
      }
    };
  const answeringOnce =
    (answer: string, then: (connection: RawConnection) => void): OriginScript =>
    async (connection) => {
      await connection.head();
      if (answer !== '') await connection.write(answer);
      then(connection);
    };

  describe(`${name}: requests`, () => {
    async function requestOf(request: Partial<OriginRequest>, body: RequestBody, bytes = 0): Promise<string> {
      let seen = '';
      const { send } = await bench(async (connection) => {
        seen = await connection.head();
        seen += Buffer.from(await connection.take(bytes)).toString('latin1');
        await connection.write(OK);
      });
      expect(await textOf(await send(request, body))).toBe('ok');
      return seen;
    }

    test('Host first, names cased, raw target, hop-by-hop fields dropped', async () => {
      const fields = [
        ['x-one', 'a'],
        ['etag', '"\xe9"'],
        ['connection', 'close, x-hop'],
        ['x-hop', '1'],
        ['te', 'gzip'],
        ['transfer-encoding', 'chunked'],
        ['content-length', '7'],
        ['upgrade', 'h2c'],
        ['host', 'other'],
        ['expect', '100-continue'],
        ['x-one', 'b'],
      ] as const;
      expect(await requestOf({ target: '/a%2f..//b?x=%20|{', fields }, NO_BODY)).toBe(
        'GET /a%2f..//b?x=%20|{ HTTP/1.1\r\nHost: site.test\r\nX-One: a\r\nETag: "\xe9"\r\nX-One: b\r\nConnection: keep-alive\r\n\r\n',
      );
    });

    const framings: [name: string, method: string, body: () => RequestBody, tail: string][] = [
      ['POST without a body says so', 'POST', () => NO_BODY, 'Content-Length: 0\r\nConnection: keep-alive\r\n\r\n'],
      ['DELETE without a body says nothing', 'DELETE', () => NO_BODY, 'Host: site.test\r\nConnection: keep-alive\r\n\r\n'],
      [
        'a body of known length',
        'PUT',
        () => streamed(pieces('abc', '', 'de'), 5),
        'Content-Length: 5\r\nConnection: keep-alive\r\n\r\nabcde',
      ],
      [
        'a body of unknown length',
        'POST',
        () => streamed(pieces('abc', '', 'de')),
        'Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
      ],
      [
        'GET with a body is framed too',
        'GET',
        () => streamed(pieces('x')),
        'Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n1\r\nx\r\n0\r\n\r\n',
      ],
    ];
    test.each(framings)('%s', async (_name, method, body, tail) => {
      const bytes = tail.length - tail.indexOf('\r\n\r\n') - 4;
      expect(await requestOf({ method }, body(), bytes)).toEndWith(tail);
    });

    const refused: [name: string, request: Partial<OriginRequest>][] = [
      ['CR LF in the target', { target: '/a\r\nX: 1' }],
      ['a space in the target', { target: '/a b' }],
      ['LF in a value', { fields: [['x', 'a\nb']] }],
      ['NUL in a value', { fields: [['x', 'a\0b']] }],
      ['a letter outside ISO-8859-1', { fields: [['x', '\u0100']] }],
      ['a name that is no token', { fields: [['x y', '1']] }],
      ['CR LF in the Host', { host: 'a\r\nX: 1' }],
      ['a method that is no token', { method: 'GET /' }],
    ];
    test.each(refused)('never sends %s', async (_name, request) => {
      const { send, origin } = await bench(answering(OK));
      expect(await failureOf(send(request))).toMatchObject({ status: 502, detail: 'OriginError' });
      expect(origin.connections).toBe(0);
    });
  });

  describe(`${name}: responses`, () => {
    const rows: [
      name: string,
      method: string,
      answer: string | readonly string[],
      status: number,
      length: number | undefined,
      body: string,
      reused: boolean,
    ][] = [
      ['a length', 'GET', OK, 200, 2, 'ok', true],
      ['byte by byte', 'GET', [...OK], 200, 2, 'ok', true],
      [
        'chunked',
        'GET',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x\r\nk\r\n0\r\nA: b\r\n\r\n',
        200,
        undefined,
        'ok',
        true,
      ],
      ['HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n', 200, 0, '', true],
      ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204, 0, '', true],
      ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 304, 0, '', true],
      ['100 and 103 first', 'GET', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${OK}`, 200, 2, 'ok', true],
      ['a redirect is an answer', 'GET', 'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n', 302, 0, '', true],
      ['connection: close', 'GET', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', 200, 2, 'ok', false],
      ['bytes behind the end', 'GET', `${OK}HTTP/1.1 200 OK\r\n\r\n`, 200, 2, 'ok', false],
    ];
    test.each(rows)('%s', async (_name, method, answer, status, length, body, reused) => {
      const { send, origin } = await bench(answering(answer));
      for (const round of [1, 2]) {
        const response = await send({ method });
        expect([response.head.status, response.head.bodyLength, await textOf(response)]).toEqual([status, length, body]);
        expect(origin.connections).toBe(reused ? 1 : round);
      }
    });

    test('a body that ends with the connection', async () => {
      const { send } = await bench(answeringOnce('HTTP/1.1 200 OK\r\n\r\nto the end', (connection) => connection.end()));
      expect(await textOf(await send())).toBe('to the end');
    });

    test('a slow reader pauses the origin; nothing is lost', async () => {
      let written = 0;
      const { send } = await bench(async (connection) => {
        await connection.head();
        await connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${50 * MIB}\r\n\r\n`);
        for (; written < 50 * MIB; written += MIB / 4) await connection.write(new Uint8Array(MIB / 4));
      });
      const response = await send();
      expect(await stillness(() => written)).toBeLessThan(16 * MIB);
      let read = 0;
      for await (const chunk of response.body) read += chunk.length;
      expect(read).toBe(50 * MIB);
    });

    test('a reader that gives up closes the connection', async () => {
      const closed = Promise.withResolvers<void>();
      const { send } = await bench(async (connection) => {
        await connection.head();
        await connection.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
        await connection.closed;
        closed.resolve();
      });
      const response = await send();
      for await (const chunk of response.body) {
        expect(Buffer.from(chunk).toString()).toBe('abc');
        break;
      }
      await closed.promise;
    });
  });

  describe(`${name}: failures before the head`, () => {
    const endless = `HTTP/1.1 200 OK\r\n${`A: ${'x'.repeat(1000)}\r\n`.repeat(40)}`;
    const rows: [name: string, answer: string, then: 'end' | 'reset' | 'stay', detail: string, message: RegExp][] = [
      ['closed without a byte', '', 'end', 'OriginReadError', /closed without a response/],
      ['reset without a byte', '', 'reset', 'OriginReadError', /broke before it answered/],
      ['closed in the head', 'HTTP/1.1 200 OK\r\nA: ', 'end', 'OriginReadError', /before the response was complete/],
      ['not HTTP', 'SSH-2.0-OpenSSH', 'stay', 'OriginInvalidResponseError', /does not begin with HTTP/],
      ['invalid field', 'HTTP/1.1 200 OK\r\nA : 1\r\n\r\n', 'stay', 'OriginInvalidResponseError', /header name/],
      ['switching protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', 'stay', 'OriginInvalidResponseError', /101/],
      ['header too big', endless, 'stay', 'OriginHeaderTooBigError', /larger than 32768/],
    ];
    test.each(rows)('%s', async (_name, answer, then, detail, message) => {
      const { send, origin, clock } = await bench(
        answeringOnce(answer, (connection) => {
          if (then === 'end') connection.end();
          if (then === 'reset') connection.reset();
        }),
      );
      const failure = await failureOf(send());
      expect(failure).toMatchObject({ status: 502, detail });
      expect(failure.message).toMatch(message);
      expect(failure.message).toContain(`http://127.0.0.1:${origin.port}`);
      expect([origin.connections, clock.pending]).toEqual([1, 0]);
    });

    test('refused', async () => {
      const { send, origin } = await bench(() => {});
      origin.close();
      expect(await failureOf(send())).toMatchObject({ status: 502, detail: 'OriginConnectError' });
    });

    test('a name without addresses', async () => {
      const { send } = await bench(() => {});
      const failure = await failureOf(send({ hostname: 'no-such-origin.invalid' }));
      expect(failure).toMatchObject({ status: 502, detail: 'OriginDnsError' });
      expect(failure.message).toContain('no-such-origin.invalid');
    });

    const attempts: [name: string, method: string, kind: 'custom' | 's3', want: number][] = [
      ['GET is sent three times', 'GET', 'custom', 3],
      ['HEAD is sent three times', 'HEAD', 'custom', 3],
      ['POST is sent once', 'POST', 'custom', 1],
      ['DELETE is sent once', 'DELETE', 'custom', 1],
      ['GET to S3 is sent once', 'GET', 's3', 1],
    ];
    test.each(attempts)('silence until the response timeout: %s', async (_name, method, kind, want) => {
      let requests = 0;
      const arrivals = [1, 2, 3, 4].map(() => Promise.withResolvers<void>());
      const { send, clock, origin } = await bench(async (connection) => {
        await connection.head();
        arrivals[requests++]?.resolve();
      });
      const target: Partial<OriginTarget> = kind === 's3' ? { kind: { kind: 's3', originAccessIdentity: undefined } } : {};
      const failure = failureOf(send({ method }, NO_BODY, target));
      for (const arrival of arrivals.slice(0, want)) {
        await arrival.promise;
        clock.advance(seconds(30));
      }
      expect(await failure).toMatchObject({ status: 504, detail: 'OriginCommError' });
      expect([requests, origin.connections, clock.pending]).toEqual([want, want, 0]);
    });

    test('a silent attempt followed by an answer is an answer', async () => {
      const first = Promise.withResolvers<void>();
      const { send, clock } = await bench(async (connection, number) => {
        await connection.head();
        if (number === 1) first.resolve();
        else await connection.write(OK);
      });
      const response = send();
      await first.promise;
      clock.advance(seconds(30));
      expect(await textOf(await response)).toBe('ok');
    });

    test('the completion timeout spans the attempts', async () => {
      const arrivals = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const { send, clock, origin } = await bench(async (connection, number) => {
        await connection.head();
        arrivals[number - 1]?.resolve();
      });
      const failure = failureOf(send({}, NO_BODY, { responseCompletionTimeout: seconds(40) }));
      await arrivals[0]?.promise;
      clock.advance(seconds(30));
      await arrivals[1]?.promise;
      clock.advance(seconds(10));
      expect(await failure).toMatchObject({ status: 504, detail: 'OriginCommError' });
      expect([origin.connections, clock.pending]).toEqual([2, 0]);
    });

    test('a viewer that leaves closes the connection', async () => {
      const arrived = Promise.withResolvers<RawConnection>();
      const { send, clock } = await bench(async (connection) => {
        await connection.head();
        arrived.resolve(connection);
      });
      const viewer = new AbortController();
      const failure = failureOf(send({}, NO_BODY, {}, viewer.signal));
      const connection = await arrived.promise;
      viewer.abort();
      expect((await failure).detail).toBe('ClientCommError');
      await connection.closed;
      expect(clock.pending).toBe(0);
    });

    test('a viewer that has left already costs no connection', async () => {
      const { send, origin } = await bench(answering(OK));
      expect((await failureOf(send({}, NO_BODY, {}, AbortSignal.abort()))).detail).toBe('ClientCommError');
      expect(origin.connections).toBe(0);
    });
  });

  describe(`${name}: failures in the body`, () => {
    const rows: [name: string, answer: string, then: 'end' | 'reset', body: string, detail: string][] = [
      ['shorter than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', 'end', 'abc', 'OriginReadError'],
      ['reset', 'HTTP/1.1 200 OK\r\n\r\nabc', 'reset', 'abc', 'OriginReadError'],
      [
        'chunks without an end',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
        'end',
        'abc',
        'OriginReadError',
      ],
      [
        'invalid chunk',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX',
        'end',
        'abc',
        'OriginInvalidResponseError',
      ],
    ];
    test.each(rows)('%s', async (_name, answer, then, body, detail) => {
      const read = Promise.withResolvers<void>();
      const { send, clock } = await bench(
        answeringOnce(answer, async (connection) => {
          await read.promise;
          connection[then]();
        }),
      );
      const response = await send();
      let got = '';
      const reading = (async () => {
        for await (const chunk of response.body) {
          got += Buffer.from(chunk).toString();
          read.resolve();
        }
      })();
      expect(await failureOf(reading)).toMatchObject({ status: 502, detail });
      expect([got, clock.pending]).toEqual([body, 0]);
    });

    test('a stall, though not while the reader is slow', async () => {
      const { send, clock } = await bench(answeringOnce('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', () => {}));
      const response = await send();
      const chunks = response.body[Symbol.asyncIterator]();
      expect((await chunks.next()).done).toBe(false);
      clock.advance(seconds(300));
      const failure = failureOf(chunks.next());
      clock.advance(seconds(30));
      expect(await failure).toMatchObject({ status: 504, detail: 'OriginCommError' });
      expect((await failureOf(chunks.next())).status).toBe(504);
    });

    test('the completion timeout', async () => {
      const { send, clock } = await bench(answeringOnce('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', () => {}));
      const response = await send({}, NO_BODY, { responseCompletionTimeout: seconds(60) });
      clock.advance(seconds(60));
      expect(await failureOf(textOf(response))).toMatchObject({ status: 504, detail: 'OriginCommError' });
    });
  });

  describe(`${name}: kept connections`, () => {
    test('are closed when idle for the keep-alive timeout', async () => {
      const closed = Promise.withResolvers<void>();
      const { send, clock, origin } = await bench(async (connection) => {
        await connection.head();
        await connection.write(OK);
        await connection.closed;
        closed.resolve();
      });
      await textOf(await send());
      clock.advance(seconds(5));
      await closed.promise;
      expect([origin.connections, clock.pending]).toEqual([1, 0]);
    });

    const stale: [name: string, method: string, body: () => RequestBody, answered: boolean][] = [
      ['GET goes out again', 'GET', () => NO_BODY, true],
      ['HEAD goes out again', 'HEAD', () => NO_BODY, true],
      ['POST does not, the origin may have acted', 'POST', () => NO_BODY, false],
      ['a body that was sent does not', 'PUT', () => streamed(pieces('x'), 1), false],
      ['a body that had not begun does', 'POST', () => streamed(neverBefore(1), 1), true],
    ];
    let release: (() => void) | undefined;
    /** Yields only when the second connection has been seen. */
    async function* neverBefore(count: number): AsyncGenerator<Uint8Array> {
      await new Promise<void>((resolve) => (release = resolve));
      yield new Uint8Array(count);
    }
    test.each(stale)('one that dies unanswered: %s', async (_name, method, body, answered) => {
      const { send, origin } = await bench(async (connection, number) => {
        await connection.head();
        if (number === 2) {
          release?.();
          await connection.write(method === 'HEAD' ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n' : OK);
          return;
        }
        await connection.write(OK);
        await connection.head();
        if (method === 'PUT') await connection.take(1);
        connection.reset();
      });
      await textOf(await send());
      const second = send({ method }, body());
      if (answered) expect((await second).head.status).toBe(200);
      else expect(await failureOf(second)).toMatchObject({ status: 502, detail: 'OriginReadError' });
      expect(origin.connections).toBe(answered ? 2 : 1);
    });

    const dropped: [name: string, act: (connection: RawConnection) => unknown][] = [
      ['closed by the origin', (connection) => connection.end()],
      ['speaking unasked', (connection) => connection.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')],
    ];
    test.each(dropped)('one %s is not used again', async (_name, act) => {
      const noticed = Promise.withResolvers<void>();
      const acted = Promise.withResolvers<void>();
      const { send, origin } = await bench(async (connection, number) => {
        await connection.head();
        await connection.write(OK);
        if (number > 1) return;
        await acted.promise;
        await act(connection);
        await connection.closed;
        noticed.resolve();
      });
      await textOf(await send());
      acted.resolve();
      await noticed.promise;
      expect(await textOf(await send())).toBe('ok');
      expect(origin.connections).toBe(2);
    });

    test('are never shared by two requests at once', async () => {
      const { send, origin } = await bench(async (connection) => {
        const head = await connection.head();
        const id = /GET (\S+)/.exec(head)?.[1] ?? '';
        await origin.connected(20);
        await connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${id.length}\r\n\r\n${id}`);
      });
      const ids = Array.from({ length: 20 }, (_, index) => `/${index}`);
      const bodies = await Promise.all(ids.map(async (target) => textOf(await send({ target }))));
      expect(bodies).toEqual(ids);
    });
  });

  describe(`${name}: request bodies`, () => {
    test('a slow origin pauses the sender; nothing is lost', async () => {
      let offered = 0;
      async function* plenty(): AsyncGenerator<Uint8Array> {
        for (; offered < 50 * MIB; offered += MIB / 4) yield new Uint8Array(MIB / 4);
      }
      const paused = Promise.withResolvers<RawConnection>();
      let taken = 0;
      const { send } = await bench(async (connection) => {
        await connection.head();
        connection.pause();
        paused.resolve(connection);
        for (; taken < 50 * MIB; taken += MIB / 4) await connection.take(MIB / 4);
        await connection.write(OK);
      });
      const response = send({ method: 'PUT' }, streamed(plenty(), 50 * MIB));
      const connection = await paused.promise;
      expect(await stillness(() => offered)).toBeLessThan(16 * MIB);
      connection.resume();
      expect(await textOf(await response)).toBe('ok');
      expect(taken).toBe(50 * MIB);
    });

    test('an origin that takes no more for the response timeout', async () => {
      const { send, clock } = await bench(async (connection) => {
        await connection.head();
        connection.pause();
      });
      let offered = 0;
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (; ; offered += MIB / 4) yield new Uint8Array(MIB / 4);
      }
      const failure = failureOf(send({ method: 'PUT' }, streamed(endless())));
      await stillness(() => offered);
      clock.advance(seconds(30));
      expect(await failure).toMatchObject({ status: 504, detail: 'OriginCommError' });
    });

    test('an early refusal is read, the body is stopped, the connection closed', async () => {
      const released = Promise.withResolvers<void>();
      const closed = Promise.withResolvers<void>();
      async function* waiting(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) {
            yield new Uint8Array(10);
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          released.resolve();
        }
      }
      const { send } = await bench(async (connection) => {
        await connection.head();
        await connection.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig');
        await connection.closed;
        closed.resolve();
      });
      const response = await send({ method: 'POST' }, streamed(waiting()));
      expect([response.head.status, await textOf(response)]).toEqual([413, 'big']);
      await Promise.all([released.promise, closed.promise]);
    });

    test('an origin that answers while it reads gets the whole body', async () => {
      const { send } = await bench(async (connection) => {
        await connection.head();
        await connection.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n');
        for (let byte = 0; byte < 4; byte++) await connection.write(await connection.take(1));
      });
      async function* slowly(): AsyncGenerator<Uint8Array> {
        for (const letter of 'echo') {
          await new Promise((resolve) => setImmediate(resolve));
          yield Buffer.from(letter);
        }
      }
      expect(await textOf(await send({ method: 'POST' }, streamed(slowly(), 4)))).toBe('echo');
    });

    const broken: [name: string, chunks: () => AsyncGenerator<Uint8Array>, length: number | undefined][] = [
      ['fails', failing, undefined],
      ['is shorter than announced', () => pieces('ab'), 3],
      ['is longer than announced', () => pieces('ab', 'cd'), 3],
    ];
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('ab');
      throw new Error('the viewer left');
    }
    test.each(broken)('a body that %s closes the connection', async (_name, chunks, length) => {
      const closed = Promise.withResolvers<void>();
      const { send, clock } = await bench(async (connection) => {
        await connection.head();
        await connection.closed;
        closed.resolve();
      });
      expect((await failureOf(send({ method: 'POST' }, streamed(chunks(), length)))).detail).toBe('ClientHungUpRequest');
      await closed.promise;
      expect(clock.pending).toBe(0);
    });
  });
}
