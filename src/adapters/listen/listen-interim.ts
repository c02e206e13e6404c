/**
 * Clear-text viewers, over node:http: HTTP/1.1 with interim responses. RFC 9110 15.2: "a proxy MUST forward 1xx responses", which
 * Bun.serve 1.4.5 has no words for. It costs more processor time for each request than listen-clear.ts, so it stands in for that
 * only where RFC 9111 mode is the default (compose); over TLS interim responses are dropped.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnswerBody, EdgeAnswer } from '../../edge/answer.ts';
import type { InterimResponse, RequestBody } from '../../edge/ports.ts';
import type { ViewerRequest } from '../../core/request.ts';
import { fieldCase } from '../../http/field-case.ts';
import type { Field, Fields } from '../../http/fields.ts';
import { SECOND, type Bytes } from '../../model/units.ts';
import { DRAIN_LIMIT, listenFailure, SERVE_LIMITS, type Listener, type ListenOptions } from './listener.ts';

/** Rejects with one sentence when the port cannot be had. */
export async function listenInterim(options: ListenOptions): Promise<Listener> {
  const { hostname, port, flag, handler, report } = options;
  const server = createServer({ keepAliveTimeout: SERVE_LIMITS.idleTimeout * SECOND, requestTimeout: 0 }, (message, response) => {
    const leaving = new AbortController();
    response.once('close', () => leaving.abort());
    const interim: InterimResponse = (status, fields) => writeInterim(response, status, fields);
    const request = readMessage(message);
    void Promise.try(() => handler.handle(request, bodyOf(message, request), () => leaving.signal, interim))
      .then((answer) => writeAnswer(response, answer, request.method === 'HEAD'))
      .catch((error: unknown) => {
        report('a request could not be answered', error);
        response.destroy();
      });
  });
  server.listen({ host: hostname, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenFailure(hostname, port, flag, 'TCP', error);
  }
  return { port: (server.address() as AddressInfo).port, stop: (drain) => stop(server, drain) };
}

async function stop(server: Server, drain: boolean): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  if (!drain) server.closeAllConnections();
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT);
  await closed;
  clearTimeout(late);
}

function readMessage(message: IncomingMessage): ViewerRequest {
  const fields: Field[] = [];
  let host = '';
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    const name = (message.rawHeaders[at] ?? '').toLowerCase();
    const value = message.rawHeaders[at + 1] ?? '';
    // RFC 9112 3.2: a second Host is as bad as an invalid one, and is refused as one.
    if (name === 'host') host = host === '' ? value : `${host}, ${value}`;
    else fields.push([name, value]);
  }
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(message.url ?? '/');
  // RFC 9112 3.2.2: the authority of an absolute-form target stands in for Host.
  const [, authority, rest = ''] = absolute ?? [undefined, undefined, message.url];
  const target = rest === '' ? '/' : rest;
  const mark = target.indexOf('?');
  return {
    method: message.method ?? '',
    scheme: 'http',
    httpVersion: message.httpVersion === '1.0' ? '1.0' : '1.1',
    host: authority ?? host,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? undefined : target.slice(mark + 1),
    fields,
    viewerAddress: message.socket.remoteAddress ?? '',
    viewerPort: message.socket.remotePort ?? 0,
    body: bodyKind(message),
  };
}

function bodyKind({ headers }: IncomingMessage): ViewerRequest['body'] {
  if (headers['transfer-encoding'] !== undefined) return { kind: 'chunked' };
  const length = Number(headers['content-length'] ?? 0);
  return length === 0 ? { kind: 'none' } : { kind: 'length', length };
}

function bodyOf(message: IncomingMessage, { body }: ViewerRequest): RequestBody {
  if (body.kind === 'none') return body;
  return {
    kind: 'stream',
    length: body.kind === 'length' ? body.length : undefined,
    chunks: message as AsyncIterable<Uint8Array>,
  };
}

/** RFC 9110 15.2: nothing is interim once the answer has begun. 100 is the listener's own to send. */
function writeInterim(response: ServerResponse, status: number, fields: Fields): void {
  if (response.headersSent || response.destroyed) return;
  if (status === 102) response.writeProcessing();
  // Without a Link, node:http writes no 103.
  else if (status === 103) response.writeEarlyHints(Object.fromEntries(fields));
}

async function writeAnswer(response: ServerResponse, answer: EdgeAnswer, isHead: boolean): Promise<void> {
  const { body } = answer;
  if (body.kind === 'tunnel') throw new Error('a tunnel was answered where none can be');
  const isBare = isHead || answer.status === 204 || answer.status === 304;
  const length = body.kind === 'bytes' ? body.bytes.byteLength : body.length;
  response.sendDate = false;
  for (const [name, values] of combined([...answer.fields, ...(answer.ownFields ?? [])]))
    response.setHeader(fieldCase(name), values);
  if (length !== undefined && answer.status !== 204 && (isHead || answer.status === 304 || body.kind !== 'none'))
    response.setHeader('Content-Length', length);
  response.writeHead(answer.status);
  if (isBare || body.kind !== 'stream') {
    if (body.kind === 'stream') body.cancel();
    const bytes = body.kind === 'bytes' && !isBare ? body.bytes : undefined;
    response.end(bytes);
    answer.delivered?.({ bodyBytes: bytes?.byteLength ?? 0, complete: true });
    return;
  }
  await writeStream(response, body, answer);
}

/** One chunk after the other, each when the viewer has taken those before it. Never rejects. */
async function writeStream(
  response: ServerResponse,
  { chunks, length, cancel }: Extract<AnswerBody, { kind: 'stream' }>,
  { delivered }: EdgeAnswer,
): Promise<void> {
  let sent: Bytes = 0;
  let isOver = false;
  let goOn = (): void => undefined;
  const finish = (complete: boolean): void => {
    if (isOver) return;
    isOver = true;
    if (!complete) cancel();
    delivered?.({ bodyBytes: sent, complete });
  };
  // One listener each for the whole body: the viewer may leave while the next chunk is still to come.
  response.on('drain', () => goOn());
  response.once('close', () => {
    finish(false);
    goOn();
  });
  if (response.destroyed) return finish(false);
  try {
    for await (const chunk of chunks) {
      if (response.destroyed) return finish(false);
      sent += chunk.byteLength;
      if (!response.write(chunk)) {
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
    }
    if (isOver) return;
    if (length !== undefined && sent !== length) throw new Error('the body is not as long as announced');
    response.end();
    finish(true);
  } catch {
    // What failed is in the outcome's errorDetail. A broken connection is how HTTP/1.1 tells the viewer.
    finish(false);
    response.destroy();
  }
}

/** Lines of one name together, in order; Set-Cookie stays several lines. RFC 9110 5.3. */
function combined(fields: Fields): ReadonlyMap<string, string | string[]> {
  const lines = new Map<string, string>();
  const cookies: string[] = [];
  for (const [name, value] of fields) {
    if (name === 'set-cookie') cookies.push(value);
    else lines.set(name, lines.has(name) ? `${lines.get(name)}, ${value}` : value);
  }
  return cookies.length === 0 ? lines : new Map<string, string | string[]>([...lines, ['set-cookie', cookies]]);
}
