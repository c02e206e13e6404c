/**
 * One edge put together, as a worker runs it: store, origin client, data plane, listeners and log, joined to the control plane it is
 * given. What the edge does is decided in edge and core; which worker it is, by the supervisor (supervise.ts).
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { diskCertificates } from '../adapters/certificates/disk-certificates.ts';
import type { CertificateSources } from '../adapters/certificates/viewer-certificates.ts';
import { systemClock as clock } from '../adapters/clock/system-clock.ts';
import { createBodyTexts } from '../adapters/compression/body-texts.ts';
import { createZlibCompressor } from '../adapters/compression/zlib-compressor.ts';
import { createFieldEncryptor } from '../adapters/encryption/aws-encryption-sdk.ts';
import { createRecordedFindings } from '../adapters/findings/recorded-findings.ts';
import { openMmdbGeo } from '../adapters/geo/mmdb-geo.ts';
import { createRandomIds } from '../adapters/ids/random-ids.ts';
import { openAccessLog } from '../adapters/log/access-log-file.ts';
import { openFunctionLog } from '../adapters/log/function-log-files.ts';
import { openWafLog } from '../adapters/log/waf-log-files.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import { countConnections } from '../adapters/metrics/connection-counters.ts';
import { readEdge } from '../adapters/metrics/edge-reading.ts';
import { countOriginRequests } from '../adapters/metrics/origin-counters.ts';
import { readWaf } from '../adapters/metrics/waf-reading.ts';
import { watchProcess } from '../adapters/metrics/process-reading.ts';
import { countRequests } from '../adapters/metrics/request-counters.ts';
import { DRAIN_LIMIT } from '../adapters/listen/listener.ts';
import { createTierClient, type TierRing } from '../adapters/tier/tier-client.ts';
import { createTierServer } from '../adapters/tier/tier-server.ts';
import { readOriginCa } from '../adapters/origin/origin-ca.ts';
import { createOriginClient } from '../adapters/origin/origin-client.ts';
import { createCryptoVerifier } from '../adapters/signature/crypto-verifier.ts';
import { createTokenCrypto } from '../adapters/waf/token-crypto.ts';
import { linearRegex } from '../adapters/regex/linear-regex.ts';
import type { Credentials } from '../control/aws/credentials.ts';
import { believingHandler } from '../edge/believing-handler.ts';
import type { ViewerRequest } from '../core/request.ts';
import { createWafEngine } from '../core/viewer-request/waf/create-waf-engine.ts';
import type { RateNews } from '../core/viewer-request/waf/rates/rate-counters.ts';
import { rendezvousOwner } from '../core/tiers/rendezvous.ts';
import { explain } from '../insight/explain/explain.ts';
import { recordedRun } from '../insight/functions/trace-function.ts';
import { connectToUnixSocket, listenOnUnixSocket } from '../sockets/unix-sockets.ts';
import { createKeyValueStores } from '../edge/key-value-stores.ts';
import { createEdge, type Edge } from '../edge/serve.ts';
import type { Bus, EdgeSubscriber } from '../edge/ports.ts';
import { createFunctions } from '../functions/cloudfront-functions/create-functions.ts';
import type { FunctionRunQuery, RecordedRun } from '../model/function-trace.ts';
import type { FindingGroup } from '../model/guard-finding.ts';
import { createLambdas } from '../functions/lambda-edge/create-lambdas.ts';
import { LAMBDA_CODE_FOLDER } from '../model/lambda-version.ts';
import { MIB, type Bytes, type Duration } from '../model/units.ts';
import { tellFlood } from '../insight/tell-flood.ts';
import { edgeLocationOf } from './edge-location.ts';
import { createViewerListeners } from './listen-viewers.ts';
import { openStore } from './open-store.ts';
import { recordedFunctionRuns } from './recorded-function-runs.ts';
import type { WafTestResult } from '../model/waf-test.ts';
import type { WafSampleQuery, WafSamples } from '../model/waf-samples.ts';
import { testWebAcl, type WafTestOrder } from './test-web-acl.ts';
import { WAF_LOG_FOLDER } from '../tables/waf.ts';
import { shareRates } from './share-rates.ts';
import { lambdaShare } from './lambda-share.ts';
import { originResolver, type BucketLookup } from './resolve-origins.ts';
import type { Assignment, ListenOrder, OwnedExplanation, ViewerPorts, WafRule, WorkerReading } from './worker-calls.ts';

/** Ours: bodies on their way into the store may take as much again as the store itself, within these limits. */
const RETAINED_LIMIT: Bytes = 512 * MIB;

