/**
 * The origin behind every server of the bench, a process of its own on the core of the load: cacheable bodies of the size that the path
 * says, `/bytes/1024` or `/bytes/1024/anything`; `/asked` tells how often it was asked for one. Started by start-origin.ts.
 */
import { ETAG } from './cases.ts';
import { bodyOf } from './origin-body.ts';

const bodies = new Map<number, Uint8Array<ArrayBuffer>>();
let asked = 0;

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  development: false,
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/asked') return new Response(String(asked));
    const size = Number(/^\/bytes\/(\d+)(?:\/.*)?$/.exec(pathname)?.[1]);
    if (!Number.isInteger(size)) return new Response('no such path', { status: 404 });
    asked += 1;
    let body = bodies.get(size);
    if (body === undefined) bodies.set(size, (body = bodyOf(size)));
    const headers = { 'cache-control': 'public, max-age=3600', 'content-type': 'text/html; charset=utf-8', etag: ETAG };
    return new Response(body, { headers });
  },
});
process.stdout.write(`${server.port}\n`);
