import { afterEach, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { get, heldBody, raw, read } from '../../../../test/listening.ts';
import type { EdgeAnswer, ViewerHandler } from '../../../edge/answer.ts';
import { listenClear } from '../listen-clear.ts';
import type { Wire } from '../wire.ts';
import { Http1Lane } from './http1-lane.ts';
import type { Listener } from '../listener.ts';

const open: Listener[] = [];
afterEach(() => Promise.all(open.splice(0).map((listener) => listener.stop(false))));

const rethrow = (message: string): never => {
  throw new Error(message);
};

async function listen(handle: ViewerHandler['handle'], port = 0, report: (message: string) => void = rethrow): Promise<Listener> {
  const listener = listenClear({ hostname: '127.0.0.1', port, flag: '--http-port', handler: { handle }, report });
  open.push(listener);
  return listener;
}

const bytes = (text: string): EdgeAnswer['body'] => ({ kind: 'bytes', bytes: new TextEncoder().encode(text) });
const whole = (text: string): EdgeAnswer => ({ status: 200, fields: [['x', '1']], body: bytes(text) });

test('interim responses come before the answer, and none after it', async () => {
  const { port } = await listen((_request, _body, _leaving, interim) => {
    interim?.(102, []);
    interim?.(103, [
      ['link', '</a>'],
      ['x-hint', '1'],
    ]);
    return { ...whole('body'), delivered: () => interim?.(103, [['link', '</late>']]) };
  });
  const got = await get(port, '/');
  expect(got).not.toContain('late');
  expect(got).toContain('HTTP/1.1 102 Processing\r\n\r\n');
  expect(got).toMatch(/HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\nx-hint: 1\r\n\r\n/i);
  expect(got).toMatch(/HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\nX: 1\r\n\r\nbody<end>$/);
});

test('a description of an answer’s own stands in its status line, and in no other', async () => {
  const { fields } = whole('');
  const { port } = await listen(({ path }) => ({
    ...whole('x'),
    fields,
    ...(path === '/own' && { statusDescription: 'As it is' }),
  }));
  for (const path of ['/', '/own', '/'])
    expect(await get(port, path)).toStartWith(path === '/own' ? 'HTTP/1.1 200 As it is\r\n' : 'HTTP/1.1 200 OK\r\n');
});

test('a viewer that repeats itself is answered each time, and believed when it asks for something else', async () => {
  const { port } = await listen(({ path }) => whole(path));
  const ask = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n`;
  const socket = createConnection(port, '127.0.0.1');
  let got = '';
  socket.on('data', (octets) => (got += octets.toString('latin1')));
  const paths = ['/a', '/a', '/a', '/a', '/b', '/a', '/b', '/b', '/b', '/a'];
  for (const [index, path] of paths.entries()) {
    // In two parts, now and then: what is compared is what has come together.
    const octets = ask(path);
    if (index % 3 === 2) socket.write(octets.slice(0, 7));
    socket.write(index % 3 === 2 ? octets.slice(7) : octets);
    while (got.split('Connection: ').length <= index + 1) await once(socket, 'data');
  }
  socket.end(ask('/a') + ask('/c') + ask('/c', 'Connection: close\r\n'));
  await once(socket, 'close');
  expect([...got.matchAll(/\r\n\r\n(\/.)/g)].map(([, path]) => path)).toEqual([...paths, '/a', '/c', '/c']);
});

test('what is stored has the lines of each answer’s kind behind it, then the answer’s own', async () => {
  const fields = [['x', '1']] as const;
  const kinds = [[['x-cache', 'Miss']], [['x-cache', 'Hit']], undefined] as const;
  let turn = 0;
  const { port } = await listen(() => {
    const edgeFields = kinds[turn++];
    return { ...whole(''), fields, ...(edgeFields && { edgeFields }), ownFields: [['age', String(turn)]] };
  });
  const behind = async (): Promise<string | undefined> => /\r\nX: 1\r\n(.*)\r\n\r\n/s.exec(await get(port, '/'))?.[1];
  expect([await behind(), await behind(), await behind()]).toEqual([
    'X-Cache: Miss\r\nAge: 1',
    'X-Cache: Hit\r\nAge: 2',
    'Age: 3',
  ]);
});

test.each<[name: string, sent: string, want: Record<string, unknown>]>([
  [
    'a target and its query',
    'GET /a%20b?c?d HTTP/1.1\r\nHost: h\r\n',
    { path: '/a%20b', query: 'c?d', host: 'h', httpVersion: '1.1' },
  ],
  ['dot segments as sent', 'GET /a/../b HTTP/1.1\r\nHost: h\r\n', { path: '/a/../b', query: undefined }],
  ['the absolute form', 'GET http://H/a?b HTTP/1.1\r\nHost: h\r\n', { path: '/a', query: 'b', host: 'h' }],
  ['its bare authority', 'GET http://h HTTP/1.1\r\nHost: h\r\n', { path: '/', host: 'h' }],
  [
    'an absolute form for somebody else',
    'GET http://other/a HTTP/1.1\r\nHost: h\r\n',
    { fault: { kind: 'malformed', message: 'its target and its Host name different hosts' } },
  ],
  [
    'lines as they came',
    'GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nA: 3\r\n',
    {
      fields: [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
        ['connection', 'close'],
      ],
    },
  ],
  ['no body', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n', { method: 'POST', body: { kind: 'none' } }],
])('reads %s', async (_, sent, want) => {
  let seen: unknown;
  const { port } = await listen((request) => {
    seen = request;
    return whole('');
  });
  await raw(port, `${sent}Connection: close\r\n\r\n`);
  expect(seen).toMatchObject(want);
});

test('hands the body on, by length and in chunks', async () => {
  const { port } = await listen(async (request, body) => whole(`${request.body.kind} ${await read(body)}`));
  const post = (more: string) => raw(port, `POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${more}`);
  expect(await post('Content-Length: 2\r\n\r\nhi')).toEndWith('length hi<end>');
  expect(await post('Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n')).toEndWith('chunked hi<end>');
});

test.each<[name: string, method: string, answer: EdgeAnswer, want: RegExp]>([
  ['HEAD', 'HEAD', whole('body'), /Content-Length: 4\r\n[^]*\r\n\r\n<end>$/],
  [
    '304 with a length',
    'GET',
    { status: 304, fields: [], body: { kind: 'none', length: 7 } },
    /304[^]*Content-Length: 7\r\n[^]*\r\n\r\n<end>$/,
  ],
  [
    'two cookies and two lines',
    'GET',
    {
      status: 200,
      fields: [
        ['set-cookie', 'a=1'],
        ['via', 'x'],
        ['set-cookie', 'b=2'],
        ['via', 'y'],
      ],
      body: bytes(''),
    },
    /Set-Cookie: a=1\r\nVia: x\r\nSet-Cookie: b=2\r\nVia: y\r\n/,
  ],
  ['an unknown status', 'GET', { ...whole('x'), status: 599 }, /^HTTP\/1\.1 599 /],
])('writes %s', async (_, method, answer, want) => {
  const { port } = await listen(() => answer);
  expect(await raw(port, `${method} / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)).toMatch(want);
});

