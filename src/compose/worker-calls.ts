/**
 * What the supervisor and a worker call of each other, over the worker's one connection (sockets/calls.ts); the bus is on it, too
 * (adapters/bus/socket-bus.ts). Values are plain JSON. Who runs whom is decided in supervise.ts, what a worker is in worker.ts.
 */
import type { TierRing } from '../adapters/tier/tier-client.ts';
import type { ServerCertificate } from '../edge/certificate-ports.ts';
import type { StoreStats } from '../edge/store-ports.ts';
import type { RateNews } from '../core/viewer-request/waf/rates/rate-counters.ts';
import type { ViewerRequest } from '../core/request.ts';
import type { Explanation } from '../model/explanation.ts';
import type { FunctionRunQuery, RecordedRun } from '../model/function-trace.ts';
import type { FindingGroup } from '../model/guard-finding.ts';
import type { Bytes, Duration } from '../model/units.ts';
import type { WafTestResult } from '../model/waf-test.ts';
import type { WafTestOrder } from './test-web-acl.ts';
import type { WafSampleQuery, WafSamples } from '../model/waf-samples.ts';
import type { MetricsReading } from '../tables/metrics.ts';
import type { Settings } from '../tables/settings.ts';

/** Counts changes of what is called here: a worker of another program on the disk may not know this supervisor's words. */
export const CALLS_VERSION = 5;

/** How a worker finds its supervisor: in its environment, which only its owner can read. */
export const SOCKET_VARIABLE = 'WARMFRONT_SUPERVISOR_SOCKET';
export const SECRET_VARIABLE = 'WARMFRONT_SUPERVISOR_SECRET';

export interface Hello {
  readonly secret: string;
  readonly callsVersion: number;
}

/** Which worker it is, and with what. */
export interface Assignment {
  readonly settings: Settings;
  readonly slot: number;
  readonly edgeId: string;
  readonly memory: Bytes;
  readonly disk: Bytes;
  /** As in StorePlace. */
  readonly heldByAnother?: number;
  /** Where it answers the other workers, and what they must know. */
  readonly tier: { readonly address: string; readonly secret: string };
}

export interface ViewerPorts {
  readonly httpPort: number;
  readonly httpsPort: number;
}

/** Where to listen. The first worker finds out whether the ports can be had, and which are picked; the others share them with it. */
export interface ListenOrder extends ViewerPorts {
  readonly isShared: boolean;
  /** Who answers for which key when it begins. */
  readonly ring: TierRing;
}

export interface WorkerReading {
  readonly store: Pick<StoreStats, 'objects' | 'bytes' | 'capacity'>;
  readonly bans: number;
  readonly snapshotVersion: number;
  /** Everything it stores was checked against the bans up to this one. */
  readonly checkedSequence: number;
  readonly metrics: MetricsReading;
}

/** A startup that failed, as the supervisor tells it. */
export interface Failure {
  readonly message: string;
  readonly code?: string | undefined;
  readonly path?: string | undefined;
}

/** Name -> argument and result. */
export interface SupervisorCalls {
  hello: [Hello, Assignment];
  /** Resolves when it is this worker's turn. */
  mayListen: [null, ListenOrder];
  listening: [ViewerPorts, void];
  ready: [null, void];
  failed: [Failure, void];
  certificates: [{ readonly hosts: readonly string[] }, readonly ServerCertificate[]];
  /** The port of the API, where there is such a bucket; else null. */
  bucketPort: [{ readonly bucket: string }, number | null];
  /** What it has counted for rate-based rules since it last told; what the others have meanwhile. */
  shareRates: [readonly RateNews[], readonly RateNews[]];
}

export interface WorkerCalls {
  /** Accepts no more viewers; resolves when those who are there have their answers. Who is idle has `patience` to move over. */
  drain: [{ readonly patience: Duration }, void];
  /** Closes everything and ends the process. */
  finish: [null, void];
  takeDisk: [null, void];
  reopenLog: [null, void];
  read: [null, WorkerReading];
  ring: [TierRing, void];
  explain: [ViewerRequest, OwnedExplanation];
  wafSamples: [WafSampleQuery, WafSamples];
  testWebAcl: [WafTestOrder, readonly WafTestResult[]];
  wafLimitedKeys: [WafRule, readonly string[]];
  functionRuns: [FunctionRunQuery, readonly RecordedRun[]];
  findings: [null, readonly FindingGroup[]];
}

export interface OwnedExplanation {
  readonly explanation: Explanation;
  /** Where the worker is found that answers for the key; undefined where none does. */
  readonly ownedBy?: string | undefined;
}

/** A rule, by the web ACL that it is in; of a rule of a group, with the name of the rule that refers to it: `group/rule`. */
export interface WafRule {
  readonly webAclArn: string;
  readonly ruleName: string;
}

/** One side's functions. */
export type Answers<Calls extends Record<keyof Calls, [unknown, unknown]>> = {
  readonly [Name in keyof Calls]: (argument: Calls[Name][0]) => Calls[Name][1] | Promise<Calls[Name][1]>;
};

/** The other side's functions, as they are called. */
export type Asking<Calls extends Record<keyof Calls, [unknown, unknown]>> = <Name extends keyof Calls & string>(
  name: Name,
  ...argument: Calls[Name][0] extends null ? [] : [Calls[Name][0]]
) => Promise<Calls[Name][1]>;
