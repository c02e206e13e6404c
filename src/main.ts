/**
 * The composition root: settings become adapters, adapters become one edge and one control plane, and `up` runs them until it is
 * told to stop. Only this file knows everyone (docs/architecture.md); it decides nothing about requests or configurations.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { createInProcessBus } from './adapters/bus/in-process-bus.ts';
import { openLocalCa } from './adapters/certificates/local-ca.ts';
import { systemClock as clock } from './adapters/clock/system-clock.ts';
import { createZlibCompressor } from './adapters/compression/zlib-compressor.ts';
import { openMmdbGeo } from './adapters/geo/mmdb-geo.ts';
import { createRandomIds } from './adapters/ids/random-ids.ts';
import { listenClear } from './adapters/listen/listen-clear.ts';
import { listenInterim } from './adapters/listen/listen-interim.ts';
import { listenSecure } from './adapters/listen/listen-secure.ts';
import { headSizeWarning, openingTcp } from './adapters/listen/listener.ts';
import { openAccessLog } from './adapters/log/access-log-file.ts';
import { readOriginCa } from './adapters/origin/origin-ca.ts';
import { createOriginClient } from './adapters/origin/origin-client.ts';
import type { ResolveOrigin } from './adapters/origin/resolve-origin.ts';
import { openDiskStore } from './adapters/store/disk-store.ts';
import { readEdge } from './adapters/metrics/edge-reading.ts';
import { countOriginRequests } from './adapters/metrics/origin-counters.ts';
import { watchProcess } from './adapters/metrics/process-reading.ts';
import { countRequests } from './adapters/metrics/request-counters.ts';
import { createMemoryStore } from './adapters/store/memory-store.ts';
import { createTieredStore } from './adapters/store/tiered-store.ts';
import { reachableHost, writeRunRecord } from './cli/run-record.ts';
import { runCli } from './cli/run.ts';
import { startFailure } from './cli/start-failure.ts';
import { bucketOfHost } from './control/aws/s3/bucket-host.ts';
import { provideDistribution } from './control/provide-distribution.ts';
import { startControl, type Control } from './control/start-control.ts';
import { createS3Fifo } from './core/cache/eviction.ts';
import { createNumberMap } from './core/cache/number-map.ts';
import { createSizeAwareFifo } from './core/cache/size-aware-eviction.ts';
import { demoBanner, type DemoPlace } from './demo/demo-banner.ts';
import { demoDistributionConfig } from './demo/demo-distribution.ts';
import { startDemoOrigin } from './demo/demo-origin.ts';
import { createEdge, type Edge } from './edge/serve.ts';
import type { EdgeSubscriber, Store } from './edge/ports.ts';
import { explain } from './insight/explain/explain.ts';
import { mergeReadings } from './insight/metrics/merge-readings.ts';
import { writeExposition } from './insight/metrics/write-exposition.ts';
import type { Listener } from './model/admin.ts';
import type { Distribution } from './model/distribution.ts';
import { MIB, type Bytes } from './model/units.ts';
import type { MetricsReading } from './tables/metrics.ts';
import type { Settings } from './tables/settings.ts';

/** Ours: bodies on their way into the store may take as much again as the store itself, within these limits. */
const RETAINED_LIMIT: Bytes = 512 * MIB;

/** Shells say 128 and the signal's number for a process that a signal ended. */
const STOP_SIGNALS = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const;

/** Ours: so much of the memory is for the index of what lies on the disk. */
const INDEX_SHARE = 0.25;

/** Serves until SIGTERM or SIGINT; resolves with the exit code. */
async function up(settings: Settings): Promise<number> {
  const stopped = untilSignal();
  let closing: (() => Promise<unknown>)[] = [];
  try {
    closing = await start(settings);
  } catch (error) {
    throw startFailure(error);
  }
  say('ready');
  await stopped;
  for (const close of closing) await close();
  return 0;
}

