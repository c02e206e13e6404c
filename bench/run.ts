/**
 * `npm run bench`: CPU time per cached 1 KB response, Warmfront beside nginx, Varnish and HAProxy in the same run, access logs on. Servers are pinned
 * to one core and loaded from another, in turns, so that a noisy machine disturbs all alike; the ratio is the figure that counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runLoad, type Load } from './load.ts';
import { startBenchOrigin } from './origin.ts';
import { startNginx } from './servers/nginx.ts';
import { startHaproxy } from './servers/haproxy.ts';
import type { BenchServer } from './servers/server.ts';
import { startVarnish } from './servers/varnish.ts';
import { startWarmfront } from './servers/warmfront.ts';

const { values: flags } = parseArgs({
  options: { seconds: { type: 'string', default: '4' }, rounds: { type: 'string', default: '3' } },
});
const seconds = Number(flags.seconds);
const rounds = Number(flags.rounds);
const PROTOCOLS = ['h1', 'tls', 'h2'] as const;
/** Seconds until the just-in-time compiler has settled. */
const WARM_UP = 3;
const SERVER_CORE = 0;
const LOAD_CORE = 1;

interface Row {
  readonly protocol: Load['protocol'];
  readonly server: string;
  readonly microsecondsPerRequest: number;
  readonly requestsPerSecond: number;
}

const folder = mkdtempSync(join(tmpdir(), 'warmfront-bench-'));
const origin = startBenchOrigin();
const servers: BenchServer[] = [];
try {
  const certificate = join(folder, 'bench.pem');
  const key = join(folder, 'bench-key.pem');
  const subject = ['-subj', '/CN=bench.localhost', '-addext', 'subjectAltName=DNS:bench.localhost', '-days', '2'];
  Bun.spawnSync([
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    ...subject,
  ]);
  const setup = { core: SERVER_CORE, folder, originPort: origin.port, certificate, key };
  servers.push(await startNginx({ ...setup, httpPort: 18_181, tlsPort: 18_182 }));
  if (Bun.which('varnishd') !== null) servers.push(await startVarnish({ ...setup, httpPort: 18_171, tlsPort: 18_172 }));
  if (Bun.which('haproxy') !== null) servers.push(await startHaproxy({ ...setup, httpPort: 18_161, tlsPort: 18_162 }));
  servers.push(await startWarmfront({ ...setup, httpPort: 18_191, tlsPort: 18_192 }, 18_193));
  report(await measure());
} finally {
  await Promise.all(servers.map((server) => server.running.stop()));
  await origin.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const protocol of PROTOCOLS) {
    for (let round = 0; round < rounds; round += 1) {
      for (const server of servers) {
        const base = server.urls[protocol];
        if (base === undefined) continue;
        const load: Load = { protocol, url: `${base}/bytes/1024`, host: server.host, seconds, core: LOAD_CORE, connections: 32 };
        if (round === 0) await runLoad({ ...load, seconds: WARM_UP });
        const before = server.running.cpuSeconds();
        const result = await runLoad(load);
        const used = server.running.cpuSeconds() - before;
        rows.push({
          protocol,
          server: server.name,
          microsecondsPerRequest: (used * 1e6) / result.requests,
          requestsPerSecond: result.requestsPerSecond,
        });
      }
    }
  }
  return rows;
}

function report(rows: readonly Row[]): void {
  console.log('CPU microseconds per cached 1 KB response (median of rounds), access logs on');
  console.log('protocol  server      us/request   requests/s   ratio to nginx');
  for (const protocol of PROTOCOLS) {
    const reference = median(
      rows.filter((row) => row.protocol === protocol && row.server === 'nginx').map((row) => row.microsecondsPerRequest),
    );
    for (const server of servers) {
      const mine = rows.filter((row) => row.protocol === protocol && row.server === server.name);
      if (mine.length === 0) continue;
      const cpu = median(mine.map((row) => row.microsecondsPerRequest));
      const rate = median(mine.map((row) => row.requestsPerSecond));
      console.log(
        `${protocol.padEnd(9)} ${server.name.padEnd(11)} ${cpu.toFixed(1).padStart(10)} ${rate.toFixed(0).padStart(12)} ${(cpu / reference).toFixed(2).padStart(16)}`,
      );
    }
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
