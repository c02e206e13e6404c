/**
 * One request's way through the edge: what was asked, and what is known about it so far. Filled in step by step by serve.ts;
 * the Outcome is made from it once, when the reply is finished.
 */
import type { CacheOutcome, AnsweredBy, ErrorDetail, Failover, FieldEncryption, OriginTiming } from '../core/outcome.ts';
import type { ChosenOrigin } from '../core/origin-request/choose-origin.ts';
import type { ViewerRequest } from '../core/request.ts';
import type { Fields } from '../http/fields.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../model/compile.ts';
import type { Bytes, Instant } from '../model/units.ts';
import type { InterimResponse, RequestBody } from './ports.ts';
import type { BodyReader } from './store-ports.ts';
import type { Kept, PageOf } from './tiers/next-tier.ts';

export interface Visit {
  /** As it came: what the log tells. */
  readonly asked: ViewerRequest;
  /** Without what is for the edge alone: the session of a continuous deployment, a signature. */
  request: ViewerRequest;
  /** As it came, all there though AWS WAF may have read its beginning, or with encrypted fields. */
  body: RequestBody;
  /** Aborted when the viewer leaves. */
  readonly leaving: () => AbortSignal;
  /** Undefined where the listener cannot send interim responses. */
  readonly interim?: InterimResponse | undefined;
  readonly requestId: string;
  readonly receivedAt: Instant;
  distribution: CompiledDistribution | undefined;
  behavior: CompiledCacheBehavior | undefined;
  /** The path in effect: the request's, or the default root object's. */
  path: string;
  cacheKey: string | undefined;
  /** The origin that a function chose for this request. */
  origin?: ChosenOrigin | undefined;
  fieldEncryption?: FieldEncryption | undefined;
  /** Set where a custom error page is asked for: the error that it is for. */
  readonly pageOf?: PageOf;
  /** In continuous deployment: what the edge adds to the answer, and to the log. */
  deployment: VisitDeployment | undefined;
}

export interface VisitDeployment {
  readonly primaryDistributionId: string | undefined;
  /** Set-Cookie: the viewer's session. */
  readonly setCookie: string | undefined;
}

/** A visit whose distribution and cache behavior are known. */
export interface MatchedVisit extends Visit {
  distribution: CompiledDistribution;
  behavior: CompiledCacheBehavior;
}

/** What will be answered, before conditionals, ranges, error pages and CloudFront's own fields are applied in finish.ts. */
export interface Reply {
  readonly status: number;
  /** In octets, in place of the status's own; what a function on the viewer's side has said. */
  readonly statusDescription?: string | undefined;
  /** As stored: no fields of ours. */
  readonly fields: Fields;
  readonly body: ReplyBody;
  readonly cache: CacheOutcome;
  readonly answeredBy: AnsweredBy;
  readonly redirected?: boolean;
  readonly errorDetail?: ErrorDetail | undefined;
  readonly originId?: string | undefined;
  readonly failover?: Failover | undefined;
  readonly originTiming?: OriginTiming | undefined;
  /** Set where a function answered in place of an origin. */
  readonly generatedBy?: 'lambda' | undefined;
  /** Set on replies the edge makes itself: the sentence that says why. */
  readonly cause?: string | undefined;
  /** True where conditionals and ranges are for us to apply; a bypassing request's were for the origin. */
  readonly selectable?: boolean | undefined;
  /** True where the origin was asked for a part and sent the whole: so does the edge, this once (facts 5). */
  readonly rangeIgnored?: boolean | undefined;
  /** False where a viewer-response function is not run: CloudFront: what a function made, and what failed at the origin. */
  readonly isForFunctions?: boolean;
  /** What a cache that asked for it may keep. */
  readonly kept?: Kept | undefined;
  /** False where CloudFront never uses a custom error page (unsafe requests, capacity). */
  readonly customErrorAllowed?: boolean;
}

export type ReplyBody =
  | { readonly kind: 'none'; readonly length: Bytes | undefined }
  /** `isAwaited`: it has been waited for, so the viewer may have left meanwhile. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly isAwaited?: boolean }
  | {
      readonly kind: 'growing';
      readonly length: Bytes | undefined;
      /** Opens a reader; a reply that is dropped must call discard instead. */
      open(first?: Bytes, last?: Bytes): BodyReader;
      discard(): void;
    }
  /** With status 101. */
  | {
      readonly kind: 'tunnel';
      readonly chunks: AsyncIterable<Uint8Array>;
      accept(fromViewer: AsyncIterable<Uint8Array>): void;
      discard(): void;
    };
