/** OriginClient contract: connections kept for the next request, and request bodies streamed over them. */
import { describe, expect, test } from 'bun:test';
import type { RequestBody } from '../../src/edge/ports.ts';
import { MIB, seconds } from '../../src/model/units.ts';
import { failureOf, NO_BODY, OK, pieces, stillness, streamed, textOf } from './origin-bench.ts';
import type { StartBench } from './origin-bench.ts';
import type { RawConnection } from './raw-origin.ts';

export function describeConnections(bench: StartBench): void {
  describe('kept connections', () => {
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
      expect([origin.connections, clock.waiting]).toEqual([1, 0]);
    });

    test('cost no time to make, and the answer says what each part took', async () => {
      let passes = (_time: number): void => undefined;
      const { send, clock } = await bench(
        async (connection) => {
          for (;;) {
            await connection.head();
            passes(40);
            await connection.write(OK);
          }
        },
        {
          client: () => ({
            lookup: (_name) => {
              passes(7);
              return Promise.resolve(['127.0.0.1']);
            },
          }),
        },
      );
      passes = (time) => clock.advance(time);
      const first = await send({ hostname: 'site.test' });
      expect(first.timing).toEqual({ dns: 7, connect: 0, firstByte: 40 });
      await textOf(first);
      expect((await send({ hostname: 'site.test' })).timing).toEqual({ dns: 0, connect: 0, firstByte: 40 });
    });

    test('are left alone while they are in use again', async () => {
      const arrived = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<void>();
      const { send, clock, origin } = await bench(async (connection) => {
        await connection.head();
        await connection.write(OK);
        await connection.head();
        arrived.resolve();
        await answer.promise;
        await connection.write(OK);
      });
      await textOf(await send());
      const second = send();
      await arrived.promise;
      clock.advance(seconds(5));
      answer.resolve();
      expect([await textOf(await second), origin.connections]).toEqual(['ok', 1]);
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

  describe('request bodies', () => {
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
        await connection.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\n');
        await released.promise;
        await connection.write('big');
        await connection.closed;
        closed.resolve();
      });
      const response = await send({ method: 'POST' }, streamed(waiting()));
      expect([response.head.status, await textOf(response)]).toEqual([413, 'big']);
      await closed.promise;
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
      expect(clock.waiting).toBe(0);
    });
  });
}
