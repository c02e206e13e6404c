/**
 * What every server of a bench run is started with and offers.
 */
import type { Running } from '../processes.ts';

export interface ServerSetup {
  /** The core it is pinned to. */
  readonly core: number;
  /** A folder of its own for the run. */
  readonly folder: string;
  readonly originPort: number;
  readonly httpPort: number;
  readonly tlsPort: number;
  /** PEM files of a certificate, for the servers that do not make their own. */
  readonly certificate: string;
  readonly key: string;
}

export interface BenchServer {
  readonly name: string;
  readonly running: Running;
  /** The Host to ask for. */
  readonly host: string;
  /** By protocol, without a path; what a server cannot do is absent. */
  readonly urls: Readonly<Partial<Record<'h1' | 'tls' | 'h2', string>>>;
}
