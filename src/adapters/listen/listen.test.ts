import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EdgeAnswer, ViewerHandler } from '../../edge/answer.ts';
import type { RequestBody, ServerCertificate } from '../../edge/ports.ts';
import type { ViewerRequest } from '../../core/request.ts';
import { openLocalCa, type LocalCa } from '../certificates/local-ca.ts';
import { listenClear } from './listen-clear.ts';
import { listenSecure } from './listen-secure.ts';
import { listenTls } from './listen-tls.ts';
import { headSizeWarning, type Listener, type ListenOptions } from './listener.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const TEXT = [['content-type', 'text/plain']] as const;

let folder = '';
let ca: LocalCa;
let certificates: readonly ServerCertificate[] = [];
const open: Listener[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warmfront-listen-'));
  ca = await openLocalCa(folder, Date);
  certificates = await ca.certificatesFor(['127.0.0.1', 'localhost', '::1', '*.one.test']);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.stop(false)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Handle = ViewerHandler['handle'];

function options(handle: Handle, changes: Partial<ListenOptions> = {}): ListenOptions {
  const report = (message: string, error: unknown): void => {
    throw new Error(message, { cause: error });
  };
  return { hostname: '127.0.0.1', port: 0, flag: '--http-port', handler: { handle }, report, ...changes };
}

function clear(handle: Handle, changes: Partial<ListenOptions> = {}): Listener {
  const listener = listenClear(options(handle, changes));
  open.push(listener);
  return listener;
}

async function secure(handle: Handle, shown = certificates) {
  const listener = await listenSecure({ ...options(handle), flag: '--https-port', certificates: shown });
  open.push(listener);
  return listener;
}

/** Sends raw octets on one connection and resolves with everything up to its end or reset. */
function raw(port: number, sent: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = createConnection(port, '127.0.0.1', () => socket.write(Buffer.from(sent, 'latin1')));
  let got = '';
  socket.on('data', (chunk) => (got += chunk.toString('latin1')));
  socket.on('end', () => (got += '<end>'));
  socket.on('error', (error) => (got += `<${(error as NodeJS.ErrnoException).code}>`));
  socket.on('close', () => resolve(got));
  return promise;
}

const get = (port: number, target: string, more = '') =>
  raw(port, `GET ${target} HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n${more}\r\n`);

async function curl(...args: string[]): Promise<{ readonly exit: number; readonly out: string }> {
  const child = Bun.spawn(['curl', '-sS', '--max-time', '5', '--cacert', ca.path, ...args], { stdout: 'pipe', stderr: 'ignore' });
  const out = await new Response(child.stdout).text();
  return { exit: await child.exited, out };
}

/** Bun's HTTP/3 client takes no authority of ours. */
const HTTP3 = { protocol: 'http3', tls: { rejectUnauthorized: false } } as const;

const h3 = (port: number, path: string, init: RequestInit = {}) =>
  fetch(`https://127.0.0.1:${port}${path}`, { ...init, ...HTTP3 });

const read = async (body: RequestBody): Promise<string> => {
  let text = '';
  if (body.kind === 'stream') for await (const chunk of body.chunks) text += new TextDecoder().decode(chunk);
  return text;
};

/** Answers with the request as it was mapped. */
const echo: Handle = async (request, body) => ({
  status: 200,
  fields: [['content-type', 'application/json']],
  body: { kind: 'bytes', bytes: bytes(JSON.stringify({ ...request, received: await read(body) })) },
});
const echoed = (out: string) =>
  JSON.parse(out.slice(out.indexOf('{'), out.lastIndexOf('}') + 1)) as ViewerRequest & { received: string };

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
          ['connection', 'close'],
          ['user-agent', 'u'],
          ['x-b', '1, 2'],
        ],
      },
    ],
    ['percent-encoding is left alone', 'GET /a%2fb%7E%zz HTTP/1.1\r\nHost: a\r\n', { path: '/a%2fb%7E%zz' }],
    ['an empty query is a query', 'GET /? HTTP/1.1\r\nHost: a\r\n', { path: '/', query: '' }],
    ['two Host lines are left to be refused', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n', { host: 'a, b', path: '/' }],
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
    expect(got).toMatchObject({ ...want, path: '/p', query: 'q' } as never);
    expect(got.httpVersion).toBeUndefined();
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
        ['curl', '-sS', '--cacert', ca.path, '--data-binary', '@-', `https://127.0.0.1:${listener.port}/`],
        {
          stdin: bytes(body),
          stdout: 'pipe',
        },
      );
      expect(await new Response(child.stdout).text()).toBe('no');
    }
  });
});

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
      'an empty type is no type',
      'GET',
      { status: 200, fields: [['content-type', ''], DATE], body: { kind: 'bytes', bytes: bytes('x') } },
      ['HTTP/1.1 200 OK', 'Content-Length: 1', 'Date: Thu, 01 Jan 2026 00:00:00 GMT'],
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
      ['HTTP/1.1 200 OK', 'Content-Type: text/plain', 'Date: Thu, 01 Jan 2026 00:00:00 GMT', 'content-length: 1234'],
      '<end>',
    ],
    [
      'HEAD of unknown length says none',
      'HEAD',
      { status: 200, fields: [DATE], body: { kind: 'none' } },
      ['HTTP/1.1 200 OK', 'Date: Thu, 01 Jan 2026 00:00:00 GMT', 'transfer-encoding: chunked'],
      '<end>',
    ],
    [
      '304 with a length',
      'GET',
      { status: 304, fields: [['etag', '"x"'], DATE], body: { kind: 'none', length: 7 } },
      ['HTTP/1.1 304 Not Modified', 'Date: Thu, 01 Jan 2026 00:00:00 GMT', 'ETag: "x"', 'content-length: 7'],
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
      expect([head[0], ...head.slice(1).toSorted()]).toEqual(wantHead);
      expect(body).toBe(wantBody);
    }
  });

  test.each(['GET', 'HEAD'])('%s: Date is added once where the edge has none', async (method) => {
    const listener = clear(() => ({ status: 200, fields: TEXT, body: { kind: 'none', length: 0 } }));
    const answer = await raw(listener.port, `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer.match(/^date:/gim)).toHaveLength(1);
  });

  test('Set-Cookie lines stay apart', async () => {
    const fields = [...TEXT, ['set-cookie', 'a=1'], ['set-cookie', 'b=2']] as const;
    const listener = clear(() => ({ status: 200, fields, body: { kind: 'none' } }));
    expect((await get(listener.port, '/')).match(/^set-cookie: .*$/gim)).toEqual(['set-cookie: a=1', 'set-cookie: b=2']);
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

/** A body that gives one chunk, then waits for `then`. */
function body(then: Promise<'more' | 'fail' | 'end'>, length?: number) {
  const cancelled = Promise.withResolvers<void>();
  const delivered = Promise.withResolvers<{ bodyBytes: number; complete: boolean }>();
  const count = { delivered: 0 };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes('first');
    const what = await then;
    if (what === 'fail') throw new Error('the origin broke off');
    if (what === 'more') yield bytes('second');
  }
  const answer: EdgeAnswer = {
    status: 200,
    fields: TEXT,
    body: { kind: 'stream', length, chunks: chunks(), cancel: () => cancelled.resolve() },
    delivered: (delivery) => {
      count.delivered += 1;
      delivered.resolve(delivery);
    },
  };
  return { answer, cancelled: cancelled.promise, delivered: delivered.promise, count };
}

describe('a streamed answer', () => {
  test('arrives as it is made and is counted', async () => {
    const gate = Promise.withResolvers<'more'>();
    const { answer, delivered, count } = body(gate.promise);
    const listener = clear(() => answer);
    const response = await fetch(`http://127.0.0.1:${listener.port}/`);
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('first');
    gate.resolve('more');
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('second');
    expect((await reader.read()).done).toBe(true);
    expect(await delivered).toEqual({ bodyBytes: 11, complete: true });
    expect(count.delivered).toBe(1);
  });

  test.each([
    ['fails', 'fail', undefined],
    ['is shorter than announced', 'end', 11],
    ['is longer than announced', 'more', 6],
  ] as const)('that %s resets the connection over HTTP/1.1', async (_name, then, length) => {
    const gate = Promise.withResolvers<typeof then>();
    const { answer, delivered, cancelled } = body(gate.promise, length);
    const listener = clear(() => answer);
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = createConnection(listener.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk.toString();
      if (got.includes('first')) gate.resolve(then);
    });
    socket.on('error', (error) => (got += (error as NodeJS.ErrnoException).code));
    socket.on('close', () => resolve(got));
    expect(await promise).toEndWith('first\r\nECONNRESET');
    expect(await delivered).toEqual({ bodyBytes: 5, complete: false });
    await cancelled;
  });

  test('that fails resets the stream over HTTP/2', async () => {
    const { answer, delivered } = body(Promise.resolve('fail'));
    const listener = await secure(() => answer);
    // 92: a stream that was not closed cleanly.
    expect((await curl('--http2', `https://127.0.0.1:${listener.port}/`)).exit).toBe(92);
    expect(await delivered).toMatchObject({ complete: false });
  });

  test('that fails is never ended over HTTP/3', async () => {
    const { answer, delivered } = body(Promise.resolve('fail'));
    const listener = await secure(() => answer);
    const giveUp = new AbortController();
    const response = await h3(listener.port, '/', { signal: giveUp.signal });
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('first');
    const rest = reader.read().then(
      () => 'ended',
      () => 'given up',
    );
    expect(await delivered).toEqual({ bodyBytes: 5, complete: false });
    giveUp.abort();
    expect(await rest).toBe('given up');
  });

  test.each(['clear', 'http2', 'http3'] as const)('whose viewer leaves is cancelled: %s', async (over) => {
    const { answer, cancelled, delivered, count } = body(Promise.withResolvers<'end'>().promise);
    const leave = new AbortController();
    const signals: AbortSignal[] = [];
    const handle: Handle = (_request, _body, signal) => {
      signals.push(signal);
      return answer;
    };
    const listener = over === 'clear' ? clear(handle) : await secure(handle);
    const init = { clear: {}, http2: { protocol: 'http2', tls: { ca: ca.certificate } }, http3: HTTP3 } as const;
    const scheme = over === 'clear' ? 'http' : 'https';
    const response = await fetch(`${scheme}://127.0.0.1:${listener.port}/`, { ...init[over], signal: leave.signal });
    await response.body!.getReader().read();
    leave.abort();
    await cancelled;
    expect(await delivered).toEqual({ bodyBytes: 5, complete: false });
    expect(count.delivered).toBe(1);
    expect(signals[0]!.aborted).toBe(true);
  });

  test('whose viewer left before it was there is cancelled', async () => {
    const asked = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<EdgeAnswer>();
    const { answer, cancelled, delivered } = body(Promise.resolve('end'));
    const leave = new AbortController();
    const listener = clear(async (_request, _body, signal) => {
      signal.addEventListener('abort', () => gate.resolve(answer));
      asked.resolve();
      return gate.promise;
    });
    const left = fetch(`http://127.0.0.1:${listener.port}/`, { signal: leave.signal }).catch((error: Error) => error.name);
    await asked.promise;
    leave.abort();
    expect(await left).toBe('AbortError');
    await cancelled;
    expect(await delivered).toEqual({ bodyBytes: 0, complete: false });
  });

  test('goes at the pace of its viewer', async () => {
    const OFFERED = 4096;
    let pulled = 0;
    const chunk = new Uint8Array(65_536);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (; pulled < OFFERED; pulled++) yield chunk;
    }
    const started = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    const listener = clear(() => ({
      status: 200,
      fields: TEXT,
      body: { kind: 'stream', length: undefined, chunks: chunks(), cancel: () => cancelled.resolve() },
    }));
    const socket = createConnection(listener.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    // Nothing more is read after the first octets: 256 MiB must not pile up before the viewer leaves.
    socket.once('data', () => {
      socket.pause();
      started.resolve();
    });
    await started.promise;
    // A second request is answered meanwhile, so the server had its chance to run ahead.
    await fetch(`http://127.0.0.1:${listener.port}/`, { method: 'HEAD' });
    socket.destroy();
    await cancelled.promise;
    expect(pulled).toBeLessThan(OFFERED / 4);
  });
});

