/**
 * An origin for tests: a real HTTP server on loopback whose answers the test scripts, and which remembers what it was asked.
 * Handlers are chosen by `METHOD /path`, `/path`, or `*`; an unscripted request is answered 404 and still recorded.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OriginRequestSeen {
  readonly method: string;
  /** The request target as received: path and query. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface OriginExchange extends OriginRequestSeen {
  /** Answers with a whole body and its Content-Length, unless the headers frame it otherwise. */
  respond(status: number, headers?: Readonly<Record<string, string | readonly string[]>>, body?: string | Uint8Array): void;
  /** Sends the head now; the body is written piece by piece. */
  start(status: number, headers?: Readonly<Record<string, string | readonly string[]>>): OriginBody;
  /** Closes the connection without another byte. */
  reset(): void;
}

export interface OriginBody {
  write(chunk: string | Uint8Array): void;
  /** Writes, and resolves when more is wanted; false when the edge has left. */
  take(chunk: string | Uint8Array): Promise<boolean>;
  end(): void;
  /** Breaks off. */
  reset(): void;
}

export type OriginHandler = (exchange: OriginExchange) => void | Promise<void>;

export interface TestOrigin {
  readonly port: number;
  readonly requests: readonly OriginRequestSeen[];
  on(route: string, handler: OriginHandler): void;
  /** Resolves once `count` requests have arrived in all. */
  requested(count: number): Promise<void>;
  /** Throws when another number of requests has arrived. */
  expectRequests(count: number): void;
  /** Throws when nothing has been asked; else the last request. */
  lastRequest(): OriginRequestSeen;
  stop(): Promise<void>;
}

export async function startTestOrigin(): Promise<TestOrigin> {
  const handlers = new Map<string, OriginHandler>();
  const requests: OriginRequestSeen[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server: Server = createServer((request, response) => void answer(request, response));
  server.keepAliveTimeout = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await read(request);
    requests.push(seen);
    for (const entry of waiting.filter((candidate) => candidate.count <= requests.length)) entry.resolve();
    const path = seen.target.split('?')[0] ?? '/';
    const handler = handlers.get(`${seen.method} ${path}`) ?? handlers.get(path) ?? handlers.get('*');
    if (handler === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`nothing is scripted for ${seen.method} ${path}`);
      return;
    }
    await handler(exchange(seen, request, response));
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    requests,
    on(route, handler) {
      handlers.set(route, handler);
    },
    requested(count) {
      if (requests.length >= count) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ count, resolve }));
    },
    expectRequests(count) {
      if (requests.length === count) return;
      const list = requests.map((request) => `  ${request.method} ${request.target}`).join('\n');
      throw new Error(`the origin was asked ${requests.length} times, not ${count}:\n${list}`);
    },
    lastRequest() {
      const last = requests.at(-1);
      if (last === undefined) throw new Error('the origin was not asked at all');
      return last;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<OriginRequestSeen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return { method: request.method ?? '', target: request.url ?? '', headers, body: Buffer.concat(chunks) };
}

function exchange(seen: OriginRequestSeen, request: IncomingMessage, response: ServerResponse): OriginExchange {
  const reset = (): void => void request.socket.destroy();
  const start = (status: number, headers: Parameters<OriginExchange['start']>[1]): void => {
    response.writeHead(status, headers as Record<string, string | string[]>);
  };
  return {
    ...seen,
    respond(status, headers = {}, body) {
      const isFramed = body === undefined || 'content-length' in headers || 'transfer-encoding' in headers;
      start(status, isFramed ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) });
      response.end(body);
    },
    start(status, headers = {}) {
      start(status, headers);
      response.flushHeaders();
      return {
        write: (chunk) => void response.write(chunk),
        take: (chunk) => writeAll(response, chunk),
        end: () => void response.end(),
        reset,
      };
    },
    reset,
  };
}

async function writeAll(response: ServerResponse, chunk: string | Uint8Array): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.write(chunk)) return true;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
  return !response.destroyed;
}
