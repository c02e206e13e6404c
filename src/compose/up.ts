/**
 * `warmfront up`: this process is the control plane and the supervisor of the workers that serve; started, announced and stopped in order.
 * What it decides nothing of: requests (edge, core), configurations (control) and who replaces whom (supervise.ts).
 */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { createInProcessBus } from '../adapters/bus/in-process-bus.ts';
import { diskCertificates } from '../adapters/certificates/disk-certificates.ts';
import { openLocalCa } from '../adapters/certificates/local-ca.ts';
import { systemClock as clock } from '../adapters/clock/system-clock.ts';
import { headSizeWarning, openingTcp } from '../adapters/listen/listener.ts';
import { linearRegex } from '../adapters/regex/linear-regex.ts';
import { patternCompiler } from '../core/viewer-request/waf/patterns/compile-pattern.ts';
import { beginAccessLog } from '../adapters/log/access-log-file.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import { readCertificates } from '../adapters/metrics/certificate-reading.ts';
import { watchProcess } from '../adapters/metrics/process-reading.ts';
import { createServiceStatus } from '../adapters/service/notify-systemd.ts';
import { reachableHost, writeRunRecord } from '../cli/run-record.ts';
import type { SettingsRead } from '../cli/read-settings.ts';
import { startFailure } from '../cli/start-failure.ts';
import { AdminRefusal } from '../control/admin/admin-refusal.ts';
import { provideDistribution } from '../control/provide-distribution.ts';
import type { ApiServer } from '../control/aws/api-server.ts';
import { startControl, type Control } from '../control/start-control.ts';
import { demoBanner, type DemoPlace } from '../demo/demo-banner.ts';
import { demoDistributionConfig } from '../demo/demo-distribution.ts';
import { startDemoOrigin } from '../demo/demo-origin.ts';
import { sourceFaults, testFunction } from '../functions/cloudfront-functions/test-function.ts';
import { ipRanges } from '../insight/ip-ranges.ts';
import { createLambdas } from '../functions/lambda-edge/create-lambdas.ts';
import { mergeReadings } from '../insight/metrics/merge-readings.ts';
import { writeExposition } from '../insight/metrics/write-exposition.ts';
import { sentence } from '../model/sentence.ts';
import type { Listener, ReloadReceipt, StoreState } from '../model/admin.ts';
import { LAMBDA_CODE_FOLDER } from '../model/lambda-version.ts';
import type { Settings } from '../tables/settings.ts';
import { openAuthority } from './open-authority.ts';
import { changedSettings } from './changed-settings.ts';
import { removeForeignCaches } from './open-store.ts';
import { openServerLog, say } from './operator.ts';
import { edgeAddresses } from './edge-addresses.ts';
import { serveNames } from './serve-names.ts';
import { edgeLocationOf } from './edge-location.ts';
import { moveConnections } from './move-connections.ts';
import { makeSocketFolder } from './socket-folder.ts';
import { BUCKET_HOST } from './resolve-origins.ts';
import { supervise } from './supervise.ts';
import { openWorkerLines, type ControlAnswers } from './worker-lines.ts';

/** Shells say 128 and the signal's number for a process that a signal ended. */
const STOP_SIGNALS = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const;

/** Serves until SIGTERM or SIGINT; resolves with the exit code. `reread`: the settings as they are then. */
export async function up({ settings, warnings }: SettingsRead, reread: () => SettingsRead): Promise<number> {
  const stopped = untilSignal();
  const serverLog = openServerLog(settings);
  for (const warning of warnings) serverLog.warning(warning);
  const service = createServiceStatus({ environment: process.env, report: serverLog.warning });
  let started: Started;
  try {
    started = await start({ settings, warnings }, serverLog, reread);
  } catch (error) {
    const failure = startFailure(error);
    if (settings.logFormat === 'text') throw failure;
    serverLog.error(failure.message);
    return failure.exitCode;
  }
  say('ready');
  service.ready();
  onSignal('SIGHUP', () => started.reload());
  onSignal('SIGUSR2', () => started.reopenLogs());
  serverLog.info(`${await stopped}: stopping`);
  service.stopping();
  for (const close of started.closing) await close();
  serverLog.info('stopped');
  return 0;
}

