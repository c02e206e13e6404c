/**
 * `npm run bench`: Warmfront beside nginx, Varnish and HAProxy in one run. It starts them, measures what `--only` selects, prints the page, and
 * writes it to docs/benchmarks.md with `--write`. A wrong answer anywhere ends it with exit code 1.
 *
 *   --only hit-1k,h2,latency    cases by name or protocol (cases.ts), and latency, memory, workers, waf; everything unless given
 *   --seconds 5 --rounds 5 --objects 100000
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CASES, selected, type Case } from './cases.ts';
import { machineLines } from './machine.ts';
import { measureCases } from './measures/measure-cases.ts';
import { measureLatency } from './measures/measure-latency.ts';
import { measureMemory, memoryAtRest } from './measures/measure-memory.ts';
import { measureWaf } from './measures/measure-waf.ts';
import { measureWorkers } from './measures/measure-workers.ts';
import { pageOf } from './report.ts';
import { haproxy } from './servers/haproxy.ts';
import { nginx } from './servers/nginx.ts';
import type { BenchServer, ServerKind, ServerSetup } from './servers/server.ts';
import { varnish } from './servers/varnish.ts';
import { warmfront } from './servers/warmfront.ts';
import { startOrigin } from './start-origin.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    objects: { type: 'string', default: '100000' },
    write: { type: 'boolean', default: false },
  },
});
const only = flags.only.split(',').filter((word) => word !== '');
const [seconds, rounds, objects] = [flags.seconds, flags.rounds, flags.objects].map(counted) as [number, number, number];
/** What is measured beside the cases. */
const MEASURES = ['latency', 'memory', 'workers', 'waf'] as const;
const wanted = (measure: (typeof MEASURES)[number]): boolean => only.length === 0 || only.includes(measure);
for (const word of only) {
  if (MEASURES.some((measure) => measure === word) || CASES.some((it) => selected([word], it))) continue;
  throw new Error(
    `--only ${word}: nothing is called so; there are ${[...new Set(CASES.map(({ name }) => name)), ...MEASURES].join(', ')}`,
  );
}

const KINDS: readonly ServerKind[] = [warmfront, nginx, varnish, haproxy];
const SERVER_CORE = '0';
const LOAD_CORE = 1;
const PAGE = join(import.meta.dir, '../docs/benchmarks.md');

const folder = mkdtempSync(join(tmpdir(), 'warmfront-bench-'));
const origin = await startOrigin(LOAD_CORE);
const started: BenchServer[] = [];
try {
  const pem = makeCertificate();
  const tell = (line: string): void => console.log(line);
  const options = { origin, seconds, rounds, loadCores: String(LOAD_CORE), tell };
  const servers = await startAll(KINDS, 1, SERVER_CORE, pem);
  const measured = { ...options, servers };
  const atRest = memoryAtRest(measured);
  const caseOf = (name: string, protocol: Case['protocol']): Case => {
    const found = CASES.find((it) => it.name === name && it.protocol === protocol);
    if (found === undefined) throw new Error(`there is no case ${name} ${protocol}`);
    return found;
  };
  const cases = await measureCases(
    CASES.filter((it) => selected(only, it)),
    measured,
  );
  const latency = wanted('latency') ? await measureLatency([caseOf('hit-1k', 'h1'), caseOf('hit-1k', 'h2')], measured) : [];
  const memory = wanted('memory') ? await measureMemory(caseOf('miss', 'h1'), objects, atRest, measured) : [];
  const machine = machineLines(servers);
  await stopAll();
  const start = (workers: number, cores: string) => startAll([warmfront, nginx, haproxy], workers, cores, pem);
  const workers = wanted('workers') ? await measureWorkers(caseOf('hit-1k', 'h1'), { ...options, start }) : [];
  const waf = wanted('waf') ? measureWaf(rounds, tell) : [];
  const page = pageOf({ servers, machine, seconds, rounds, cases, latency, memory, workers, waf });
  console.log(`\n${page}`);
  if (flags.write) writeFileSync(PAGE, page);
} finally {
  await stopAll();
  await origin.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Those that are on this machine. */
async function startAll(
  kinds: readonly ServerKind[],
  workers: number,
  cores: string,
  pem: Pick<ServerSetup, 'certificate' | 'key'>,
): Promise<readonly BenchServer[]> {
  const servers: BenchServer[] = [];
  for (const kind of kinds) {
    if (!kind.isInstalled()) {
      console.log(`${kind.name} is not installed and left out`);
      continue;
    }
    const [httpPort, tlsPort, apiPort] = [freePort(), freePort(), freePort()];
    const own = mkdtempSync(join(folder, `${workers}-`));
    const server = await kind.start({ ...pem, cores, workers, folder: own, originPort: origin.port, httpPort, tlsPort, apiPort });
    started.push(server);
    servers.push(server);
  }
  return servers;
}

async function stopAll(): Promise<void> {
  await Promise.all(started.splice(0).map(({ running }) => running.stop()));
}

function makeCertificate(): Pick<ServerSetup, 'certificate' | 'key'> {
  const [certificate, key] = [join(folder, 'bench.pem'), join(folder, 'bench-key.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=bench.localhost', '-addext', 'subjectAltName=DNS:bench.localhost'];
  const made = Bun.spawnSync(['openssl', 'req', ...kind, '-keyout', key, '-out', certificate, ...subject]);
  if (made.exitCode !== 0) throw new Error(`openssl: ${made.stderr.toString()}`);
  return { certificate, key };
}

/** Nobody else is likely to take it before the server does. */
function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } });
  listener.stop(true);
  return listener.port;
}

function counted(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`not a whole number from 1: ${text}`);
  return Number(text);
}
