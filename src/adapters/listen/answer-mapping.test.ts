import { describe, expect, test } from 'bun:test';
import { TEXT, bytes, get, raw, useListeners } from '../../../test/listening.ts';
import type { EdgeAnswer } from '../../edge/answer.ts';

const { clear } = useListeners();

describe('the answer', () => {
  const split = (answer: string): { head: string[]; body: string } => {
    const at = answer.indexOf('\r\n\r\n');
    return { head: answer.slice(0, at).split('\r\n'), body: answer.slice(at + 4) };
  };
  const DATE = ['date', 'Thu, 01 Jan 2026 00:00:00 GMT'] as const;

  const rows: [name: string, method: string, answer: EdgeAnswer, head: string[], body: string][] = [
    [
      'bytes, with cased fields and the edge’s own Date',
      'GET',
      {
        status: 200,
        fields: [...TEXT, DATE, ['etag', '"x"'], ['x-cache', 'Hit from cloudfront']],
        body: { kind: 'bytes', bytes: bytes('hello') },
      },
      [
        'HTTP/1.1 200 OK',
        'Content-Length: 5',
        'Content-Type: text/plain',
        'Date: Thu, 01 Jan 2026 00:00:00 GMT',
        'ETag: "x"',
        'X-Cache: Hit from cloudfront',
      ],
      'hello<end>',
    ],
    [
      'bytes without a type get none',
      'GET',
      { status: 200, fields: [DATE], body: { kind: 'bytes', bytes: new Uint8Array(50_000).fill(65) } },
      ['HTTP/1.1 200 OK', 'Content-Length: 50000', 'Date: Thu, 01 Jan 2026 00:00:00 GMT'],
      `${'A'.repeat(50_000)}<end>`,
    ],
    [
      'an empty type as it is',
      'GET',
      { status: 200, fields: [['content-type', ''], DATE], body: { kind: 'bytes', bytes: bytes('x') } },
      ['HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Type: ', 'Date: Thu, 01 Jan 2026 00:00:00 GMT'],
      'x<end>',
    ],
    [
      'no bytes',
      'GET',
      { status: 200, fields: [DATE], body: { kind: 'bytes', bytes: bytes('') } },
      ['HTTP/1.1 200 OK', 'Content-Length: 0', 'Date: Thu, 01 Jan 2026 00:00:00 GMT'],
      '<end>',
    ],
    [
      'HEAD says the length of GET',
      'HEAD',
      { status: 200, fields: [...TEXT, DATE], body: { kind: 'none', length: 1234 } },
      ['HTTP/1.1 200 OK', 'Content-Type: text/plain', 'Date: Thu, 01 Jan 2026 00:00:00 GMT', 'Content-Length: 1234'],
      '<end>',
    ],
    [
      'HEAD of unknown length says none',
      'HEAD',
      { status: 200, fields: [DATE], body: { kind: 'none' } },
      ['HTTP/1.1 200 OK', 'Date: Thu, 01 Jan 2026 00:00:00 GMT'],
      '<end>',
    ],
    [
      '304 with a length',
      'GET',
      { status: 304, fields: [['etag', '"x"'], DATE], body: { kind: 'none', length: 7 } },
      ['HTTP/1.1 304 Not Modified', 'Date: Thu, 01 Jan 2026 00:00:00 GMT', 'ETag: "x"', 'Content-Length: 7'],
      '<end>',
    ],
    [
      '304 without',
      'GET',
      { status: 304, fields: [DATE], body: { kind: 'none' } },
      ['HTTP/1.1 304 Not Modified', 'Date: Thu, 01 Jan 2026 00:00:00 GMT'],
      '<end>',
    ],
    [
      '204',
      'GET',
      { status: 204, fields: [DATE], body: { kind: 'none' } },
      ['HTTP/1.1 204 No Content', 'Date: Thu, 01 Jan 2026 00:00:00 GMT'],
      '<end>',
    ],
    [
      'a redirect without a body',
      'GET',
      { status: 301, fields: [['location', 'https://a/'], DATE], body: { kind: 'none' } },
      ['HTTP/1.1 301 Moved Permanently', 'Content-Length: 0', 'Date: Thu, 01 Jan 2026 00:00:00 GMT', 'Location: https://a/'],
      '<end>',
    ],
  ];
  test.each(rows)('%s', async (_name, method, answer, wantHead, wantBody) => {
    for (const handle of [() => answer, async () => answer]) {
      const listener = clear(handle);
      const { head, body } = split(await raw(listener.port, `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`));
      expect([head[0], ...head.slice(1).toSorted()]).toEqual([
        wantHead[0]!,
        ...[...wantHead.slice(1), 'Connection: close'].toSorted(),
      ]);
      expect(body).toBe(wantBody);
    }
  });

  test('Set-Cookie lines stay apart', async () => {
    const fields = [...TEXT, ['set-cookie', 'a=1'], ['set-cookie', 'b=2']] as const;
    const listener = clear(() => ({ status: 200, fields, body: { kind: 'none' } }));
    expect((await get(listener.port, '/')).match(/^set-cookie: .*$/gim)).toEqual(['Set-Cookie: a=1', 'Set-Cookie: b=2']);
  });

  test('a mistake of ours is reported, and the viewer gets an empty 500', async () => {
    const reported: unknown[] = [];
    const mistake = new Error('mistake');
    const listener = clear(
      () => {
        throw mistake;
      },
      { report: (_message, error) => reported.push(error) },
    );
    expect(await get(listener.port, '/')).toMatch(/^HTTP\/1\.1 500 [^]*\r\n\r\n<end>$/);
    expect(reported).toEqual([mistake]);
  });
});