const BENCH_PROCESSES = 4;

interface Started {
  /** How to stop it, in order. */
  readonly closing: readonly (() => Promise<unknown>)[];
  reload(): Promise<unknown>;
  reopenLogs(): Promise<void>;
}

async function start({ settings, warnings }: SettingsRead, serverLog: ServerLog, reread: () => SettingsRead): Promise<Started> {
  const { data, host } = settings;
  makeDataDirectory(data);
  const headSize = headSizeWarning();
  if (headSize !== undefined) serverLog.warning(headSize);
  if (settings.tuneKernel) moveConnections(serverLog);
  const bus = createInProcessBus({ clock, warn: serverLog.warning });
  const sockets = makeSocketFolder(data);
  const opened = Promise.withResolvers<ControlAnswers>();
  // The workers start while the control plane does; both take a while.
  const lines = await openWorkerLines({ sockets, bus, opened: opened.promise });
  const supervisor = supervise({ settings, lines, clock, serverLog });
  // Whichever fails, it is told once, below.
  opened.promise.catch(() => undefined);
  supervisor.started.catch(() => undefined);
  // Ours: authors are few, and wait for each other.
  const lambdaBench = createLambdas({
    codeFolder: join(data, LAMBDA_CODE_FOLDER),
    network: settings.lambdaNetwork,
    mostProcesses: BENCH_PROCESSES,
    slot: 0,
    warn: () => undefined,
  });
  const processWatch = watchProcess();
  const listeners: Listener[] = [];
  const accessLog = join(data, 'access.log');
  const ranges = ipRanges(edgeAddresses(settings), clock.now());

  /** New workers from the program on the disk, with the settings as they are now. */
  async function reload(): Promise<ReloadReceipt> {
    const began = clock.now();
    const read = reread();
    const changed = changedSettings(settings, read.settings);
    // What was told at the start need not be told again.
    const told = [...read.warnings.filter((warning) => !warnings.includes(warning)), ...changed.warnings];
    for (const warning of told) serverLog.warning(warning);
    const edges = await supervisor.reload(changed.settings);
    const took = clock.now() - began;
    serverLog.info(`reloaded in ${took} ms: ${edges.join(', ')}`);
    return { edges, took, warnings: told };
  }

  try {
    const ca = await openLocalCa(data, clock);
    const control = await startControl({
      data,
      bus,
      clock,
      certificates: { store: diskCertificates(data), authority: openAuthority(settings, ca) },
      domainSuffix: settings.domainSuffix,
      functionBench: {
        faults: sourceFaults,
        test: (tested, event, now) => testFunction({ ...tested, edgeLocation: edgeLocationOf(settings) }, event, now),
      },
      lambdaBench,
      patternFault,
      wafWatch: supervisor.waf,
      report: (line, severity) => serverLog[severity ?? 'warning'](line),
      health: () => ({
        ready: listeners.length > 0 && supervisor.isComplete,
        version: packageJson.version,
        listeners,
        snapshotVersion: Math.max(0, ...bus.edges().map((edge) => edge.snapshotVersion)),
        edges: bus.edges(),
      }),
      cache: async () => {
        const readings = await supervisor.read();
        return { store: together(readings.map(({ store }) => store)), bans: Math.max(0, ...readings.map(({ bans }) => bans)) };
      },
      explain: (request) => supervisor.explain(request),
      testWebAcl: (configuration, requests) =>
        supervisor.waf.test({ configuration, requests }).catch((error: unknown) => {
          throw new AdminRefusal(400, 'WebAclUnusable', `${sentence(error)}.`);
        }),
      functionRuns: (query) => supervisor.functionRuns(query),
      findings: () => supervisor.findings(),
      reload: () => reload().catch(refuseReload),
      metrics: async () => {
        const own = [processWatch.read(), serverLog.read(), readCertificates(control.certificates())];
        return writeExposition(mergeReadings([await supervisor.readMetrics(), ...own]));
      },
      ipRanges: () => Promise.resolve(ranges),
      metricsFrom: settings.metricsFrom,
    });
    const api = serveApi(settings, control.api);
    const bucketOrigins = serveBuckets(control.bucketOrigins);
    await beginAccessLog(accessLog);
    sockets.removeOthers();
    removeForeignCaches(data, supervisor.slotCount);
    opened.resolve({
      certificatesFor: ca.certificatesFor,
      bucketLookup: async (bucket) => (control.buckets.bucket(bucket) === undefined ? undefined : bucketOrigins.port),
    });
    const { httpPort, httpsPort } = await supervisor.started;
    const dns = await serveNames(settings, control, serverLog);

    const apiUrl = `http://${reachableHost(host)}:${api.port}`;
    const ports = { httpPort, httpsPort, apiPort: api.port, dnsPort: dns.port };
    writeRunRecord(data, { pid: process.pid, version: packageJson.version, apiUrl, ...ports });
    listeners.push(
      { serves: 'viewers', protocol: 'http', url: `http://${reachableHost(host)}:${httpPort}` },
      { serves: 'viewers', protocol: 'https', url: `https://${reachableHost(host)}:${httpsPort}` },
      { serves: 'viewers', protocol: 'h3', url: `https://${reachableHost(host)}:${httpsPort}` },
      { serves: 'api', protocol: 'http', url: apiUrl },
      { serves: 'names', protocol: 'dns', url: `dns://${reachableHost(host)}:${dns.port}` },
    );
    for (const { serves, protocol, url } of listeners) say(`${serves} (${protocol}): ${url}`);
    const stopDemo = settings.demo ? await startDemo(control, { httpPort, httpsPort, certificate: ca.path }) : undefined;

    const closing = [
      () => supervisor.drain(),
      () => dns.stop(),
      () => api.stop(),
      () => bucketOrigins.stop(),
      () => control.stop(),
      async () => lambdaBench.close(),
      () => supervisor.stop(),
      async () => sockets.remove(),
      async () => stopDemo?.(),
    ];
    return {
      closing,
      reload: () => reload().catch((error: unknown) => serverLog.error('the reload has failed; what served goes on', error)),
      async reopenLogs() {
        await beginAccessLog(accessLog);
        await supervisor.reopenLogs();
      },
    };
  } catch (error) {
    opened.reject(error);
    await supervisor.stop();
    sockets.remove();
    throw error;
  }
}