/** Starts everything and returns how to stop it, in order. */
async function start(settings: Settings): Promise<(() => Promise<unknown>)[]> {
  const { data, host } = settings;
  makeDataDirectory(data);
  const place = settings.pops[0] ?? 'FRA';
  const popName = `${place}50-P1`;
  const warning = headSizeWarning();
  if (warning !== undefined) report(warning);

  const geo = openMmdbGeo({ path: settings.geoDatabase, report: tell });
  const log = await openAccessLog({
    path: join(data, 'access.log'),
    clock,
    context: { edgeLocation: popName, domainNameOf: (id) => edge.domainNameOf(id) },
    report: tell,
  });
  const requests = countRequests(log);
  const processWatch = watchProcess();
  const bus = createInProcessBus({ clock, warn: report });
  const listeners: Listener[] = [];
  let httpsPort = settings.httpsPort;
  let apiPort = settings.apiPort;

  const control = await startControl({
    data,
    bus,
    clock,
    domainSuffix: settings.domainSuffix,
    report,
    health: () => ({
      ready: listeners.length > 0,
      version: packageJson.version,
      listeners,
      snapshotVersion: edge.snapshotVersion,
      edges: bus.edges(),
    }),
    store: () => store.stats,
    bans: () => edge.bansInForce,
    explain: async (request) => explain(await edge.inspect(request)),
    metrics: async () => writeExposition(mergeReadings([readMetrics()])),
  });

  const { store, closeStore } = await openStore(settings);
  const originClient = createOriginClient({
    clock,
    extraCa: settings.originCa === undefined ? [] : readOriginCa(settings.originCa),
    resolve: originResolver(
      settings,
      (bucket) => control.buckets.bucket(bucket) !== undefined,
      () => apiPort,
    ),
    originCredentials: ({ kind, distributionArn }) =>
      control.credentials.originCredentials(
        kind.kind === 's3' && kind.originAccessIdentity !== undefined
          ? { kind: 'origin-access-identity', id: kind.originAccessIdentity }
          : { kind: 'distribution', arn: distributionArn },
      ),
  });
  const origin = countOriginRequests(originClient, clock);
  const edge: Edge = createEdge({
    clock,
    ids: createRandomIds(),
    store,
    origin,
    compressor: createZlibCompressor(),
    geo,
    random: Math.random,
    log: requests,
    cacheSemantics: settings.cacheSemantics,
    popName,
    viaHost: `${createHash('sha256').update(`${control.credentials.accountId} ${place}`).digest('hex').slice(0, 32)}.cloudfront.net`,
    altSvc: () => `h3=":${httpsPort}"; ma=86400`,
    httpsPort: () => httpsPort,
    retainedLimit: Math.min(RETAINED_LIMIT, settings.memory),
    report: tell,
  });

  /** What this process has counted. */
  const readMetrics = (): MetricsReading => ({
    ...processWatch.read(),
    ...requests.read(),
    ...origin.read(),
    ...readEdge({ edge, store, accessLog: log, version: packageJson.version }),
  });

  const listen = { hostname: host, handler: edge, report: tell };
  const api = serveApi(settings, control);
  apiPort = api.port;
  const clearText = { ...listen, port: settings.httpPort, flag: '--http-port' };
  const clear = settings.cacheSemantics === 'rfc9111' ? await listenInterim(clearText) : listenClear(clearText);
  const ca = await openLocalCa(data, clock);
  // The first is what viewers get that name no server: curl to an address.
  const ownHosts = ['127.0.0.1', 'localhost', `*.${settings.domainSuffix}`];
  const secure = await listenSecure({
    ...listen,
    port: settings.httpsPort,
    flag: '--https-port',
    certificates: await ca.certificatesFor(ownHosts),
  });
  httpsPort = secure.port;

  const certified = new Set(ownHosts);
  const subscriber: EdgeSubscriber = {
    async snapshot(snapshot) {
      // A deployed name must be reachable: its certificate is shown before the snapshot is acknowledged.
      const fresh = new Set(snapshot.distributions.flatMap(certifiedHosts)).difference(certified);
      if (fresh.size > 0) {
        await secure.setCertificates(await ca.certificatesFor([...certified, ...fresh]));
        for (const name of fresh) certified.add(name);
      }
      await edge.snapshot(snapshot);
    },
    ban: (ban) => edge.ban(ban),
  };
  // What the store still holds from earlier runs was checked against the bans up to this one.
  const membership = await bus.join(`${place}-1`, store.checkedSequence, subscriber);

  const apiUrl = `http://${reachableHost(host)}:${apiPort}`;
  writeRunRecord(data, { pid: process.pid, version: packageJson.version, apiUrl, httpPort: clear.port, httpsPort, apiPort });
  listeners.push(
    { serves: 'viewers', protocol: 'http', url: `http://${reachableHost(host)}:${clear.port}` },
    { serves: 'viewers', protocol: 'https', url: `https://${reachableHost(host)}:${httpsPort}` },
    { serves: 'viewers', protocol: 'h3', url: `https://${reachableHost(host)}:${httpsPort}` },
    { serves: 'api', protocol: 'http', url: apiUrl },
  );
  for (const { serves, protocol, url } of listeners) say(`${serves} (${protocol}): ${url}`);
  const stopDemo = settings.demo
    ? await startDemo(control, { httpPort: clear.port, httpsPort, certificate: ca.path })
    : undefined;

  return [
    () => Promise.all([clear.stop(true), secure.stop(true)]),
    () => api.stop(),
    () => control.stop(),
    () => membership.leave(),
    async () => originClient.close(),
    closeStore,
    () => log.close(),
    async () => stopDemo?.(),
  ];
}

