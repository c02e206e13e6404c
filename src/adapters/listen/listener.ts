/**
 * What every listener takes and gives, and the one error for a port that cannot be had. Ours throughout: CloudFront has no such
 * flags. How each protocol is served: listen-clear.ts, listen-tls.ts, http3/listen-http3.ts; on one port number: listen-secure.ts.
 */
import { maxHeaderSize } from 'node:http';
import type { ViewerHandler } from '../../edge/answer.ts';
import type { ServerCertificate } from '../../edge/certificate-ports.ts';
import type { ViewerLimits } from './viewer-limits.ts';
import { GIB, SECOND, type Bytes, type Duration } from '../../model/units.ts';
import { errorCode } from '../../model/error-code.ts';

export interface ListenOptions {
  readonly hostname: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The setting a person would change when the port is taken: `--http-port`. */
  readonly flag: string;
  /** Another process of ours listens there already, and the port is shared with it. */
  readonly isShared?: boolean;
  readonly handler: ViewerHandler;
  /** How many connections there may be; no limit without. */
  readonly limits?: ViewerLimits;
  /** Told of each connection over TCP. */
  readonly watch?: ConnectionWatch;
  /** Other processes listen on the same port, too: the kernel deals connections out among them (SO_REUSEPORT). */
  readonly reusePort?: boolean;
  /** Our own mistakes, told loudly. */
  readonly report: (message: string, error: unknown) => void;
}

/** Who counts connections. `protocol`: as ALPN names it (RFC 7301). */
export interface ConnectionWatch {
  /** Over TLS, the handshake is made. */
  opened(scheme: 'http' | 'https', protocol: string): void;
  closed(scheme: 'http' | 'https', protocol: string): void;
  /** There was no room. */
  refused(): void;
  handshakeFailed(): void;
}

export interface SecureListenOptions extends ListenOptions {
  /** At least one; the first is shown to viewers that name no server, or none that is known. */
  readonly certificates: readonly ServerCertificate[];
}

export interface Listener {
  readonly port: number;
  /**
   * Accepts no more; with `drain`, answers under way are finished first, for at most DRAIN_LIMIT. Viewers who are idle have `patience` to
   * ask once more, and to hear that they should connect anew; none unless given. Resolves when all is closed.
   */
  stop(drain: boolean, patience?: Duration): Promise<void>;
}

export interface SecureListener extends Listener {
  /** Resolves when every new connection sees these certificates; answers under way on old connections are finished. */
  setCertificates(certificates: readonly ServerCertificate[]): Promise<void>;
}

/** Ours: how long answers under way may keep a stopping listener alive. */
export const DRAIN_LIMIT: Duration = 30 * SECOND;

/**
 * What all listeners tell Bun. Its idle timer also runs while an answer is awaited from the origin, and CloudFront waits up to
 * three times 120 s there (facts 8.1); 255 s is the most Bun can wait. CloudFront: bodies up to 64 GB (facts 1.3).
 */
export const SERVE_LIMITS = { idleTimeout: 255, maxRequestBodySize: 64 * GIB, development: false } as const;

/** CloudFront: request line and fields together, 8,192 and 32,768 octets (facts 1.3); above this Bun must not answer for us. */
const HEAD_SIZE_NEEDED: Bytes = 40_960;

/**
 * A sentence for the operator when this process refuses heads that CloudFront accepts. Bun answers 431 by itself above 16 KiB
 * unless it was started with `--max-http-header-size=65536`, as bin/warmfront does.
 */
export function headSizeWarning(limit: Bytes = maxHeaderSize): string | undefined {
  if (limit >= HEAD_SIZE_NEEDED) return undefined;
  return `requests with more than ${limit} bytes of header fields are answered 431 instead of 494: start bun with --max-http-header-size=65536`;
}

/**
 * Runs `open`, and turns a refused port into one sentence that names the port and the flag. Bun.serve shares a port with another
 * Bun.serve without a word, so a given port is first asked for exclusively.
 */
export function openingTcp<T>(
  { hostname, port, flag, isShared = false }: Pick<ListenOptions, 'hostname' | 'port' | 'flag' | 'isShared'>,
  open: () => T,
): T {
  try {
    if (port !== 0 && !isShared) Bun.listen({ hostname, port, exclusive: true, socket: { data: () => undefined } }).stop(true);
    return open();
  } catch (error) {
    throw listenFailure(hostname, port, flag, 'TCP', error);
  }
}

export function listenFailure(hostname: string, port: number, flag: string, transport: 'TCP' | 'UDP', cause: unknown): Error {
  const code = errorCode(cause) ?? '';
  const where = `cannot listen on ${hostname} ${transport} port ${port} (${flag})`;
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: `the port is taken; stop what uses it or choose another with ${flag}`,
    EACCES: `ports below 1024 need privileges; choose another with ${flag}`,
    EADDRNOTAVAIL: 'this machine has no such address; see --host',
    // Bun says either of a host that is neither an address nor a name with one: what last went wrong in the process.
    ENOENT: 'this machine has no such address; see --host',
    EEXIST: 'this machine has no such address; see --host',
  };
  return new Error(`${where}: ${why[code] ?? (cause instanceof Error ? cause.message : String(cause))}`, { cause });
}
