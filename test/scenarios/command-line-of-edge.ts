/**
 * The command line beside a test edge, as beside a running Warmfront: the real admin API, which asks the edge for explanations, and a
 * data directory with a run record that leads to it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRunRecord } from '../../src/cli/run-record.ts';
import { runCli } from '../../src/cli/run.ts';
import { functionBench } from '../../src/compose/run-function.ts';
import { createAdminApi, type AdminBackend } from '../../src/control/admin/admin-api.ts';
import type { TestEdge } from '../../src/testing/index.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

export interface EdgeCommandLine {
  /** The data directory, which is also the working directory. */
  readonly data: string;
  warmfront(argv: readonly string[], hasColours?: boolean): Promise<Said>;
  stop(): Promise<void>;
}

/** What of an edge, and of a control plane, is asked. */
export interface Behind extends Pick<TestEdge, 'explain' | 'functionRuns' | 'findings'> {
  readonly testWebAcl?: AdminBackend['testWebAcl'];
}

export function commandLineOf(edge: Behind): EdgeCommandLine {
  const data = mkdtempSync(join(tmpdir(), 'warmfront-command-line-'));
  const unused = (): Promise<never> => Promise.reject(new Error('not asked for here'));
  const api = createAdminApi({
    health: unused,
    status: unused,
    certificates: unused,
    ipRanges: unused,
    purge: unused,
    reload: unused,
    metrics: unused,
    metricsFrom: [],
    findings: () => Promise.resolve(edge.findings()),
    testWebAcl: edge.testWebAcl ?? unused,
    functionRuns: (query) => Promise.resolve({ mostPerWorker: 1000, runs: edge.functionRuns(query) }),
    explain({ path, query, host, scheme, method, fields, viewerAddress }) {
      const target = query === undefined ? path : `${path}?${query}`;
      return edge.explain(target, { host, scheme, method, headers: Object.fromEntries(fields), from: viewerAddress });
    },
  });
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, listener) => api.fetch(request, { peerAddress: listener.requestIP(request)?.address }),
  });
  const port = server.port ?? 0;
  writeRunRecord(data, { pid: process.pid, version: '1', apiUrl: server.url.origin, httpPort: 1, httpsPort: 1, apiPort: port });
  return {
    data,
    async warmfront(argv, hasColours = false) {
      const out: string[] = [];
      const errors: string[] = [];
      const terminal = { environment: {}, workingDirectory: data, hasColours };
      const print = (line: string): void => void out.push(line);
      const complain = (line: string): void => void errors.push(line);
      const code = await runCli(
        argv,
        { up: () => Promise.resolve(0), functionBench: () => Promise.resolve(functionBench) },
        { ...terminal, print, complain },
      );
      return { code, out: out.join('\n'), errors: errors.join('\n') };
    },
    async stop() {
      await server.stop(true);
      rmSync(data, { recursive: true });
    },
  };
}