/** Memory above, disk below. A disk that cannot be used is said so and done without. */
async function openStore(settings: Settings): Promise<{ readonly store: Store; closeStore(): Promise<void> }> {
  const inMemory = (capacity: Bytes): Store => createMemoryStore({ capacity, eviction: createSizeAwareFifo });
  const directory = join(settings.data, 'cache');
  if (settings.disk > 0) {
    try {
      const { ino, birthtimeMs } = statSync(join(settings.data, 'state.db'));
      const indexMemory = Math.floor(settings.memory * INDEX_SHARE);
      const disk = await openDiskStore({
        directory,
        capacity: settings.disk,
        indexMemory,
        owner: `${ino}-${birthtimeMs}`,
        clock,
        report: tell,
        eviction: (capacity) => createS3Fifo(capacity, createNumberMap()),
        numberMap: createNumberMap(),
      });
      return { store: createTieredStore(inMemory(settings.memory - indexMemory), disk), closeStore: disk.close };
    } catch (error) {
      tell(`the disk cache in ${directory} cannot be used; caching in memory only`, error);
    }
  }
  return { store: inMemory(settings.memory), closeStore: async () => undefined };
}

/** What viewers may ask for over TLS. A distribution keeps the domain name it was made with when the suffix changes. */
function certifiedHosts({ domainName, aliases }: Distribution): readonly string[] {
  return [domainName.replace(/^[^.]+/, '*'), ...aliases];
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

/** `--origin-override` first, then the built-in bucket store, then the world. */
function originResolver(settings: Settings, bucketExists: (bucket: string) => boolean, apiPort: () => number): ResolveOrigin {
  return (hostname) => {
    const override = settings.originOverride[hostname.toLowerCase()];
    if (override !== undefined) return { connectHost: override.hostname, connectPort: override.port, scheme: override.scheme };
    const bucket = bucketOfHost(hostname);
    if (bucket === undefined || !bucketExists(bucket.bucket)) return undefined;
    return { connectHost: reachableHost(settings.host), connectPort: apiPort(), scheme: 'http' };
  };
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
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false;
    for (const [signal, exitCode] of STOP_SIGNALS) {
      process.on(signal, () => {
        if (isAsked) process.exit(exitCode);
        isAsked = true;
        resolve();
      });
    }
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(line: string): void {
  process.stderr.write(`warmfront: ${line}\n`);
}

/** For the operator: what happened, and why when that is known. */
function tell(message: string, error?: unknown): void {
  report(error === undefined ? message : `${message}: ${sentence(error)}`);
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.exit(await runCli(process.argv.slice(2), { up }));
