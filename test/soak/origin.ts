/**
 * The origin of a soak: objects whose every octet follows from their path, so that any part of any answer can be checked.
 */
export const SIZES = [0, 1, 1_000, 1_024, 20_000, 65_536, 300_000, 1_500_000] as const;

/** The octets `from` up to `to` of the object at `path`. */
export function octetsOf(path: string, from: number, to: number): Uint8Array<ArrayBuffer> {
  const seed = Buffer.from(path).reduce((sum, octet) => (sum * 31 + octet) % 251, 7);
  const octets = new Uint8Array(to - from);
  for (let at = 0; at < octets.length; at += 1) octets[at] = (seed + (from + at) * 7) % 251;
  return octets;
}

/** `/o/<size index>/<name>` */
export function sizeOf(path: string): number {
  return SIZES[Number(path.split('/')[2])] ?? 0;
}

export function startOrigin(): { readonly port: number; stop(): void } {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.method === 'POST') return new Response(await request.bytes());
      const size = sizeOf(pathname);
      const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'max-age=5', etag: `"${pathname}"` };
      if (request.headers.get('if-none-match') === headers.etag) return new Response(null, { status: 304, headers });
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get('range') ?? '');
      if (range === null || Number(range[1]) >= size) return new Response(octetsOf(pathname, 0, size), { headers });
      const [first, last] = [Number(range[1]), Math.min(Number(range[2]), size - 1)];
      const part = { ...headers, 'content-range': `bytes ${first}-${last}/${size}` };
      return new Response(octetsOf(pathname, first, last + 1), { status: 206, headers: part });
    },
  });
  return { port: server.port!, stop: () => void server.stop(true) };
}
