/**
 * OriginClient contract: TLS connections that are kept. After the first response they are carried on by other means than they began with;
 * nothing of that shows.
 */
import { beforeAll, describe, expect, test } from 'bun:test';
import { KIB, MIB } from '../../src/model/units.ts';
import { createTestCa } from './certificates.ts';
import type { Certificate, TestCa } from './certificates.ts';
import { failureOf, OK, stillness, streamed, textOf } from './origin-bench.ts';
import type { BenchSetup, StartBench } from './origin-bench.ts';
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

    const broken: [name: string, act: (connection: RawConnection) => unknown][] = [
      ['ended', (connection) => connection.end()],
      ['reset', (connection) => connection.reset()],
    ];
    test.each(broken)('break off in the middle of a response: %s', async (_name, act) => {
      const read = Promise.withResolvers<void>();
      const { send, clock } = await bench(
        then(async (connection) => {
          await connection.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
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
      expect(await failureOf(chunks.next())).toMatchObject({ status: 502, detail: 'OriginReadError' });
      expect(clock.waiting).toBe(0);
    });

    test.each(broken)('are replaced when they have been %s while they were idle', async (_name, act) => {
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
