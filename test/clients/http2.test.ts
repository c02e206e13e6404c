/**
 * HTTP/2 clients as they are on the TLS port: curl, Debian's nghttp and h2load, and what ALPN comes to.
 */
import { describe, expect, test } from 'bun:test';
import { bytes, read, useListeners, type Handle } from '../listening.ts';
import { run, succeed } from './commands.ts';

const { curl, secure } = useListeners();
const environment = process.env as Record<string, string>;

const LARGE = new Uint8Array(3_000_000).fill(97);
async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < LARGE.length; at += 100_000) {
    yield LARGE.subarray(at, at + 100_000);
    await Promise.resolve();
  }
}
const handle: Handle = async (request, body) => {
  const fields = [['content-type', 'text/plain']] as const;
  if (request.path === '/large') return { status: 200, fields, body: { kind: 'bytes', bytes: LARGE } };
  if (request.path === '/stream')
    return { status: 200, fields, body: { kind: 'stream', length: LARGE.length, chunks: pieces(), cancel: () => undefined } };
  const received = (await read(body)).length;
  return { status: 200, fields, body: { kind: 'bytes', bytes: bytes(`${request.httpVersion} ${request.method} ${received}`) } };
};

describe('curl', () => {
  const rows: [name: string, args: string[], want: string][] = [
    ['a request', ['/'], '2.0 GET 0 200 2 9'],
    ['without ALPN', ['--no-alpn', '/'], '1.1 GET 0 200 1.1 9'],
    ['HTTP/1.1 by choice', ['--http1.1', '/'], '1.1 GET 0 200 1.1 9'],
    ['HTTP/1.0 by choice', ['--http1.0', '/'], '1.0 GET 0 200 1.1 9'],
    ['HEAD', ['--head', '-o', '/dev/null', '/'], ' 200 2 0'],
    ['a body larger than every window', ['-o', '/dev/null', '/large'], ' 200 2 3000000'],
    ['a streamed body', ['-o', '/dev/null', '/stream'], ' 200 2 3000000'],
    ['an upload', ['--data-binary', 'x'.repeat(100_000), '/'], '2.0 POST 100000 200 2 15'],
  ];
  test.each(rows)('%s', async (_name, args, want) => {
    const { port } = await secure(handle);
    const url = `https://127.0.0.1:${port}${args.at(-1)}`;
    const written = ['-w', ' %{http_code} %{http_version} %{size_download}'];
    expect(await curl('--http2', ...written, ...args.slice(0, -1), url)).toEqual({ exit: 0, out: want });
  });

  test('an upload larger than every window', async () => {
    const { port } = await secure(handle);
    const upload = ['sh', '-c', `head -c 3000000 /dev/zero | curl -sk --http2 -T - https://127.0.0.1:${port}/`];
    expect(await succeed(upload, environment)).toBe('2.0 PUT 3000000');
  });
});

test('nghttp: several bodies at once, in HTTP/2 alone', async () => {
  const { port } = await secure(handle);
  const url = (path: string): string => `https://127.0.0.1:${port}${path}`;
  const out = await succeed(['nghttp', '-n', '-s', '-y', url('/large'), url('/stream'), url('/')], environment);
  expect(out.match(/ 200 /g)).toHaveLength(3);
});

test('h2load: a hundred streams on each connection', async () => {
  const { port } = await secure(handle);
  const out = await succeed(['h2load', '-n', '2000', '-c', '4', '-m', '100', `https://127.0.0.1:${port}/`], environment);
  expect(out).toContain('2000 succeeded, 0 failed, 0 errored, 0 timeout');
});

describe('ALPN', () => {
  const rows: [name: string, args: string[], want: string][] = [
    ['HTTP/2 is preferred', ['-alpn', 'http/1.1,h2'], 'ALPN protocol: h2'],
    ['HTTP/2 needs TLS 1.2', ['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0', '-alpn', 'h2,http/1.1'], 'ALPN protocol: http/1.1'],
    ['HTTP/1.0 by choice', ['-alpn', 'http/1.0'], 'ALPN protocol: http/1.0'],
    ['nothing in common is an alert', ['-alpn', 'spdy/3'], 'alert no application protocol'],
  ];
  test.each(rows)('%s', async (_name, args, want) => {
    const { port } = await secure(handle);
    const { stdout, stderr } = await run(['openssl', 's_client', '-connect', `127.0.0.1:${port}`, ...args], environment);
    expect(stdout + stderr).toContain(want);
  });
});
