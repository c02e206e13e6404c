/**
 * What an edge sees when it looks at a request without serving it: every decision of a request's life up to the origin, as the core made
 * it, and what the store has. Gathered in edge/inspect.ts; told in words in insight/explain. Nothing here is decided anew.
 */
import type { CompiledCacheBehavior, CompiledDistribution, CompiledSnapshot } from '../model/compile.ts';
import type { DeploymentTraffic } from '../model/continuous-deployment.ts';
import type { Instant } from '../model/units.ts';
import type { LambdaEventType } from '../tables/lambda-edge.ts';
import type { FindingGroup } from '../model/guard-finding.ts';
import type { GuardMode } from '../tables/guard-rules.ts';
import type { Collapsing } from './cache/collapsing.ts';
import type { Lookup } from './cache/decide-lookup.ts';
import type { Reuse } from './cache/decide-reuse.ts';
import type { StoredResponse } from './cache/stored-response.ts';
import type { Finding } from './guard/finding.ts';
import type { UnkeyedInput } from './guard/unkeyed-inputs.ts';
import type { ChosenOrigin } from './origin-request/choose-origin.ts';
import type { SeenLambdaRun } from './lambda-edge/lambda-run.ts';
import type { CacheOutcome, LambdaError } from './outcome.ts';
import type { OriginRequest, ViewerRequest } from './request.ts';
import type { Admission } from './viewer-request/admit-request.ts';
import type { ViewerPlace } from './viewer-request/cloudfront-header.ts';
import type { SeenFunctionRun } from './viewer-request/function-run.ts';
import type { DeploymentDecision } from './viewer-request/decide-deployment.ts';
import type { Measure } from './viewer-request/flood/flood-guard.ts';
import type { GeoDecision } from './viewer-request/geo-restriction.ts';
import type { MethodDecision } from './viewer-request/method.ts';
import type { SignatureInspection } from './viewer-request/signature/inspect-signature.ts';
import type { Verdict as WafVerdict } from './viewer-request/waf/verdict.ts';
import type { ViewerProtocol } from './viewer-request/viewer-protocol.ts';

export interface Inspection {
  readonly request: ViewerRequest;
  readonly now: Instant;
  /** X-Amz-Cf-Pop. */
  readonly edgeLocation: string;
  readonly snapshot: CompiledSnapshot;
  readonly admission: Admission;
  /** Undefined where the request is not admitted or no distribution answers to its host. */
  readonly matched: MatchedInspection | undefined;
}

/** A function, run for this look alone: nobody else hears of it. */
export interface FunctionInspection extends SeenFunctionRun {
  /** Set where it has chosen the origin. */
  readonly origin: ChosenOrigin | undefined;
  /** What the viewer would get, where a viewer-request function answers, or any has failed. */
  readonly status: number | undefined;
}

/** A Lambda@Edge function of the cache behavior. */
export interface LambdaInspection {
  readonly arn: string;
  readonly eventType: LambdaEventType;
  /** That of viewer requests is run for this look alone; the others would be run later. */
  readonly did: 'unchanged' | 'changed' | 'generated' | 'failed' | 'later';
  /** What the viewer would get, where it answers or fails. */
  readonly status?: number;
  readonly failure?: { readonly detail: LambdaError; readonly wrong: string | undefined };
  /** Undefined for those that would be run later, or cannot be. */
  readonly run?: SeenLambdaRun | undefined;
}

