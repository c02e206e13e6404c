/**
 * What the listeners' tests share: listeners that stop after each test, certificates of an authority of their own, and viewers down
 * to raw sockets. Call `useListeners()` once at the top of a test file.
 */
import { afterAll, afterEach, beforeAll } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EdgeAnswer, ViewerHandler } from '../src/edge/answer.ts';
import type { ServerCertificate } from '../src/edge/certificate-ports.ts';
import type { RequestBody } from '../src/edge/ports.ts';
import type { ViewerRequest } from '../src/core/request.ts';
import { openLocalCa, type LocalCa } from '../src/adapters/certificates/local-ca.ts';
import { listenClear } from '../src/adapters/listen/listen-clear.ts';
import { listenSecure } from '../src/adapters/listen/listen-secure.ts';
import type { Listener, ListenOptions, SecureListener } from '../src/adapters/listen/listener.ts';

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const TEXT = [['content-type', 'text/plain']] as const;

export type Handle = ViewerHandler['handle'];

export function options(handle: Handle, changes: Partial<ListenOptions> = {}): ListenOptions {
  const report = (message: string, error: unknown): void => {
    throw new Error(message, { cause: error });
  };
  return { hostname: '127.0.0.1', port: 0, flag: '--http-port', handler: { handle }, report, ...changes };
}

export interface Listening {
  readonly ca: () => LocalCa;
  readonly certificates: () => readonly ServerCertificate[];
  readonly clear: (handle: Handle, changes?: Partial<ListenOptions>) => Listener;
  readonly secure: (handle: Handle) => Promise<SecureListener>;
  /** Stops the listener after the test, as those made here are. */
  readonly stopAfter: (listener: Listener) => void;
  readonly curl: (...args: string[]) => Promise<{ readonly exit: number; readonly out: string }>;
}

/** Everything that is opened through it is closed after each test. */
export function useListeners(): Listening {
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

  function clear(handle: Handle, changes: Partial<ListenOptions> = {}): Listener {
    const listener = listenClear(options(handle, changes));
    open.push(listener);
    return listener;
  }

  async function secure(handle: Handle) {
    const listener = await listenSecure({ ...options(handle), flag: '--https-port', certificates });
    open.push(listener);
    return listener;
  }

  async function curl(...args: string[]): Promise<{ readonly exit: number; readonly out: string }> {
    const child = Bun.spawn(['curl', '-sS', '--max-time', '20', '--cacert', ca.path, ...args], {
      stdout: 'pipe',
      stderr: 'ignore',
    });
    const out = await new Response(child.stdout).text();
    return { exit: await child.exited, out };
  }

  return {
    ca: () => ca,
    certificates: () => certificates,
    clear,
    secure,
    stopAfter: (listener) => void open.push(listener),
    curl,
  };
}

/** Sends raw octets on one connection and resolves with everything up to its end or reset. */
export function raw(port: number, sent: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = createConnection(port, '127.0.0.1', () => socket.write(Buffer.from(sent, 'latin1')));
  let got = '';
  socket.on('data', (chunk) => (got += chunk.toString('latin1')));
  socket.on('end', () => (got += '<end>'));
  socket.on('error', (error) => (got += `<${(error as NodeJS.ErrnoException).code}>`));
  socket.on('close', () => resolve(got));
  return promise;
}

export const get = (port: number, target: string, more = '') =>
  raw(port, `GET ${target} HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n${more}\r\n`);

/** Bun's HTTP/3 client takes no authority of ours. */
export const HTTP3 = { protocol: 'http3', tls: { rejectUnauthorized: false } } as const;

export const h3 = (port: number, path: string, init: RequestInit = {}) =>
  fetch(`https://127.0.0.1:${port}${path}`, { ...init, ...HTTP3 });

export const read = async (body: RequestBody): Promise<string> => {
  let text = '';
  if (body.kind === 'stream') for await (const chunk of body.chunks) text += new TextDecoder().decode(chunk);
  return text;
};

/** Answers with the request as it was mapped. */
export const echo: Handle = async (request, body) => ({
  status: 200,
  fields: [['content-type', 'application/json']],
  body: { kind: 'bytes', bytes: bytes(JSON.stringify({ ...request, received: await read(body) })) },
});
export const echoed = (out: string) =>
  JSON.parse(out.slice(out.indexOf('{'), out.lastIndexOf('}') + 1)) as ViewerRequest & { received: string };

export async function nextText(reader: { read(): Promise<{ value?: unknown }> }): Promise<string> {
  const { value } = await reader.read();
  return new TextDecoder().decode(value as Uint8Array);
}

/** A body that gives one chunk, then waits for `then`. */
export function heldBody(then: Promise<'more' | 'fail' | 'end'>, length?: number) {
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
