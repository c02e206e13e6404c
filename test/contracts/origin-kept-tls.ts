/**
 * OriginClient contract: TLS connections that are kept. After the first response they are carried on by other means than they began with;
 * nothing of that shows.
 */
import { beforeAll, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { KIB, MIB, seconds } from '../../src/model/units.ts';
import { createTestCa } from './certificates.ts';
import type { Certificate, TestCa } from './certificates.ts';
import { failureOf, NO_BODY, OK, pieces, stillness, streamed, textOf } from './origin-bench.ts';
import type { BenchSetup, StartBench } from './origin-bench.ts';
import { HANDSHAKE, SWITCHED } from './origin-tunnels.ts';
import type { RawConnection } from './raw-origin.ts';

export function describeKeptTls(bench: StartBench): void {
  describe('kept TLS connections', () => {
    let ca: TestCa;
    let certificate: Certificate;
    beforeAll(async () => {
      ca = await createTestCa();
      certificate = await ca.issue(['site.test']);
    });
    const secure = (): BenchSetup => ({ tls: certificate, client: () => ({ extraCa: [ca.pem] }) });

    /** Answers once, then does as told with the next request. */
    const then =
      (second: (connection: RawConnection) => Promise<void>) =>
      async (connection: RawConnection): Promise<void> => {
        await connection.head();
        await connection.write(OK);
        await connection.head();
        await second(connection);
      };

    test('carry a large response at the reader’s pace', async () => {
      let written = 0;
      const { send, origin } = await bench(
        then(async (connection) => {
          await connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${20 * MIB}\r\n\r\n`);
          for (; written < 20 * MIB; written += 64 * KIB) await connection.write(new Uint8Array(64 * KIB).fill(7));
        }),
        secure(),
      );
      await textOf(await send());
      const response = await send();
      expect(await stillness(() => written)).toBeLessThan(12 * MIB);
      let read = 0;
      for await (const chunk of response.body) {
        if (!chunk.every((octet) => octet === 7)) throw new Error('an octet is another');
        read += chunk.byteLength;
      }
      expect([read, origin.connections]).toEqual([20 * MIB, 1]);
    });

    test('carry a large request at the origin’s pace', async () => {
      let offered = 0;
      async function* plenty(): AsyncGenerator<Uint8Array> {
        for (; offered < 20 * MIB; offered += MIB / 4) yield new Uint8Array(MIB / 4);
      }
      const paused = Promise.withResolvers<RawConnection>();
      const { send, origin } = await bench(
        then(async (connection) => {
          connection.pause();
          paused.resolve(connection);
          await connection.take(20 * MIB);
          await connection.write(OK);
        }),
        secure(),
      );
      await textOf(await send());
      const response = send({ method: 'PUT' }, streamed(plenty(), 20 * MIB));
      const connection = await paused.promise;
      expect(await stillness(() => offered)).toBeLessThan(16 * MIB);
      connection.resume();
      expect([await textOf(await response), origin.connections]).toEqual(['ok', 1]);
    });

    const end = (connection: RawConnection): unknown => connection.end();
    const reset = (connection: RawConnection): unknown => connection.reset();
    const broken: [name: string, framing: string, act: (connection: RawConnection) => unknown, isWhole: boolean][] = [
      ['ended before its length', 'Content-Length: 9\r\n', end, false],
      ['reset before its length', 'Content-Length: 9\r\n', reset, false],
      // RFC 9112 9.8: only the end of TLS is the end of a body without a length.
      ['ended, without a length', '', end, true],
      ['reset, without a length', '', reset, false],
    ];
    test.each(broken)('a response that is %s', async (_name, framing, act, isWhole) => {
      const read = Promise.withResolvers<void>();
      const { send, clock } = await bench(
        then(async (connection) => {
          await connection.write(`HTTP/1.1 200 OK\r\n${framing}\r\nabc`);
          await read.promise;
          act(connection);
        }),
        secure(),
      );
      await textOf(await send());
      const response = await send();
      const chunks = response.body[Symbol.asyncIterator]();
      expect(await chunks.next()).toEqual({ done: false, value: Buffer.from('abc') });
      read.resolve();
      if (isWhole) expect(await chunks.next()).toMatchObject({ done: true });
      else expect(await failureOf(chunks.next())).toMatchObject({ status: 502, detail: 'OriginReadError' });
      expect(clock.waiting).toBe(0);
    });

    test('are closed at once when the viewer leaves, whatever the origin goes on sending', async () => {
      const closed = Promise.withResolvers<void>();
      const { send, clock } = await bench(
        then(async (connection) => {
          void connection.closed.then(closed.resolve);
          await connection.write('HTTP/1.1 200 OK\r\n\r\n');
          for (;;) await connection.write(new Uint8Array(64 * KIB));
        }),
        secure(),
      );
      await textOf(await send());
      const response = await send();
      await response.body[Symbol.asyncIterator]().next();
      response.cancel();
      await closed.promise;
      expect(clock.waiting).toBe(0);
    });

    test('are closed when idle for the keep-alive timeout', async () => {
      const closed = Promise.withResolvers<void>();
      const { send, clock } = await bench(async (connection) => {
        void connection.closed.then(closed.resolve);
        for (;;) {
          await connection.head();
          await connection.write(OK);
        }
      }, secure());
      await textOf(await send());
      await textOf(await send());
      clock.advance(seconds(5));
      await closed.promise;
      expect(clock.waiting).toBe(0);
    });

    test('are closed at once, though the origin does not answer the end of TLS', async () => {
      const arrived = Promise.withResolvers<void>();
      const left = Promise.withResolvers<void>();
      // In between, what is said to the origin can be kept from it.
      let mute = (): void => undefined;
      const between = createServer({ allowHalfOpen: true }, (near) => {
        const far = connect({ host: '127.0.0.1', port: origin.port, allowHalfOpen: true });
        near.pipe(far).pipe(near);
        near.on('end', left.resolve);
        mute = () => void near.unpipe(far).resume();
      });
      between.listen(0, '127.0.0.1');
      await once(between, 'listening');
      const { port } = between.address() as AddressInfo;
      const resolve = () => ({ connectHost: '127.0.0.1', connectPort: port, scheme: 'https' }) as const;
      const { send, origin } = await bench(
        then(async () => arrived.resolve()),
        { tls: certificate, client: () => ({ extraCa: [ca.pem], resolve }) },
      );
      await textOf(await send());
      const viewer = new AbortController();
      const failure = failureOf(send({}, NO_BODY, {}, viewer.signal));
      await arrived.promise;
      mute();
      viewer.abort();
      await failure;
      await left.promise;
      between.close();
    });

    test.each([0, 1])('carry tunnels, of which either side ends its half, after %i requests', async (before) => {
      const { send } = await bench(async (connection) => {
        for (let answered = 0; answered < before; answered++) {
          await connection.head();
          await connection.write(OK);
        }
        await connection.head();
        await connection.write(SWITCHED);
        await connection.write(Buffer.concat([await connection.take(2), Buffer.from(', you')]));
        connection.end();
      }, secure());
      for (let sent = 0; sent < before; sent++) await textOf(await send());
      const response = await send(HANDSHAKE);
      response.accept?.(pieces('hi'));
      expect(await textOf(response)).toBe('hi, you');
    });

    const ways = [
      ['ended', end],
      ['reset', reset],
    ] as const;
    test.each(ways)('are replaced when they have been %s while they were idle', async (_name, act) => {
      const gone = Promise.withResolvers<void>();
      const { send, origin } = await bench(async (connection, number) => {
        for (let answered = 0; ; answered++) {
          await connection.head();
          await connection.write(OK);
          if (number > 1 || answered === 0) continue;
          act(connection);
          await connection.closed;
          gone.resolve();
        }
      }, secure());
      await textOf(await send());
      await textOf(await send());
      await gone.promise;
      expect(await textOf(await send())).toBe('ok');
      expect(origin.connections).toBe(2);
    });
  });
}
