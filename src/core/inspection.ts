/**
 * What an edge sees when it looks at a request without serving it: every decision of a request's life up to the origin, as the core made
 * it, and what the store has. Gathered in edge/inspect.ts; told in words in insight/explain. Nothing here is decided anew.
 */
import type { CompiledCacheBehavior, CompiledDistribution, CompiledSnapshot } from '../model/compile.ts';
import type { Instant } from '../model/units.ts';
import type { Collapsing } from './cache/collapsing.ts';
import type { Lookup } from './cache/decide-lookup.ts';
import type { Reuse } from './cache/decide-reuse.ts';
import type { StoredResponse } from './cache/stored-response.ts';
import type { ChosenOrigin } from './origin-request/choose-origin.ts';
import type { CacheOutcome } from './outcome.ts';
import type { OriginRequest, ViewerRequest } from './request.ts';
import type { Admission } from './viewer-request/admit-request.ts';
import type { MethodDecision } from './viewer-request/method.ts';
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

export interface MatchedInspection {
  readonly distribution: CompiledDistribution;
  readonly behavior: CompiledCacheBehavior;
  /** Raw, after the default root object. */
  readonly path: string;
  readonly protocol: ViewerProtocol;
  readonly method: MethodDecision;
  readonly lookup: Lookup;
  /** Undefined where the cache is not asked. */
  readonly cache: CacheInspection | undefined;
  readonly origin: ChosenOrigin;
  /** What the primary origin would be sent, with the conditions of a revalidation. */
  readonly originRequest: OriginRequest;
}

export interface CacheInspection {
  readonly key: string;
  /** The key, or in RFC 9111 mode that of the variant that the request selects. */
  readonly selectedKey: string;
  readonly uri: string;
  /** What lies under the key, though a ban may have forgotten it. */
  readonly stored: StoredInspection | undefined;
  /** Of what a lookup finds: nothing where a ban has forgotten it. */
  readonly reuse: Reuse;
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
