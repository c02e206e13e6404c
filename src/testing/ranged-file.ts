/**
 * A file for a test origin, of any size and never in memory: each octet follows from its position, so that any part can be checked.
 * Ranges, If-Match, If-None-Match, If-Range and If-Unmodified-Since are served as a good origin does (RFC 9110 13 and 14).
 */
import type { OriginExchange, OriginHandler } from './test-origin.ts';

export interface RangedFile {
  /** For `origin.on(path, file.handler)`. */
  readonly handler: OriginHandler;
  /** Replaces what the file is; requests under way go on with what it was. */
  change(to: Partial<RangedFileOptions>): void;
  /** Octets `first` to `last`, inclusive, of the file as it is now. */
  bytes(first: number, last: number): Uint8Array;
  /** The Range field of each request so far; undefined for one without. */
  readonly ranges: readonly (string | undefined)[];
}

export interface RangedFileOptions {
  readonly length: number;
  /** Other octets for another number. */
  readonly seed?: number;
  /** The ETag, quotes included; null for none. `"v<seed>"` unless given. */
  readonly etag?: string | null;
  readonly lastModified?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const CHUNK = 64 * 1024;

export function rangedFile(options: RangedFileOptions): RangedFile {
  let current = options;
  const ranges: (string | undefined)[] = [];
  return {
    ranges,
    change(to) {
      current = { ...current, ...to };
    },
    bytes: (first, last) => octets(current.seed ?? 1, first, last),
    handler(exchange) {
      ranges.push(exchange.headers['range']);
      return respond(exchange, current);
    },
  };
}

async function respond(exchange: OriginExchange, file: RangedFileOptions): Promise<void> {
  const { length, seed = 1 } = file;
  const etag = file.etag === null ? undefined : (file.etag ?? `"v${seed}"`);
  const { lastModified } = file;
  const asked = exchange.headers;
  const headers = {
    'accept-ranges': 'bytes',
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { 'last-modified': lastModified }),
    ...file.headers,
  };
  const differs = (name: string, value: string | undefined): boolean => asked[name] !== undefined && asked[name] !== value;
  if (differs('if-match', etag) || differs('if-unmodified-since', lastModified)) return exchange.respond(412, headers, '');
  if (asked['if-none-match'] !== undefined && asked['if-none-match'] === etag) return exchange.respond(304, headers);
  const ifRange = asked['if-range'];
  const isCurrent = ifRange === undefined || ifRange === etag || ifRange === lastModified;
  const match = /^bytes=(\d*)-(\d*)$/.exec(isCurrent ? (asked['range'] ?? '') : '');
  if (match === null) return send(exchange, 200, headers, seed, 0, length - 1);
  const isSuffix = match[1] === '';
  const first = isSuffix ? Math.max(0, length - Number(match[2])) : Number(match[1]);
  const last = isSuffix || match[2] === '' ? length - 1 : Math.min(Number(match[2]), length - 1);
  if (first >= length) return exchange.respond(416, { ...headers, 'content-range': `bytes */${length}` }, '');
  return send(exchange, 206, { ...headers, 'content-range': `bytes ${first}-${last}/${length}` }, seed, first, last);
}

async function send(
  exchange: OriginExchange,
  status: number,
  headers: Readonly<Record<string, string>>,
  seed: number,
  first: number,
  last: number,
): Promise<void> {
  const body = exchange.start(status, { ...headers, 'content-length': String(last - first + 1) });
  for (let at = first; at <= last; at += CHUNK) {
    if (!(await body.take(octets(seed, at, Math.min(last, at + CHUNK - 1))))) return;
  }
  body.end();
}

/** Each octet by its position: neighbours differ, and so do octets that lie a power of 256, or a block, apart. */
export function octets(seed: number, first: number, last: number): Uint8Array {
  const bytes = new Uint8Array(last - first + 1);
  for (let i = 0; i < bytes.length; i += 1) {
    const at = first + i;
    bytes[i] = (at * 31 + (at >>> 8) * 7 + (at >>> 16) * 13 + Math.floor(at / 16_777_216) * 17 + seed * 101) & 255;
  }
  return bytes;
}
