/** OriginClient contract: what breaks, before the head and in the body, each with its status and log detail. Facts 8.1. */
import { describe, expect, test } from 'bun:test';
import type { OriginTarget } from '../../src/edge/ports.ts';
import { seconds } from '../../src/model/units.ts';
import { answering, answeringOnce, failureOf, NO_BODY, OK, textOf } from './origin-bench.ts';
import type { StartBench } from './origin-bench.ts';
import type { RawConnection } from './raw-origin.ts';

export function describeFailures(bench: StartBench): void {
  describe('failures before the head', () => {
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
      expect([origin.connections, clock.waiting]).toEqual([1, 0]);
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
      expect([requests, origin.connections, clock.waiting]).toEqual([want, want, 0]);
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
      expect([origin.connections, clock.waiting]).toEqual([2, 0]);
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
      expect(clock.waiting).toBe(0);
    });

    test('a viewer that has left already costs no connection', async () => {
      const { send, origin } = await bench(answering(OK));
      expect((await failureOf(send({}, NO_BODY, {}, AbortSignal.abort()))).detail).toBe('ClientCommError');
      expect(origin.connections).toBe(0);
    });
  });

  describe('failures in the body', () => {
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
      expect([got, clock.waiting]).toEqual([body, 0]);
    });

    test('a stall, though not while bytes trickle or the reader is slow', async () => {
      const go = Promise.withResolvers<void>();
      const { send, clock } = await bench(async (connection) => {
        await connection.head();
        await connection.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n');
        await go.promise;
        await connection.write('abc');
      });
      const response = await send();
      const chunks = response.body[Symbol.asyncIterator]();
      const first = chunks.next();
      clock.advance(seconds(29));
      go.resolve();
      expect((await first).done).toBe(false);
      clock.advance(seconds(300));
      const failure = failureOf(chunks.next());
      clock.advance(seconds(29));
      expect(clock.waiting).toBe(1);
      clock.advance(seconds(1));
      expect(await failure).toMatchObject({ status: 504, detail: 'OriginCommError' });
      expect((await failureOf(chunks.next())).status).toBe(504);
    });

    test('the completion timeout ends with the response', async () => {
      const { send, clock } = await bench(answering('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'));
      expect(await textOf(await send({}, NO_BODY, { responseCompletionTimeout: seconds(60) }))).toBe('ok');
      expect(clock.waiting).toBe(0);
    });

    test('the completion timeout', async () => {
      const { send, clock } = await bench(answeringOnce('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', () => {}));
      const response = await send({}, NO_BODY, { responseCompletionTimeout: seconds(60) });
      clock.advance(seconds(60));
      expect(await failureOf(textOf(response))).toMatchObject({ status: 504, detail: 'OriginCommError' });
    });
  });
}
