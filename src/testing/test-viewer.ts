/**
 * A viewer for tests: sends exactly the fields it is told to, over a real socket, and reads the whole response before it resolves.
 * A body that breaks off rejects; it never looks like a short success.
 */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** How the viewer says to its own edge where it is; the edge takes the field away. */
export const ADDRESS_FIELD = 'x-warmfront-test-address';

export interface ViewerOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The Host field; the distribution's own domain unless given. */
  readonly host?: string;
  readonly scheme?: 'http' | 'https';
  /** The viewer's address; `127.0.0.1` unless given. */
  readonly from?: string;
  /** Aborts the request: the viewer leaves. */
  readonly signal?: AbortSignal;
}

export interface TestViewer {
  get(path: string, options?: ViewerOptions): Promise<ViewerResponse>;
  head(path: string, options?: ViewerOptions): Promise<ViewerResponse>;
  send(method: string, path: string, options?: ViewerOptions): Promise<ViewerResponse>;
  /** Resolves with the head; the body is read piece by piece. */
  open(path: string, options?: ViewerOptions): Promise<OpenResponse>;
}

export interface OpenResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  leave(): void;
}

export interface Expected {
  readonly status?: number;
  readonly body?: string;
  /** Lower-case names; undefined expects absence. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface ViewerResponse {
  readonly status: number;
  /** Lower-case names; repeated fields joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly body: string;
  /** The first word of X-Cache: Hit, Miss, RefreshHit, Error, Redirect. */
  readonly cache: string;
  expect(want: Expected): ViewerResponse;
  expectHit(): ViewerResponse;
  expectMiss(): ViewerResponse;
  expectRefreshHit(): ViewerResponse;
  expectError(status?: number): ViewerResponse;
}

export interface ViewerTarget {
  readonly host: string;
  readonly httpPort: number;
  /** Starts HTTPS on first use. */
  readonly https: () => Promise<{ readonly port: number; readonly ca: string }>;
}

export function createTestViewer(target: ViewerTarget): TestViewer & { close(): void } {
  const agent = new Agent({ keepAlive: true });
  const agents: { destroy(): void }[] = [agent];
  let secure: Promise<{ port: number; agent: HttpsAgent }> | undefined;

  async function connect(): Promise<{ port: number; agent: HttpsAgent }> {
    const { port, ca } = await target.https();
    const httpsAgent = new HttpsAgent({ keepAlive: true, ca });
    agents.push(httpsAgent);
    return { port, agent: httpsAgent };
  }

  async function start(method: string, path: string, options: ViewerOptions): Promise<IncomingMessage> {
    const host = options.host ?? target.host;
    const common = {
      host: '127.0.0.1',
      method,
      path,
      headers: { ...options.headers, ...(options.from !== undefined && { [ADDRESS_FIELD]: options.from }), host },
      ...(options.signal && { signal: options.signal }),
    };
    const isSecure = options.scheme === 'https';
    const https = isSecure ? await (secure ??= connect()) : undefined;
    return new Promise((resolve, reject) => {
      const outgoing = https
        ? httpsRequest({ ...common, port: https.port, agent: https.agent, servername: host.split(':')[0] }, resolve)
        : httpRequest({ ...common, port: target.httpPort, agent }, resolve);
      outgoing.on('error', reject);
      outgoing.end(options.body);
    });
  }

  async function send(method: string, path: string, options: ViewerOptions = {}): Promise<ViewerResponse> {
    const message = await start(method, path, options);
    const chunks: Uint8Array[] = [];
    for await (const chunk of message) chunks.push(chunk as Uint8Array);
    if (!message.complete)
      throw new Error(`${method} ${path}: the response broke off after ${Buffer.concat(chunks).byteLength} octets`);
    return viewerResponse(`${method} ${path}`, message.statusCode ?? 0, headersOf(message), Buffer.concat(chunks));
  }

  return {
    get: (path, options) => send('GET', path, options),
    head: (path, options) => send('HEAD', path, options),
    send,
    async open(path, options = {}) {
      const message = await start('GET', path, options);
      return {
        status: message.statusCode ?? 0,
        headers: headersOf(message),
        body: message as AsyncIterable<Uint8Array>,
        leave: () => void message.destroy(),
      };
    },
    close() {
      for (const each of agents) each.destroy();
    },
  };
}

function headersOf(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return headers;
}

function viewerResponse(
  what: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
): ViewerResponse {
  const body = new TextDecoder().decode(bytes);
  const cache = headers['x-cache']?.split(' ')[0] ?? '';
  const complain = (message: string): never => {
    throw new Error(`${what}: ${message}\n  ${status} ${JSON.stringify(headers, undefined, 2)}\n  ${body.slice(0, 300)}`);
  };
  const expectCache = (want: string): ViewerResponse =>
    cache === want ? response : complain(`expected X-Cache ${want}, got '${cache}'`);
  const response: ViewerResponse = {
    status,
    headers,
    bytes,
    body,
    cache,
    expect(want) {
      if (want.status !== undefined && status !== want.status) complain(`expected status ${want.status}, got ${status}`);
      if (want.body !== undefined && body !== want.body) complain(`expected body '${want.body}', got '${body.slice(0, 300)}'`);
      for (const [name, value] of Object.entries(want.headers ?? {})) {
        if (headers[name.toLowerCase()] !== value) complain(`expected ${name}: ${value}, got ${headers[name.toLowerCase()]}`);
      }
      return response;
    },
    expectHit: () => expectCache('Hit'),
    expectMiss: () => expectCache('Miss'),
    expectRefreshHit: () => expectCache('RefreshHit'),
    expectError(want) {
      expectCache('Error');
      return want === undefined ? response : response.expect({ status: want });
    },
  };
  return response;
}