/** What an edge has from the control plane. */
export interface ControlLink {
  readonly bus: Bus;
  readonly credentials: Pick<Credentials, 'accountId' | 'originCredentials'>;
  readonly certificatesFor: CertificateSources['certificatesFor'];
  readonly bucketLookup: BucketLookup;
  /** Tells what was counted here for rate-based rules, and hears what the other workers have counted. */
  readonly shareRates: (news: readonly RateNews[]) => Promise<readonly RateNews[]>;
}

export interface RunningEdge {
  /** Lets viewers in. */
  listen(order: ListenOrder): Promise<ViewerPorts>;
  read(): WorkerReading;
  takeDisk(): Promise<void>;
  setRing(ring: TierRing): void;
  explain(request: ViewerRequest): Promise<OwnedExplanation>;
  wafSamples(query: WafSampleQuery): WafSamples;
  testWebAcl(order: WafTestOrder): readonly WafTestResult[];
  wafLimitedKeys(rule: WafRule): readonly string[];
  functionRuns(query: FunctionRunQuery): readonly RecordedRun[];
  findings(): readonly FindingGroup[];
  reopenLog(): Promise<void>;
  /** Accepts no more viewers and answers those who are there; who is idle has `patience` to move over. */
  drain(patience: Duration): Promise<void>;
  /** What is left, in order. */
  close(): Promise<void>;
}

