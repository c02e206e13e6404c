/**
 * The bundled sample origin of `warmfront up --demo`: a few pages whose Cache-Control shows what a CDN does with them. Every
 * response tells how often the origin was asked (`x-origin-requests`), so that a hit is visible. Listens on the loopback only.
 * How the demo distribution treats its paths: demo-distribution.ts.
 */
import { PAGES } from './demo-pages.ts';

export interface DemoOrigin {
  readonly port: number;
  stop(): Promise<void>;
}

/** The longest `/slow?ms=` waits. */
const LONGEST_WAIT = 10_000;

export function startDemoOrigin(port = 0): DemoOrigin {
  let requests = 0;
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port,
    fetch: async (request) => {
      requests += 1;
      const response = await answer(request);
      response.headers.set('x-origin-requests', String(requests));
      return response;
    },
  });
  if (server.port === undefined) throw new Error('the demo origin listens on no port');
  return { port: server.port, stop: () => server.stop(true) };
}

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname.startsWith('/api/')) return echo(request, url);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return text(405, 'Only /api/ takes other methods than GET and HEAD.\n', { allow: 'GET, HEAD' });
  }
  const page = PAGES[url.pathname];
  if (page !== undefined) return asset(request, page.type, page.text);
  const status = /^\/status\/([2-5]\d\d)$/.exec(url.pathname)?.[1];
  if (status !== undefined) return statusPage(Number(status));
  if (url.pathname === '/time') return text(200, `${new Date().toISOString()}\n`, { 'cache-control': 'max-age=5' });
  if (url.pathname === '/slow') {
    const wait = Math.min(LONGEST_WAIT, Number(/^\d{1,6}$/.exec(url.searchParams.get('ms') ?? '')?.[0] ?? 1000));
    await Bun.sleep(wait);
    return text(200, `The origin took ${wait} ms.\n`, { 'cache-control': 'max-age=10' });
  }
  return text(404, `The demo origin has no ${url.pathname}.\n`);
}

/** What the origin saw, as JSON; never cached. */
async function echo(request: Request, url: URL): Promise<Response> {
  const seen = {
    method: request.method,
    path: url.pathname,
    query: url.search,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
    time: new Date().toISOString(),
  };
  return new Response(`${JSON.stringify(seen, null, 2)}\n`, {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

function asset(request: Request, type: string, body: string): Response {
  const headers = { 'content-type': type, 'cache-control': 'max-age=60', etag: `"${Bun.hash(body).toString(16)}"` };
  const unchanged = request.headers.get('if-none-match') === headers.etag;
  return unchanged ? new Response(null, { status: 304, headers }) : new Response(body, { headers });
}

function statusPage(status: number): Response {
  if (status === 204 || status === 205 || status === 304) return new Response(null, { status });
  const headers: Record<string, string> = status >= 300 && status < 400 ? { location: '/hello.html' } : {};
  return text(status, `The origin answered ${status}.\n`, headers);
}

function text(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });
}
