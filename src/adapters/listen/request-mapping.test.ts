import { describe, expect, test } from 'bun:test';
import { TEXT, bytes, echo, echoed, h3, raw, useListeners } from '../../../test/listening.ts';
import type { ViewerRequest } from '../../core/request.ts';

const { ca, clear, curl, secure } = useListeners();

describe('the request, over clear text', () => {
  const rows: [name: string, sent: string, want: Partial<ViewerRequest> & { received?: string }][] = [
    [
      'target, host and fields',
      'GET /a/b.html?x=1&y?z HTTP/1.1\r\nHost: D1.test:8080\r\nUser-Agent: u\r\nX-B: 1\r\nX-B: 2\r\n',
      {
        method: 'GET',
        scheme: 'http',
        httpVersion: '1.1',
        host: 'D1.test:8080',
        path: '/a/b.html',
        query: 'x=1&y?z',
        viewerAddress: '127.0.0.1',
        body: { kind: 'none' },
        fields: [
          ['user-agent', 'u'],
          ['x-b', '1'],
          ['x-b', '2'],
          ['connection', 'close'],
        ],
      },
    ],
    ['percent-encoding is left alone', 'GET /a%2fb%7E%zz HTTP/1.1\r\nHost: a\r\n', { path: '/a%2fb%7E%zz' }],
    ['an empty query is a query', 'GET /? HTTP/1.1\r\nHost: a\r\n', { path: '/', query: '' }],
    [
      'two Host lines are left to be refused',
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n',
      { fault: { kind: 'malformed', message: 'it has more than one Host' } },
    ],
    [
      'an invalid host leaves the target as sent',
      'GET /x/../y?z HTTP/1.1\r\nHost: a b\r\n',
      { host: 'a b', path: '/x/../y', query: 'z' },
    ],
    ['HTTP/1.0 without Host', 'GET /x?y HTTP/1.0\r\n', { host: '', path: '/x', query: 'y' }],
    ['CONNECT has no path', 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n', { method: 'CONNECT', path: '/' }],
    [
      'a body of known length',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n',
      { body: { kind: 'length', length: 3 }, received: 'abc' },
    ],
    ['an empty body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n', { body: { kind: 'none' }, received: '' }],
    [
      'a GET that announces a body',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n',
      { body: { kind: 'length', length: 3 } },
    ],
  ];
  test.each(rows)('%s', async (_name, sent, want) => {
    const listener = clear(echo);
    const got = echoed(await raw(listener.port, `${sent}Connection: close\r\n\r\nabc`));
    expect(got).toMatchObject(want);
  });

  test('a chunked body', async () => {
    const listener = clear(echo);
    const sent =
      'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
    expect(echoed(await raw(listener.port, sent))).toMatchObject({ body: { kind: 'chunked' }, received: 'abcde' });
  });
});

describe('the request, over TLS', () => {
  test.each([
    ['a GET has no body', [], { method: 'GET', body: { kind: 'none' }, scheme: 'https', received: '' }],
    ['a POST without one has none', ['-X', 'POST'], { method: 'POST', body: { kind: 'none' } }],
    ['a body of known length', ['-d', 'abc'], { body: { kind: 'length', length: 3 }, received: 'abc' }],
    ['a body of unknown length', ['-X', 'PUT', '-T', '-'], { body: { kind: 'chunked' }, received: '' }],
    ['the authority', ['-H', 'Host: x.one.test:99'], { host: 'x.one.test:99' }],
  ] as const)('HTTP/2: %s', async (_name, args, want) => {
    const listener = await secure(echo);
    const { out } = await curl('--http2', ...args, `https://127.0.0.1:${listener.port}/p?q`);
    const got = echoed(out);
    expect(got).toMatchObject({ ...want, path: '/p', query: 'q' });
    expect(got.httpVersion).toBe('2.0');
  });

  test('HTTP/1.1 too', async () => {
    const listener = await secure(echo);
    const { out } = await curl('--http1.1', `https://127.0.0.1:${listener.port}/`);
    expect(echoed(out)).toMatchObject({ scheme: 'https', host: `127.0.0.1:${listener.port}` });
  });

  test('HTTP/3 is known as such', async () => {
    const listener = await secure(echo);
    const got = (await (await h3(listener.port, '/p?q', { method: 'POST', body: 'abc' })).json()) as ViewerRequest;
    expect(got).toMatchObject({
      httpVersion: '3.0',
      scheme: 'https',
      path: '/p',
      query: 'q',
      body: { kind: 'length', length: 3 },
    });
    expect(await (await h3(listener.port, '/')).json()).toMatchObject({ method: 'GET', body: { kind: 'none' } });
  });

  test('an answer that does not wait for the body still arrives', async () => {
    const listener = await secure(() => ({ status: 403, fields: TEXT, body: { kind: 'bytes', bytes: bytes('no') } }));
    const big = 'x'.repeat(200_000);
    for (const body of ['abc', big]) {
      const child = Bun.spawn(
        ['curl', '-sS', '--cacert', ca().path, '--data-binary', '@-', `https://127.0.0.1:${listener.port}/`],
        {
          stdin: bytes(body),
          stdout: 'pipe',
        },
      );
      expect(await new Response(child.stdout).text()).toBe('no');
    }
  });
});