/** For whoever asked: the settings are wrong, or a new worker cannot be had. */
function refuseReload(error: unknown): never {
  const { message } = startFailure(error);
  throw new AdminRefusal(409, 'ReloadFailed', `${message} (what served goes on)`);
}

const compilePattern = patternCompiler(linearRegex);

/** What keeps a pattern of AWS WAF from being matched in linear time. */
function patternFault(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    return sentence(error);
  }
}

/** Several caches as one: what lies in two of them is there twice. */
function together(stores: readonly StoreState[]): StoreState {
  const sum = (of: (store: StoreState) => number): number => stores.reduce((total, store) => total + of(store), 0);
  return { objects: sum((one) => one.objects), bytes: sum((one) => one.bytes), capacity: sum((one) => one.capacity) };
}

interface Served {
  readonly port: number;
  stop(): Promise<void>;
}

function serveApi({ host, apiPort }: Settings, api: ApiServer): Served {
  return openingTcp({ hostname: host, port: apiPort, flag: '--api-port' }, () => serve(host, apiPort, api));
}

/** For the edges of this machine alone, on a port of its own. */
function serveBuckets(api: ApiServer): Served {
  return serve(BUCKET_HOST, 0, api);
}

function serve(hostname: string, port: number, api: ApiServer): Served {
  const server = Bun.serve({
    hostname,
    port,
    development: false,
    idleTimeout: 255,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    fetch: (request, self) => api.handle(request, { peerAddress: self.requestIP(request)?.address }),
  });
  return { port: server.port ?? port, stop: () => server.stop(true) };
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

/** A closed terminal sends SIGHUP, too; whoever started Warmfront there wants it to end, as any program would. */
function onSignal(signal: 'SIGHUP' | 'SIGUSR2', run: () => Promise<unknown>): void {
  if (signal === 'SIGHUP' && process.stdin.isTTY) return;
  process.on(signal, () => void run());
}
