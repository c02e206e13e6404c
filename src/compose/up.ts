/**
 * `warmfront up`: the control plane and the edge, started, announced and stopped in order. What it decides nothing of: requests
 * (edge, core) and configurations (control).
 */
import { accessSync, constants, mkdirSync } from 'node:fs';
import packageJson from '../../package.json' with { type: 'json' };
import { createInProcessBus } from '../adapters/bus/in-process-bus.ts';
import { openDiskCertificates } from '../adapters/certificates/disk-certificates.ts';
import { openLocalCa } from '../adapters/certificates/local-ca.ts';
import { systemClock as clock } from '../adapters/clock/system-clock.ts';
import { openingTcp } from '../adapters/listen/listener.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import { reachableHost, writeRunRecord } from '../cli/run-record.ts';
import { startFailure } from '../cli/start-failure.ts';
import { provideDistribution } from '../control/provide-distribution.ts';
import { startControl, type Control } from '../control/start-control.ts';
import { demoBanner, type DemoPlace } from '../demo/demo-banner.ts';
import { demoDistributionConfig } from '../demo/demo-distribution.ts';
import { startDemoOrigin } from '../demo/demo-origin.ts';
import { explain } from '../insight/explain/explain.ts';
import { mergeReadings } from '../insight/metrics/merge-readings.ts';
import { writeExposition } from '../insight/metrics/write-exposition.ts';
import type { Listener } from '../model/admin.ts';
import type { Settings } from '../tables/settings.ts';
import { openServerLog, say } from './operator.ts';
import { startEdge, type ControlLink, type RunningEdge } from './start-edge.ts';

/** Shells say 128 and the signal's number for a process that a signal ended. */
const STOP_SIGNALS = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const;

/** Serves until SIGTERM or SIGINT; resolves with the exit code. */
export async function up(settings: Settings, warnings: readonly string[]): Promise<number> {
  const stopped = untilSignal();
  const serverLog = openServerLog(settings);
  for (const warning of warnings) serverLog.warning(warning);
  let closing: (() => Promise<unknown>)[] = [];
  try {
    closing = await start(settings, serverLog);
  } catch (error) {
    const failure = startFailure(error);
    if (settings.logFormat === 'text') throw failure;
    serverLog.error(failure.message);
    return failure.exitCode;
  }
  say('ready');
  serverLog.info(`${await stopped}: stopping`);
  for (const close of closing) await close();
  serverLog.info('stopped');
  return 0;
}

/** Starts everything and returns how to stop it, in order. */
async function start(settings: Settings, serverLog: ServerLog): Promise<(() => Promise<unknown>)[]> {
  const { data, host } = settings;
  makeDataDirectory(data);
  const bus = createInProcessBus({ clock, warn: serverLog.warning });
  const listeners: Listener[] = [];

  const ca = await openLocalCa(data, clock);
  const control = await startControl({
    data,
    bus,
    clock,
    certificates: { store: await openDiskCertificates(data), authority: ca.authority },
    domainSuffix: settings.domainSuffix,
    report: (line, severity) => serverLog[severity ?? 'warning'](line),
    health: () => ({
      ready: listeners.length > 0,
      version: packageJson.version,
      listeners,
      snapshotVersion: running.edge.snapshotVersion,
      edges: bus.edges(),
    }),
    store: () => running.store.stats,
    bans: () => running.edge.bansInForce,
    explain: async (request) => explain(await running.edge.inspect(request)),
    metrics: async () => writeExposition(mergeReadings([running.readMetrics()])),
  });
  const api = serveApi(settings, control);
  const link: ControlLink = {
    bus,
    credentials: control.credentials,
    certificatesFor: ca.certificatesFor,
    bucketLookup: (bucket) => (control.buckets.bucket(bucket) === undefined ? undefined : api.port),
  };
  const running: RunningEdge = await startEdge(settings, link, serverLog);

  const { httpPort, httpsPort } = running;
  const apiUrl = `http://${reachableHost(host)}:${api.port}`;
  writeRunRecord(data, { pid: process.pid, version: packageJson.version, apiUrl, httpPort, httpsPort, apiPort: api.port });
  listeners.push(
    { serves: 'viewers', protocol: 'http', url: `http://${reachableHost(host)}:${httpPort}` },
    { serves: 'viewers', protocol: 'https', url: `https://${reachableHost(host)}:${httpsPort}` },
    { serves: 'viewers', protocol: 'h3', url: `https://${reachableHost(host)}:${httpsPort}` },
    { serves: 'api', protocol: 'http', url: apiUrl },
  );
  for (const { serves, protocol, url } of listeners) say(`${serves} (${protocol}): ${url}`);
  const stopDemo = settings.demo ? await startDemo(control, { httpPort, httpsPort, certificate: ca.path }) : undefined;

  return [() => running.drain(), () => api.stop(), () => control.stop(), () => running.close(), async () => stopDemo?.()];
}

function serveApi({ host, apiPort }: Settings, { api }: Control): { readonly port: number; stop(): Promise<void> } {
  const server = openingTcp({ hostname: host, port: apiPort, flag: '--api-port' }, () =>
    Bun.serve({
      hostname: host,
      port: apiPort,
      development: false,
      idleTimeout: 255,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: (request, self) => api.handle(request, { peerAddress: self.requestIP(request)?.address }),
    }),
  );
  return { port: server.port ?? apiPort, stop: () => server.stop(true) };
}

/** The demo's distribution, made once and pointed at this run's sample origin each time. */
async function startDemo(control: Control, place: Omit<DemoPlace, 'domainName'>): Promise<() => Promise<void>> {
  const origin = startDemoOrigin();
  const domainName = await provideDistribution(control.cloudFront, demoDistributionConfig(origin.port), clock.now());
  for (const line of demoBanner({ ...place, domainName })) say(line);
  return () => origin.stop();
}

function makeDataDirectory(data: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** Resolves with the first signal; the second ends the process at once, whatever is still under way. */
function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isAsked = false;
    for (const [signal, exitCode] of STOP_SIGNALS) {
      process.on(signal, () => {
        if (isAsked) process.exit(exitCode);
        isAsked = true;
        resolve(signal);
      });
    }
  });
}