/** Resolves when it has the newest snapshot and all bans; viewers are let in afterwards. */
export async function startEdge(assignment: Assignment, control: ControlLink, serverLog: ServerLog): Promise<RunningEdge> {
  const { settings, edgeId } = assignment;
  const place = settings.pops[0] ?? 'FRA';
  const popName = `${place}50-P1`;

  const geo = openMmdbGeo({ path: settings.geoDatabase, clock, report: serverLog.warning, tell: serverLog.info });
  const log = await openAccessLog({
    path: join(settings.data, 'access.log'),
    clock,
    context: { edgeLocation: popName, domainNameOf: (id) => edge.domainNameOf(id) },
    report: serverLog.warning,
  });
  const functionLog = openFunctionLog({
    folder: join(settings.data, 'logs'),
    clock,
    report: serverLog.warning,
  });
  const findings = createRecordedFindings({
    tell: (message, { latest }) => serverLog.warning(message, undefined, { finding: latest }),
  });
  const wafEngine = createWafEngine(linearRegex);
  const wafLog = openWafLog({ folder: join(settings.data, WAF_LOG_FOLDER), clock, report: serverLog.warning });
  const requests = countRequests(log);
  const connections = countConnections();
  const processWatch = watchProcess();
  const {
    store,
    memory,
    takeDisk,
    close: closeStore,
  } = await openStore({ ...assignment, data: settings.data, heldByAnother: assignment.heldByAnother }, serverLog);
  const certificates = diskCertificates(settings.data);
  const originClient = createOriginClient({
    clock,
    extraCa: settings.originCa === undefined ? [] : readOriginCa(settings.originCa),
    clientCertificate: async ({ id, version }) => {
      const { certificate, chain, key } = await certificates.read(id, version);
      return { cert: `${certificate}${chain}`, key };
    },
    resolve: originResolver(settings, control.bucketLookup),
    addresses: {
      thisMachine: !settings.production,
      private: settings.privateOrigins,
      allowed: settings.allowOriginAddress,
    },
    report: serverLog.warning,
    originCredentials: ({ kind, distributionArn }) =>
      control.credentials.originCredentials(
        kind.kind === 's3' && kind.originAccessIdentity !== undefined
          ? { kind: 'origin-access-identity', id: kind.originAccessIdentity }
          : { kind: 'distribution', arn: distributionArn },
      ),
  });
  const origin = countOriginRequests(originClient, clock);
  const { address, secret } = assignment.tier;
  const tier = createTierClient({ clock, secret, ownAddress: address, connect: connectToUnixSocket, choose: rendezvousOwner });
  const keyValues = createKeyValueStores();
  const lambdas = createLambdas({
    codeFolder: join(settings.data, LAMBDA_CODE_FOLDER),
    network: settings.lambdaNetwork,
    mostProcesses: lambdaShare(settings),
    slot: assignment.slot,
    warn: serverLog.warning,
  });
  let { httpsPort } = settings;
  let ownPorts: readonly number[] = [];
  const edge: Edge = createEdge({
    clock,
    ids: createRandomIds(),
    store,
    origin,
    tier,
    copies: memory,
    compressor: createZlibCompressor(),
    bodyTexts: createBodyTexts(),
    geo,
    signatures: createCryptoVerifier({ report: serverLog.error }),
    functions: createFunctions({ clock, edgeLocation: edgeLocationOf(settings), keyValues }),
    keyValues,
    fieldEncryptor: createFieldEncryptor(),
    lambdas,
    functionLog,
    waf: { engine: wafEngine, crypto: createTokenCrypto(), log: wafLog },
    recordedFunctionRuns: recordedFunctionRuns(settings),
    random: Math.random,
    log: requests,
    cacheSemantics: settings.cacheSemantics,
    guard: settings.guard,
    findings,
    floods: settings.floods,
    floodLog: (event) => serverLog.warning(tellFlood(event)),
    ownPorts: () => ownPorts,
    popName,
    viaHost: `${createHash('sha256').update(`${control.credentials.accountId} ${place}`).digest('hex').slice(0, 32)}.cloudfront.net`,
    altSvc: () => `h3=":${httpsPort}"; ma=86400`,
    httpsPort: () => httpsPort,
    retainedLimit: Math.min(RETAINED_LIMIT, assignment.memory),
    report: serverLog.error,
  });

  const tierServer = createTierServer({ secret, source: edge.tierSource, report: serverLog.error });
  const tierSocket = await listenOnUnixSocket(address, tierServer.accept);
  const sources = { certificatesFor: control.certificatesFor, store: certificates };
  const { trustViewerIpHeader: header } = settings;
  const handler = header === undefined ? edge : believingHandler(edge, header, serverLog.warning);
  const listeners = createViewerListeners(settings, handler, sources, serverLog, connections);
  const subscriber: EdgeSubscriber = {
    async snapshot(snapshot) {
      // A deployed name must be reachable: its certificate is shown before the snapshot is acknowledged.
      await listeners.certify(snapshot);
      await edge.snapshot(snapshot);
    },
    ban: (ban) => edge.ban(ban),
    keyValues: (update) => edge.keyValues(update),
  };
  // What the store still holds from earlier runs was checked against the bans up to this one.
  const membership = await control.bus.join(edgeId, store.checkedSequence, subscriber);

  const rateSharing = shareRates({ clock, waf: edge.waf, tell: control.shareRates });

  return {
    async listen(order) {
      tier.setRing(order.ring);
      const ports = await listeners.listen(order);
      ({ httpsPort } = ports);
      ownPorts = [ports.httpPort, ports.httpsPort];
      return ports;
    },
    read() {
      const { objects, bytes, capacity } = store.stats;
      return {
        store: { objects, bytes, capacity },
        bans: edge.bansInForce,
        snapshotVersion: edge.snapshotVersion,
        checkedSequence: store.checkedSequence,
        metrics: {
          ...processWatch.read(),
          ...requests.read(),
          ...origin.read(),
          ...connections.read(),
          ...readWaf(edge.waf.counts()),
          ...serverLog.read(),
          ...findings.read(),
          ...readEdge({ edge, store, accessLog: log, version: packageJson.version }),
        },
      };
    },
    wafSamples: edge.waf.samples,
    testWebAcl: (order) => testWebAcl(order, wafEngine, geo),
    wafLimitedKeys: ({ webAclArn, ruleName }) => edge.waf.limitedKeys(webAclArn, ruleName),
    takeDisk,
    setRing: tier.setRing,
    async explain(request) {
      const inspection = await edge.inspect(request);
      const key = inspection.matched?.cache?.key;
      return { explanation: explain(inspection), ownedBy: key === undefined ? undefined : tier.ownerOf(key)?.address };
    },
    findings: () => findings.all(),
    functionRuns: (query) => edge.functionRuns(query).map(recordedRun),
    reopenLog: () => log.reopen(),
    drain: listeners.drain,
    async close() {
      // Nobody asks any more; those who have asked get their answers.
      await Promise.race([tierServer.settled(), new Promise((resolve) => setTimeout(resolve, DRAIN_LIMIT))]);
      tierSocket.close();
      tierServer.close();
      tier.close();
      rateSharing.stop();
      await membership.leave();
      geo.close();
      originClient.close();
      lambdas.close();
      await closeStore();
      await log.close();
      await functionLog.flush();
      await wafLog.flush();
    },
  };
}
