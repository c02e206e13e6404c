/** OriginClient contract: what is written to an origin, and what is read of whole responses. */
import { describe, expect, test } from 'bun:test';
import type { OriginRequest } from '../../src/core/request.ts';
import type { RequestBody } from '../../src/edge/ports.ts';
import { MIB } from '../../src/model/units.ts';
import { answering, answeringOnce, failureOf, NO_BODY, OK, pieces, stillness, streamed, textOf } from './origin-bench.ts';
import type { StartBench } from './origin-bench.ts';

export function describeMessages(bench: StartBench): void {
  describe('requests', () => {
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

    test('what has been sent of a body is let go of', async () => {
      const COUNT = 100;
      const SIZE = 1000;
      const { send } = await bench(async (connection) => {
        await connection.head();
        await connection.take(COUNT * SIZE);
        await connection.write(OK);
      });
      const sent: WeakRef<Uint8Array>[] = [];
      let held = 0;
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let index = 0; index < COUNT; index++) {
          const chunk = new Uint8Array(SIZE);
          sent.push(new WeakRef(chunk));
          // What one turn has looked at stays until the turn is over.
          await new Promise((resolve) => setImmediate(resolve));
          yield chunk;
        }
        Bun.gc(true);
        held = sent.filter((chunk) => chunk.deref() !== undefined).length;
      }
      expect(await textOf(await send({ method: 'PUT' }, streamed(chunks(), COUNT * SIZE)))).toBe('ok');
      expect(held).toBeLessThan(COUNT / 2);
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

  describe('responses', () => {
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
      ['byte by byte', 'GET', OK.split(''), 200, 2, 'ok', true],
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
}
