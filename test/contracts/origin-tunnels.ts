/** OriginClient contract: WebSocket handshakes, and the octets that go both ways after them. RFC 6455 4; facts 10.2. */
import { describe, expect, test } from 'bun:test';
import type { OriginResponse } from '../../src/edge/ports.ts';
import { KIB, MIB, MINUTE } from '../../src/model/units.ts';
import { answering, answeringOnce, failureOf, stillness, textOf } from './origin-bench.ts';
import type { OriginScript, RawConnection } from './raw-origin.ts';
import type { OriginBench, StartBench } from './origin-bench.ts';

/** The example of RFC 6455 1.3. */
export const HANDSHAKE = {
  upgrade: 'websocket',
  fields: [
    ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['sec-websocket-version', '13'],
  ],
} as const;
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
export const SWITCHED = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`;

/** What a viewer sends, at the test's bidding. */
function sending(): {
  readonly chunks: AsyncIterable<Uint8Array>;
  send(text: string): void;
  end(): void;
  breakOff(): void;
  left(): boolean;
} {
  const steps: (() => IteratorResult<Uint8Array>)[] = [];
  let wake = (): void => {};
  let left = false;
  const push = (step: () => IteratorResult<Uint8Array>): void => {
    steps.push(step);
    wake();
  };
  async function next(): Promise<IteratorResult<Uint8Array>> {
    while (steps.length === 0 && !left) await new Promise<void>((resolve) => (wake = resolve));
    return steps.shift()?.() ?? { done: true, value: undefined };
  }
  const iterator: AsyncIterator<Uint8Array> = {
    next,
    return: async () => {
      left = true;
      wake();
      return { done: true, value: undefined };
    },
  };
  return {
    chunks: { [Symbol.asyncIterator]: () => iterator },
    send: (text) => push(() => ({ done: false, value: Buffer.from(text, 'latin1') })),
    end: () => push(() => ({ done: true, value: undefined })),
    breakOff: () =>
      push(() => {
        throw new Error('the viewer is gone');
      }),
    left: () => left,
  };
}

export function describeTunnels(bench: StartBench): void {
  describe('WebSocket handshakes', () => {
    test('the origin is asked to upgrade, and its answer is passed on', async () => {
      let asked = '';
      const { send } = await bench(async (connection) => {
        asked = await connection.head();
        await connection.write(SWITCHED.replace('\r\n\r\n', '\r\nSec-WebSocket-Protocol: chat\r\n\r\n'));
      });
      const { head } = await send(HANDSHAKE);
      expect(asked).toEndWith(
        '\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      );
      expect(head).toEqual({
        status: 101,
        fields: [
          ['sec-websocket-accept', ACCEPT],
          ['sec-websocket-protocol', 'chat'],
        ],
        bodyLength: undefined,
      });
    });

    const refused: [name: string, answer: string, message: RegExp][] = [
      ['another key’s Sec-WebSocket-Accept', SWITCHED.replace(ACCEPT, 'AAAA'), /wrong Sec-WebSocket-Accept "AAAA"/],
      ['two of them', SWITCHED.replace('\r\n\r\n', `\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`), /wrong Sec-WebSocket-Accept/],
      ['none', SWITCHED.replace(`Sec-WebSocket-Accept: ${ACCEPT}\r\n`, ''), /without Sec-WebSocket-Accept/],
      ['another protocol', SWITCHED.replace('websocket', 'h2c'), /not to websocket/],
    ];
    test.each(refused)('a 101 with %s', async (_name, answer, message) => {
      const closed = Promise.withResolvers<void>();
      const { send, clock } = await bench(
        answeringOnce(answer, async (connection) => {
          await connection.closed;
          closed.resolve();
        }),
      );
      const failure = await failureOf(send(HANDSHAKE));
      expect(failure).toMatchObject({ status: 502, detail: 'OriginInvalidResponseError' });
      expect(failure.message).toMatch(message);
      await closed.promise;
      expect(clock.waiting).toBe(0);
    });

    test('any other status is an ordinary answer, and the connection is kept', async () => {
      const { send, origin } = await bench(answering('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno'));
      for (let round = 0; round < 2; round++) {
        const response = await send(HANDSHAKE);
        expect([response.head.status, response.accept, await textOf(response)]).toEqual([426, undefined, 'no']);
      }
      expect(origin.connections).toBe(1);
    });
  });

  describe('places for tunnels', () => {
    const one = { originRequests: 9, requestsPerOrigin: 9, waitingPerOrigin: 9, tunnels: 1 };

    test('who is on the way to a tunnel has its place already', async () => {
      const answer = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      const script: OriginScript = async (connection) => {
        await connection.head();
        asked.resolve();
        await answer.promise;
        await connection.write(SWITCHED);
      };
      const { send } = await bench(script, { client: () => ({ capacity: one }) });
      const first = send(HANDSHAKE);
      await asked.promise;
      expect(await failureOf(send(HANDSHAKE))).toMatchObject({ status: 503, detail: 'CapacityExceeded' });
      answer.resolve();
      const opened = await first;
      expect(opened.head.status).toBe(101);
      expect(await failureOf(send(HANDSHAKE))).toMatchObject({ status: 503, detail: 'CapacityExceeded' });
      opened.cancel();
      expect((await send(HANDSHAKE)).head.status).toBe(101);
    });

    const unused: [name: string, answer: string][] = [
      ['an answer that is none', 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno'],
      ['a refused one', SWITCHED.replace(ACCEPT, 'AAAA')],
    ];
    test.each(unused)('%s leaves the place to the next', async (_name, first) => {
      let answers = 0;
      const script: OriginScript = async (connection) => {
        for (;;) {
          await connection.head();
          answers += 1;
          await connection.write(answers === 1 ? first : SWITCHED);
        }
      };
      const { send } = await bench(script, { client: () => ({ capacity: one }) });
      await send(HANDSHAKE).then(textOf, () => undefined);
      expect((await send(HANDSHAKE)).head.status).toBe(101);
    });
  });

  describe('tunnels', () => {
    /** A tunnel in place, and the origin's end of it. */
    async function tunnel(): Promise<
      OriginBench & { response: OriginResponse; far: RawConnection; viewer: ReturnType<typeof sending> }
    > {
      const opened = Promise.withResolvers<RawConnection>();
      const begun = await bench(answeringOnce(SWITCHED, (connection) => opened.resolve(connection)));
      const response = await begun.send(HANDSHAKE);
      const viewer = sending();
      response.accept?.(viewer.chunks);
      return { ...begun, response, far: await opened.promise, viewer };
    }
    const next = async ({ body }: OriginResponse): Promise<string> => {
      const step = await body[Symbol.asyncIterator]().next();
      return step.done === true ? 'end' : Buffer.from(step.value).toString('latin1');
    };

    test('octets go both ways, those behind the head too', async () => {
      let heard = '';
      const { send } = await bench(
        answeringOnce(`${SWITCHED}\x81\x00`, async (connection) => {
          heard = Buffer.from(await connection.take(3)).toString('latin1');
          await connection.write('bye');
          connection.end();
        }),
      );
      const response = await send(HANDSHAKE);
      const viewer = sending();
      response.accept?.(viewer.chunks);
      expect(await next(response)).toBe('\x81\x00');
      viewer.send('a\xffb');
      expect(await next(response)).toBe('bye');
      expect(await next(response)).toBe('end');
      expect(heard).toBe('a\xffb');
    });

    test('the origin ends its half first: the viewer’s is still sent', async () => {
      const { response, far, viewer, clock } = await tunnel();
      far.end();
      expect(await next(response)).toBe('end');
      viewer.send('last');
      expect(Buffer.from(await far.take(4)).toString()).toBe('last');
      viewer.end();
      expect(await stillness(() => clock.waiting)).toBe(0);
    });

    test('the viewer ends its half first: the origin’s is still read', async () => {
      const { response, far, viewer, clock } = await tunnel();
      viewer.send('last');
      viewer.end();
      expect(Buffer.from(await far.take(4)).toString()).toBe('last');
      await far.closed;
      await far.write('more');
      expect(await next(response)).toBe('more');
      far.end();
      expect(await next(response)).toBe('end');
      expect(clock.waiting).toBe(0);
    });

    test('an origin that breaks off is a broken body; nobody reads the viewer any more', async () => {
      const { response, far, viewer, clock } = await tunnel();
      const broken = failureOf(next(response));
      far.reset();
      expect(await broken).toMatchObject({ status: 502, detail: 'OriginReadError' });
      expect([viewer.left(), clock.waiting]).toEqual([true, 0]);
    });

    const endings: [name: string, end: (response: OriginResponse, viewer: ReturnType<typeof sending>) => void][] = [
      ['breaks off', (_response, viewer) => viewer.breakOff()],
      ['leaves', (response) => response.cancel()],
      ['stops reading', (response) => void response.body[Symbol.asyncIterator]().return?.()],
    ];
    test.each(endings)('a viewer that %s takes the origin’s connection along', async (_name, end) => {
      const { response, far, viewer, clock } = await tunnel();
      end(response, viewer);
      await far.closed;
      expect(await stillness(() => clock.waiting)).toBe(0);
    });

    test('what is sent after the end is not read', async () => {
      const { response } = await tunnel();
      response.cancel();
      const late = sending();
      response.accept?.(late.chunks);
      expect(late.left()).toBe(true);
    });

    test('silence ends it after ten minutes, words of either side put that off', async () => {
      const { response, far, viewer, clock } = await tunnel();
      clock.advance(9 * MINUTE);
      viewer.send('ping');
      expect(Buffer.from(await far.take(4)).toString()).toBe('ping');
      clock.advance(9 * MINUTE);
      await far.write('pong');
      expect(await next(response)).toBe('pong');
      clock.advance(9 * MINUTE);
      const last = next(response);
      clock.advance(MINUTE);
      expect(await last).toBe('end');
      await far.closed;
      expect([viewer.left(), clock.waiting]).toEqual([true, 0]);
    });

    test('a slow reader holds the origin back', async () => {
      const { response, far } = await tunnel();
      let written = 0;
      const flood = (async () => {
        for (; written < 50 * MIB; written += MIB / 4) await far.write(new Uint8Array(MIB / 4));
        far.end();
      })();
      expect(await stillness(() => written)).toBeLessThan(16 * MIB);
      let read = 0;
      for await (const chunk of response.body) read += chunk.length;
      await flood;
      expect(read).toBe(50 * MIB);
    });

    test('an origin that does not read holds the viewer back', async () => {
      const opened = Promise.withResolvers<RawConnection>();
      const { send } = await bench(
        answeringOnce(SWITCHED, (connection) => {
          connection.pause();
          opened.resolve(connection);
        }),
      );
      let taken = 0;
      async function* flood(): AsyncGenerator<Uint8Array> {
        for (; taken < 50 * MIB; taken += 64 * KIB) yield new Uint8Array(64 * KIB);
      }
      const { accept } = await send(HANDSHAKE);
      accept?.(flood());
      const slow = await opened.promise;
      expect(await stillness(() => taken)).toBeLessThan(16 * MIB);
      slow.resume();
      for (let left = 50; left > 0; left--) await slow.take(MIB);
      expect(taken).toBe(50 * MIB);
    });
  });
}
