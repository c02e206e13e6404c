/**
 * The origin behind every server of the bench: cacheable bodies of the sizes asked for by path, `/bytes/1024`.
 */
export interface BenchOrigin {
  readonly port: number;
  stop(): Promise<void>;
}

export function startBenchOrigin(): BenchOrigin {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    development: false,
    fetch(request) {
      const size = Number(/\/bytes\/(\d+)$/.exec(new URL(request.url).pathname)?.[1] ?? 0);
      const headers = { 'cache-control': 'public, max-age=3600', 'content-type': 'text/html; charset=utf-8', etag: '"bench-1"' };
      return new Response(new Uint8Array(size).fill(0x61), { headers });
    },
  });
  return { port: server.port ?? 0, stop: () => server.stop(true) };
}