export interface MatchedInspection {
  /** The one that answers: a staging distribution where the primary hands the request over. */
  readonly distribution: CompiledDistribution;
  /** Undefined without continuous deployment. */
  readonly deployment: DeploymentInspection | undefined;
  /** Without what is the edge's own, and with what the web ACL has added: as a function gets it. */
  readonly asked: ViewerRequest;
  /** The same as a function has made it: as key and origin see it. */
  readonly request: ViewerRequest;
  readonly geo: GeoInspection;
  /** What it is held to in a flood; undefined where it is not. */
  readonly floodMeasure: Measure | undefined;
  /** Undefined without a web ACL. */
  readonly waf: WafInspection | undefined;
  readonly behavior: CompiledCacheBehavior;
  /** Undefined where none is associated, or the request does not get that far. */
  readonly viewerRequestFunction: FunctionInspection | undefined;
  /** Run on what is stored; undefined where it would not be run, or nothing is stored that answers whole. */
  readonly viewerResponseFunction: FunctionInspection | undefined;
  /** In the order of a request's life; none where the request does not get that far. */
  readonly lambdas: readonly LambdaInspection[];
  /** Raw, after the default root object. */
  readonly path: string;
  readonly protocol: ViewerProtocol;
  readonly method: MethodDecision;
  readonly signature: SignatureInspection;
  readonly lookup: Lookup;
  /** Undefined where the cache is not asked. */
  readonly cache: CacheInspection | undefined;
  readonly origin: ChosenOrigin;
  /** Undefined where the cache is not asked. */
  readonly guard: GuardInspection | undefined;
  /** What the primary origin would be sent, with the conditions of a revalidation. */
  readonly originRequest: OriginRequest;
}

export interface GuardInspection {
  readonly mode: GuardMode;
  /** What of the request reaches the origin and is not in the key. */
  readonly inputs: readonly UnkeyedInput[];
  /** What is wrong with the request, whatever the response. */
  readonly ofRequest: readonly Finding[];
  /** At this cache behavior. */
  readonly groups: readonly FindingGroup[];
}

/** What a web ACL would decide, or why it lets nothing through. */
export type WafInspection =
  | { readonly kind: 'verdict'; readonly verdict: WafVerdict; readonly readsBody: boolean }
  | { readonly kind: 'broken'; readonly reason: string };

export interface GeoInspection {
  readonly decision: GeoDecision;
  /** Undefined where the viewer cannot be placed. */
  readonly country: string | undefined;
}

/** Which side of a continuous deployment was looked at. Where chance decides, the primary is. */
export interface DeploymentInspection extends Pick<DeploymentDecision, 'side' | 'reason'> {
  readonly primaryDistributionId: string;
  readonly stagingDistributionId: string;
  readonly traffic: DeploymentTraffic;
}

export interface CacheInspection {
  readonly key: string;
  /** The key, or in RFC 9111 mode that of the variant that the request selects. */
  readonly selectedKey: string;
  readonly uri: string;
  /** Where the viewer is, where the key asks. */
  readonly place: ViewerPlace | undefined;
  /** What lies under the key, though a ban may have forgotten it. */
  readonly stored: StoredInspection | undefined;
  /** What is stored is an error, and this request lacks what it was asked with (guard/asked-with.ts). */
  readonly isForOthers: boolean;
  /** Of what a lookup finds: nothing where a ban has forgotten it. */
  readonly reuse: Reuse;
  /** Set where `reuse` finds nothing whole, and the object is known in blocks. */
  readonly blocks: BlocksInspection | undefined;
  readonly collapsing: Collapsing;
  readonly neighbours: {
    readonly stored: readonly StoredInspection[];
    /** Keys looked at. */
    readonly scanned: number;
    readonly isComplete: boolean;
  };
  /** The newest ban that names the URI, of those still remembered. */
  readonly ban: BanInspection | undefined;
  readonly lastMiss: RememberedMiss | undefined;
}

export interface StoredInspection {
  readonly response: StoredResponse;
  readonly where: 'memory' | 'disk';
  readonly forgottenBy: BanInspection | undefined;
  /** A soft ban has made it stale; `response` is told as it is since then. */
  readonly softenedBy: BanInspection | undefined;
}

/** A range asked of an object that is kept in blocks (core/cache/blocks.ts). */
export interface BlocksInspection {
  /** Of the object's head, which speaks for all its blocks. */
  readonly reuse: Reuse;
  /** The first block of the range that is not there; undefined when all that were looked for are. */
  readonly missing: number | undefined;
}

export interface BanInspection {
  readonly invalidationId: string;
  readonly issuedAt: Instant;
  /** The item that names the response. */
  readonly item: string;
}

/** How an earlier request for the key went to the origin. */
export interface RememberedMiss {
  readonly at: Instant;
  readonly status: number;
  readonly cache: Extract<CacheOutcome, { kind: 'miss' }>;
}