describe('ports and certificates', () => {
  const ok: Handle = () => ({ status: 200, fields: TEXT, body: { kind: 'bytes', bytes: bytes('ok') } });

  test('a taken port is one sentence with port and flag', async () => {
    const { port } = clear(ok);
    expect(() => clear(ok, { port })).toThrow(
      `cannot listen on 127.0.0.1 TCP port ${port} (--http-port): the port is taken; stop what uses it or choose another with --http-port`,
    );
    const tls = await secure(ok);
    const again = { ...options(ok), port: tls.port, flag: '--https-port', certificates };
    expect(() => listenTls(again)).toThrow(`TCP port ${tls.port} (--https-port): the port is taken`);
    await expect(listenSecure(again)).rejects.toThrow(`TCP port ${tls.port} (--https-port): the port is taken`);
  });

  test('a UDP port that is taken is told, and the TCP port is given back', async () => {
    const udp = await Bun.udpSocket({ hostname: '127.0.0.1', socket: {} });
    const { port } = udp;
    await expect(listenSecure({ ...options(ok), port, flag: '--https-port', certificates })).rejects.toThrow(
      `UDP port ${port} (--https-port): the port is taken`,
    );
    udp.close();
    open.push(await listenSecure({ ...options(ok), port, flag: '--https-port', certificates }));
  });

  test('an address that is not ours is told', () => {
    expect(() => clear(ok, { hostname: '203.0.113.9' })).toThrow('cannot listen on 203.0.113.9 TCP port 0 (--http-port)');
  });

  test('one certificate for each server name, valid for curl', async () => {
    const listener = await secure(ok);
    for (const name of ['localhost', 'a.one.test']) {
      const { out, exit } = await curl('--resolve', `${name}:${listener.port}:127.0.0.1`, `https://${name}:${listener.port}/`);
      expect([name, exit, out]).toEqual([name, 0, 'ok']);
    }
    // 60: the certificate does not fit the name.
    expect((await curl('--resolve', `b.two.test:${listener.port}:127.0.0.1`, `https://b.two.test:${listener.port}/`)).exit).toBe(
      60,
    );
  });

  test('new certificates are shown at once, and an answer under way is finished', async () => {
    const gate = Promise.withResolvers<'more'>();
    const held = body(gate.promise);
    const listener = await secure((request) =>
      request.path === '/held' ? held.answer : ok(request, { kind: 'none' }, AbortSignal.any([])),
    );
    const url = `https://127.0.0.1:${listener.port}`;
    const under = await fetch(`${url}/held`, { protocol: 'http2', tls: { ca: ca.certificate } });
    await listener.setCertificates([...certificates, ...(await ca.certificatesFor(['*.two.test']))]);
    const { out } = await curl('--resolve', `b.two.test:${listener.port}:127.0.0.1`, `https://b.two.test:${listener.port}/`);
    expect(out).toBe('ok');
    expect(await (await h3(listener.port, '/')).text()).toBe('ok');
    gate.resolve('more');
    expect(await under.text()).toBe('firstsecond');
  });

  test('stop with drain finishes what is under way; afterwards nobody answers', async () => {
    const gate = Promise.withResolvers<'more'>();
    const { answer } = body(gate.promise);
    const listener = clear(() => answer);
    const under = await fetch(`http://127.0.0.1:${listener.port}/`);
    const stopped = listener.stop(true);
    gate.resolve('more');
    expect(await under.text()).toBe('firstsecond');
    await stopped;
    expect(await raw(listener.port, 'GET / HTTP/1.1\r\n\r\n')).toBe('<ECONNREFUSED>');
  });

  test('too small a limit of header fields is worth a sentence', () => {
    expect(headSizeWarning(16_384)).toContain('--max-http-header-size=65536');
    expect(headSizeWarning(65_536)).toBeUndefined();
  });
});
