/**
 * An edge for tests, in this process and in milliseconds: the data plane as it runs in production, a virtual clock, origins the
 * test scripts, and a distribution described as a CloudFront DistributionConfig. A configuration CloudFront would refuse is refused
 * here in the same words. Documented for users in docs/guides/testing.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalCa } from '../adapters/certificates/local-ca.ts';
import { systemClock } from '../adapters/clock/system-clock.ts';
import { createVirtualClock, type VirtualClock } from '../adapters/clock/virtual-clock.ts';
import { createBodyTexts } from '../adapters/compression/body-texts.ts';
import { createZlibCompressor } from '../adapters/compression/zlib-compressor.ts';
import { createFieldEncryptor } from '../adapters/encryption/aws-encryption-sdk.ts';
import { createRecordedFindings } from '../adapters/findings/recorded-findings.ts';
import { createListedGeo } from '../adapters/geo/listed-geo.ts';
import { createSeededIds } from '../adapters/ids/seeded-ids.ts';
import { listenClear } from '../adapters/listen/listen-clear.ts';
import { listenTls } from '../adapters/listen/listen-tls.ts';
import { createMemoryFunctionLog } from '../adapters/log/memory-function-log.ts';
import { createMemoryLog, type LogEntry } from '../adapters/log/memory-log.ts';
import { createOriginClient } from '../adapters/origin/origin-client.ts';
import { createCryptoVerifier } from '../adapters/signature/crypto-verifier.ts';
import { distributionFromConfig, type ConfigContext } from '../control/aws/cloudfront/distribution-from-config.ts';
import { explainRequest } from '../control/admin/explain-request.ts';
import type { FloodEvent } from '../core/viewer-request/flood/flood-guard.ts';
import type { ViewerPlace } from '../core/viewer-request/cloudfront-header.ts';
import { believingHandler } from '../edge/believing-handler.ts';
import type { FunctionLogEntry } from '../edge/function-log.ts';
import type { EdgePorts } from '../edge/ports.ts';
import { createEdge } from '../edge/serve.ts';
import { createFunctions } from '../functions/cloudfront-functions/create-functions.ts';
import { explain } from '../insight/explain/explain.ts';
import { recordedRun } from '../insight/functions/trace-function.ts';
import type { EdgeFunction } from '../model/edge-function.ts';
import type { Explanation } from '../model/explanation.ts';
import type { FindingGroup } from '../model/guard-finding.ts';
import { inOrder, type FunctionRunQuery, type RecordedRun } from '../model/function-trace.ts';
import type { Ban } from '../model/snapshot.ts';
import { MIB, type Bytes, type Duration } from '../model/units.ts';
import type { WafConfiguration } from '../model/web-acl.ts';
import { CAPACITY, type Capacity } from '../tables/capacity.ts';
import { parseDuration } from './duration.ts';
import { inFrontOf } from './in-front-of.ts';
import { createTestLambdas, type TestLambda } from './test-lambdas.ts';
import { openTestStore } from './test-store.ts';
import { startTestOrigin, type TestOrigin } from './test-origin.ts';
import {
  aliasesOf,
  certificateFor,
  completeConfig,
  stagedBy,
  STAGING_DOMAIN_NAME,
  STAGING_ID,
  type TestConfig,
  type TestStaging,
} from './test-config.ts';
import { edgeFunctions, type TestFunction } from './test-functions.ts';
import { createTestKeyValues, type TestKeyValues } from './test-key-values.ts';
import { createTestWaf, wafConfiguration } from './test-waf.ts';
import { ADDRESS_FIELD, createTestViewer, type TestViewer, type ViewerOptions } from './test-viewer.ts';

const DISTRIBUTION_ID = 'E1TESTDISTRIB1';
const DOMAIN_NAME = 'd0123456789abc.cloudfront.localhost';
const RECORDED_FUNCTION_RUNS = 1000;

export interface TestEdgeOptions extends Pick<
  ConfigContext,
  | 'cachePolicies'
  | 'originRequestPolicies'
  | 'responseHeadersPolicies'
  | 'originAccessControls'
  | 'publicKeys'
  | 'keyGroups'
  | 'fieldLevelEncryption'
  | 'tags'
> {
  readonly distribution?: TestConfig | ((origin: TestOrigin) => TestConfig);
  /** Ids of further origins: each is started and listed in `Origins`, after the one named `origin`. */
  readonly origins?: readonly string[];
  readonly staging?: TestStaging;
  /** Bound of the store in memory. */
  readonly memory?: Bytes;
  /** 2: viewers ask a cache that asks another one before the origin, as the workers of one Warmfront do; 1 unless given. */
  readonly caches?: 1 | 2;
  /** Bound of a store on disk below it; without, there is none. It goes with the edge. */
  readonly disk?: Bytes;
  /** How much is taken on at once before viewers get a 503; the bounds of `up` unless given. */
  readonly capacity?: Partial<Capacity>;
  /** CloudFront functions by name, as source: cache behaviors name them with `functionAssociations()`. Runtime 2.0 unless said otherwise. */
  readonly functions?: Readonly<Record<string, TestFunction>>;
  /** Key value stores by id, with what is in them: functions name the one that they may read as their `keyValueStore`. */
  readonly keyValueStores?: TestKeyValues;
  /** Lambda@Edge functions by name, as source: cache behaviors name them with `lambdaAssociations()`. They are run in processes of their own. */
  readonly lambdas?: Readonly<Record<string, TestLambda>>;
  /** Where viewers are, by address; the kit's viewer has `127.0.0.1` unless it says `from`. Read for each request, so that a viewer can move. */
  readonly places?: Readonly<Record<string, ViewerPlace>>;
  /** Web ACLs and what they refer to, as edges read them; a distribution uses one by its `WebACLId`. */
  readonly waf?: Partial<WafConfiguration>;
  /** Draws from 0 to 1, 1 excluded, for whatever is sampled; always 0.5 unless given. */
  readonly random?: () => number;
}

