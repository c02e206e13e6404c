/**
 * What every server of a bench run is started with and offers. Alike for all: the same origin, bodies kept for an hour, connections kept,
 * TLS 1.2 and 1.3 with a P-256 certificate, an access log that is written to a file and buffered.
 */
import type { Case, Protocol } from '../cases.ts';
import type { Running } from '../processes.ts';

export interface ServerSetup {
  /** The cores it is pinned to, for taskset. */
  readonly cores: string;
  /** Processes or threads that serve. */
  readonly workers: number;
  /** A folder of its own for the run. */
  readonly folder: string;
  readonly originPort: number;
  readonly httpPort: number;
  readonly tlsPort: number;
  /** For those that have an API. */
  readonly apiPort: number;
  /** PEM files of a certificate, for the servers that do not make their own. */
  readonly certificate: string;
  readonly key: string;
}

export interface BenchServer {
  readonly name: string;
  /** As it says itself. */
  readonly version: string;
  readonly running: Running;
  /** The Host to ask for. */
  readonly host: string;
  /** By protocol, without a path; what a server cannot do is absent. */
  readonly urls: Readonly<Partial<Record<Protocol, string>>>;
  /** Cases that it cannot answer from its cache, with the reason. */
  readonly lacks: Readonly<Partial<Record<Case['name'], string>>>;
}

export interface ServerKind {
  readonly name: string;
  /** False when its program is not on this machine. */
  readonly isInstalled: () => boolean;
  readonly start: (setup: ServerSetup) => Promise<BenchServer>;
}

/** Why a server lacks the case `function`. */
export const NO_FUNCTIONS = 'it runs no CloudFront functions';

export const BENCH_HOST = 'bench.localhost';

/** `nginx version: nginx/1.22.1` -> `1.22.1`. */
export function versionOf(command: readonly string[]): string {
  const { stdout, stderr } = Bun.spawnSync([...command]);
  return /\d+\.\d+(?:\.\d+)?/.exec(stdout.toString() + stderr.toString())?.[0] ?? 'unknown';
}