test('204 has no length', async () => {
  const { port } = await listen(() => ({ status: 204, fields: [], body: { kind: 'none' } }));
  expect(await get(port, '/')).not.toContain('Content-Length');
});

test.each([
  ['fails', 'fail', undefined],
  ['is shorter than announced', 'end', 11],
] as const)('a streamed body that %s breaks the connection', async (_, then, length) => {
  const gate = Promise.withResolvers<typeof then>();
  const { answer, delivered } = heldBody(gate.promise, length);
  const { port } = await listen(() => answer);
  gate.resolve(then);
  const got = await get(port, '/');
  expect(got).not.toContain('0\r\n\r\n');
  expect(await delivered).toMatchObject({ complete: false });
});

test('a viewer who leaves is known to have left while the body is silent', async () => {
  const { answer, cancelled, delivered } = heldBody(new Promise(() => undefined));
  const { port } = await listen(() => answer);
  const viewer = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: { data: (socket) => socket.terminate() },
  });
  viewer.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  await cancelled;
  expect(await delivered).toMatchObject({ complete: false });
});

test('what is sent right behind a body is answered when the body has been refused', async () => {
  const { port } = await listen(({ method }) => ({ status: method === 'POST' ? 403 : 200, fields: [], body: bytes('') }));
  const sent = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi';
  expect(await raw(port, `${sent.repeat(3)}GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)).toMatch(
    /^(HTTP\/1\.1 403 [^]*){3}HTTP\/1\.1 200 [^]*<end>$/,
  );
});

test('a body that its viewer breaks off is the viewer’s fault', async () => {
  const { port } = await listen(async (request, body) => {
    const refused: EdgeAnswer = { status: 502, fields: [], body: bytes('') };
    if (request.fault !== undefined) return { ...refused, status: 400 };
    return read(body).then(whole, () => refused);
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  let got = '';
  const viewer = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    allowHalfOpen: true,
    socket: {
      data: (_, octets) => void (got += octets.toString('latin1')),
      end: () => resolve(got),
      close: () => resolve(`${got}<closed>`),
    },
  });
  viewer.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel');
  viewer.shutdown();
  expect(await promise).toMatch(/^HTTP\/1\.1 400 [^]*Connection: close\r\n/);
});

test('a viewer who is slow leaves nothing behind for each time that is waited', async () => {
  const warnings: string[] = [];
  const heard = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', heard);
  const piece = new Uint8Array(1024 * 1024);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < 40; index += 1) yield piece;
  }
  const { port } = await listen(() => ({
    status: 200,
    fields: [],
    body: { kind: 'stream', length: undefined, chunks: chunks(), cancel: () => undefined },
  }));
  expect((await (await fetch(`http://127.0.0.1:${port}/`)).bytes()).byteLength).toBe(40 * piece.byteLength);
  process.off('warning', heard);
  expect(warnings).toEqual([]);
});

test('a mistake of ours costs one connection, and is reported', async () => {
  const reported: string[] = [];
  const mistake = (): never => {
    throw new Error('ours');
  };
  const { port } = await listen(mistake, 0, (message) => void reported.push(message));
  expect(await get(port, '/')).toStartWith('HTTP/1.1 500 ');
  expect(reported).toEqual(['a request could not be answered']);
});

test('a taken port is told in one sentence', async () => {
  const { port } = await listen(() => whole(''));
  await expect(listen(() => whole(''), port)).rejects.toThrow(
    `cannot listen on 127.0.0.1 TCP port ${port} (--http-port): the port is taken`,
  );
});

test('a body that is refused while it arrives is read past, however much of it waits', async () => {
  const answered = Promise.withResolvers<void>();
  const { port } = await listen(async (request) => {
    if (request.method === 'GET') return whole('next');
    await answered.promise;
    return { ...whole('no'), status: 403 };
  });
  const size = 190_000;
  const { promise, resolve } = Promise.withResolvers<string>();
  let got = '';
  const socket = createConnection(port, '127.0.0.1', () => {
    socket.write(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`);
    socket.write('x'.repeat(150_000), () => answered.resolve());
  });
  socket.on('data', (octets) => {
    const had = got.includes(' 403 ');
    got += octets.toString('latin1');
    if (!had && got.includes(' 403 '))
      socket.write(`${'x'.repeat(size - 150_000)}GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
  });
  socket.on('close', () => resolve(got));
  expect(await promise).toEndWith('next');
});

describe('a body that never comes, of a request that has been refused', () => {
  function refused() {
    let at = 0;
    const ended: string[] = [];
    const out = { octets: Buffer.alloc(4096), length: 0 };
    const wire: Wire = {
      viewerAddress: '192.0.2.1',
      viewerPort: 1,
      tls: undefined,
      backlog: 0,
      sent: 0,
      deadline: Infinity,
      room: () => ({ ...out }),
      send: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      end: () => void ended.push('end'),
      destroy: () => void ended.push('destroy'),
    };
    const lane = new Http1Lane(wire, {
      handler: { handle: () => ({ ...whole('no'), status: 403 }) },
      scheme: 'http',
      now: () => at,
      report: rethrow,
    });
    lane.receive(Buffer.from('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n'));
    return {
      lane,
      ended,
      pass() {
        at = wire.deadline;
        lane.expired();
      },
    };
  }

  test('has its time, as any body', () => {
    const { ended, pass } = refused();
    pass();
    expect(ended).toEqual(['destroy']);
  });

  test('holds up no listener that goes', () => {
    const { lane, ended } = refused();
    lane.retire(0);
    expect(ended).toEqual(['end']);
  });
});