export interface ExplainOptions extends Pick<ViewerOptions, 'headers' | 'host' | 'scheme' | 'from'> {
  /** GET unless given. */
  readonly method?: string;
}

export interface TestClock extends VirtualClock {
  /** `'10s'`, `'5m'`, `'1d'`, or milliseconds. */
  advance(by: string | Duration): void;
}

export interface TestEdge {
  readonly origin: TestOrigin;
  /** Where the staging distribution would be, if viewers could reach it. */
  readonly stagingDomainName: string;
  /** One of those named in the option `origins`. */
  otherOrigin(id: string): TestOrigin;
  readonly viewer: TestViewer;
  readonly clock: TestClock;
  readonly domainName: string;
  /** One entry for each finished request. */
  readonly log: readonly LogEntry[];
  /** Resolves once `count` requests have finished in all. */
  logged(count: number): Promise<void>;
  /** Where viewers of another kind may connect, over clear text: with `domainName` as their Host. */
  readonly httpPort: number;
  /** One entry for each run of a function that logged something or failed, and for each of Lambda@Edge. */
  readonly functionLog: readonly FunctionLogEntry[];
  /** One record for each request that a web ACL with a logging configuration inspected, as AWS WAF logs it. */
  readonly wafLog: readonly Readonly<Record<string, unknown>>[];
  /** Floods, and who was held back for them, with the tag `warmfront:floods`. */
  readonly floodEvents: readonly FloodEvent[];
  /** Replaces the configuration, as a deployment would; another `staging` object counts as a changed policy. */
  update(distribution: TestConfig, staging?: TestStaging): void;
  /** Runs of functions for viewers, the oldest first: each with its event, its result and what differs. The last thousand are kept. */
  functionRuns(query?: Partial<FunctionRunQuery>): readonly RecordedRun[];
  /** What the leak and poison guard has found, the newest first. */
  findings(): readonly FindingGroup[];
  /** Publishes functions, those of the same name in place of the old ones. */
  publishFunctions(functions: Readonly<Record<string, TestFunction>>): Promise<void>;
  /** Puts keys into a key value store; functions see them when this returns. */
  putKeys(storeId: string, values: Readonly<Record<string, string>>): void;
  deleteKeys(storeId: string, ...keys: readonly string[]): void;
  /** Replaces the web ACLs and what they refer to. */
  updateWaf(waf: Partial<WafConfiguration>): void;
  /** What an operator would have been told: a web ACL that cannot be used. */
  readonly reports: readonly string[];
  /** Invalidates paths (`/a*`) or tags (`#tag`); it is complete when this returns. */
  invalidate(...items: readonly string[]): void;
  /** Makes them stale instead, as `warmfront purge --soft` does. */
  softPurge(...items: readonly string[]): void;
  /** What the edge would do with this request now, and why; nothing is asked of an origin and nothing changes. */
  explain(path: string, options?: ExplainOptions): Promise<Explanation>;
  /** Resolves when the edge waits for no origin. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestEdge(options: TestEdgeOptions = {}): Promise<TestEdge> {
  const virtual = createVirtualClock();
  const clock: TestClock = {
    ...virtual,
    now: () => virtual.now(),
    advance: (by) => virtual.advance(parseDuration(by)),
    waiting: 0,
  };
  const origin = await startTestOrigin();
  const others = new Map<string, TestOrigin>();
  for (const id of options.origins ?? []) others.set(id, await startTestOrigin());
  const log = createMemoryLog();
  const capacity = { ...CAPACITY, ...options.capacity };
  const originClient = createOriginClient({ clock: virtual, capacity });
  const functionLog = createMemoryFunctionLog();
  const wafPorts = createTestWaf();
  const reports: string[] = [];
  const floodEvents: FloodEvent[] = [];
  let functions: readonly EdgeFunction[] = edgeFunctions(options.functions ?? {}, 1);
  const keyValues = createTestKeyValues(options.keyValueStores ?? {}, virtual);
  const lambdas = createTestLambdas(options.lambdas ?? {});
  const closing: (() => Promise<void>)[] = [async () => lambdas.close()];
  const store = await openTestStore(options, virtual, rethrow, closing);
  const findings = createRecordedFindings({ tell: () => {} });
  const ports: EdgePorts = {
    clock: virtual,
    ids: createSeededIds(),
    store,
    origin: originClient,
    compressor: createZlibCompressor(),
    bodyTexts: createBodyTexts(),
    findings,
    geo: createListedGeo(options.places ?? {}),
    signatures: createCryptoVerifier({ report: rethrow }),
    functions: createFunctions({
      clock: virtual,
      edgeLocation: { name: 'TST', serverIp: '127.0.0.1', region: 'us-east-1' },
      keyValues: keyValues.stores,
    }),
    keyValues: keyValues.stores,
    fieldEncryptor: createFieldEncryptor(),
    lambdas: lambdas.runtime,
    functionLog,
    waf: wafPorts,
    floodLog: (event) => void floodEvents.push(event),
    recordedFunctionRuns: RECORDED_FUNCTION_RUNS,
    random: options.random ?? (() => 0.5),
    log,
    popName: 'TST50-P1',
    viaHost: '0123456789abcdef0123456789abcdef.cloudfront.net',
    altSvc: () => undefined,
    httpsPort: () => 443,
    waitingViewers: capacity.waitingViewers,
    retainedLimit: Math.min(256 * MIB, options.memory ?? 64 * MIB),
    report: (message, error) => {
      if (error !== undefined) throw new Error(message, { cause: error });
      reports.push(message);
    },
  };
  const owner = createEdge(ports);
  const front = options.caches === 2 ? await inFrontOf(owner, ports) : undefined;
  if (front !== undefined) closing.push(async () => front.stop());
  const edge = front?.edge ?? owner;
  const edges = front === undefined ? [owner] : [owner, front.edge];

  let version = 0;
  let waf = wafConfiguration(options.waf);
  let bans = 0;
  let staging = options.staging;
  let policyVersion = 1;
  let aliases: readonly string[] = [];
  let current: TestConfig = {};
  const publish = (distribution: TestConfig, nextStaging = staging): void | Promise<void> => {
    version += 1;
    current = distribution;
    aliases = aliasesOf(distribution);
    if (nextStaging !== staging) policyVersion += 1;
    staging = nextStaging;
    const origins = [['origin', origin] as const, ...others];
    const context = {
      ...options,
      revision: version,
      certificate: certificateFor(distribution),
      // Whatever web ACL a configuration names exists; what it does is the option's.
      webAclArns: distribution.WebACLId === undefined ? [] : [distribution.WebACLId],
      functionArns: functions.map(({ arn }) => arn),
      lambdas: lambdas.releases,
    };
    const own = { ...context, id: DISTRIBUTION_ID, domainName: DOMAIN_NAME };
    const deployment = staging && stagedBy(staging, `V${policyVersion}`);
    const primary = distributionFromConfig(completeConfig(distribution, origins), { ...own, continuousDeployment: deployment });
    const staged = staging && completeConfig({ ...staging.distribution, Staging: true }, origins);
    const ofStaging = { ...context, id: STAGING_ID, domainName: STAGING_DOMAIN_NAME };
    const distributions = staged ? [primary, distributionFromConfig(staged, ofStaging)] : [primary];
    // At once where nothing has to be loaded.
    const loading = edges
      .map((each) => each.snapshot({ version, distributions, lambdas: lambdas.versions, functions, ...(waf && { waf }) }))
      .filter((one) => one instanceof Promise);
    return loading.length === 0 ? undefined : Promise.all(loading).then(() => undefined);
  };
  const ban = (items: readonly string[], kind: Pick<Ban, 'soft'>): void => {
    bans += 1;
    const sent = { sequence: bans, distributionId: DISTRIBUTION_ID, invalidationId: `I${bans}`, issuedAt: virtual.now(), items };
    for (const each of edges) void each.ban({ ...sent, ...kind });
  };
  const given = options.distribution ?? {};
  await publish(typeof given === 'function' ? given(origin) : given);

  const listen = {
    hostname: '127.0.0.1',
    port: 0,
    flag: 'port',
    handler: believingHandler(edge, ADDRESS_FIELD, rethrow),
    report: rethrow,
  };
  const clear = listenClear(listen);
  closing.unshift(() => clear.stop(false));
  const viewer = createTestViewer({ host: DOMAIN_NAME, httpPort: clear.port, https: startHttps });

  async function startHttps(): Promise<{ port: number; ca: string }> {
    const folder = mkdtempSync(join(tmpdir(), 'warmfront-test-ca-'));
    const ca = await openLocalCa(folder, systemClock);
    const secure = listenTls({ ...listen, certificates: await ca.certificatesFor(['*.cloudfront.localhost', ...aliases]) });
    closing.push(async () => {
      await secure.stop(false);
      rmSync(folder, { recursive: true, force: true });
    });
    return { port: secure.port, ca: ca.certificate };
  }

  return {
    origin,
    otherOrigin: (id) => others.get(id) ?? rethrow(`there is no origin "${id}": name it in the option origins`, undefined),
    viewer,
    clock,
    domainName: DOMAIN_NAME,
    stagingDomainName: STAGING_DOMAIN_NAME,
    log: log.entries,
    logged: (count) => log.written(count),
    httpPort: clear.port,
    functionLog: functionLog.entries,
    findings: findings.all,
    wafLog: wafPorts.log.records,
    floodEvents,
    functionRuns(query) {
      const asked = { last: RECORDED_FUNCTION_RUNS, ...query };
      const runs = edges.flatMap((each) => each.functionRuns(asked)).map(recordedRun);
      // Each edge has its own in order.
      return (front === undefined ? runs : runs.toSorted(inOrder)).slice(-asked.last);
    },
    update: (distribution, nextStaging) => void publish(distribution, nextStaging),
    async publishFunctions(published) {
      const names = new Set(Object.keys(published));
      functions = [...functions.filter(({ name }) => !names.has(name)), ...edgeFunctions(published, version + 1)];
      await publish(current);
    },
    putKeys: (storeId, values) => keyValues.change(storeId, { puts: Object.entries(values), deletes: [] }),
    deleteKeys: (storeId, ...keys) => keyValues.change(storeId, { puts: [], deletes: keys }),
    updateWaf(changed) {
      waf = wafConfiguration(changed);
      void publish(current);
    },
    reports,
    invalidate: (...items) => ban(items, {}),
    softPurge: (...items) => ban(items, { soft: true }),
    async explain(path, { method, headers = {}, host = DOMAIN_NAME, scheme = 'http', from } = {}) {
      const url = `${scheme}://${DOMAIN_NAME}${path}`;
      const lines = [...Object.entries(headers), ['host', host] as const];
      return explain(await owner.inspect(explainRequest({ url, method, headers: lines, from })));
    },
    async settled() {
      for (const each of edges.toReversed()) await each.settled();
    },
    async stop() {
      viewer.close();
      await Promise.all(closing.map((close) => close()));
      originClient.close();
      await Promise.all([origin, ...others.values()].map((each) => each.stop()));
    },
  };
}

function rethrow(message: string, error?: unknown): never {
  throw new Error(message, { cause: error });
}
