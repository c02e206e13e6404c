/**
 * The explanation of one request: what an edge would do with it now, and why. Plain JSON values; answered by GET /_warmfront/explain,
 * printed by `warmfront explain`, returned by the test kit. How it is made: src/insight/explain; nothing in it is decided there.
 *
 * Every `sentence` is for people and may be reworded; every `kind`, `reason` and `part` is a word to rely on.
 */
import type { Field } from '../http/fields.ts';
import type { FunctionTrace, LambdaTrace } from './function-trace.ts';
import type { GuardMode, GuardRule } from '../tables/guard-rules.ts';
import type { LambdaEventType } from '../tables/lambda-edge.ts';
import type { FindingGroup } from './guard-finding.ts';
import type { Bytes, Duration, Instant } from './units.ts';

export interface Explanation {
  /** When it was asked; ages and remaining lifetimes are as of then. */
  readonly at: Instant;
  /** The edge that was asked: `FRA50-P1`. */
  readonly edgeLocation: string;
  readonly snapshotVersion: number;
  readonly request: ExplainedRequest;
  readonly verdict: Verdict;
  readonly distribution: DistributionChoice;
  readonly cacheBehavior?: CacheBehaviorChoice;
  /** The decisions before the cache, in order; the last one may be the request's end. */
  readonly steps: readonly Step[];
  /** Where the path is private. */
  readonly signature?: SignatureExplanation;
  /** The viewer-request function, run for this explanation. */
  readonly function?: FunctionTrace;
  /** The Lambda@Edge function on viewer requests, run for it; those that would run later are steps. */
  readonly lambda?: LambdaTrace;
  /** The viewer-response function, run for it on what is stored; absent where the response is not known before the origin is asked. */
  readonly viewerResponseFunction?: FunctionTrace;
  /** What the web ACL makes of it; absent without one, or where it cannot be used. */
  readonly waf?: WafExplanation;
  readonly cacheKey?: KeyExplanation;
  /** What is stored under the key, though it may be of no use any more. */
  readonly stored?: StoredExplanation;
  /** The newest invalidation that names this URL, of those that the edge still remembers. */
  readonly invalidation?: InvalidationExplanation;
  /** The last miss under this key that the edge remembers. */
  readonly lastMiss?: MissExplanation;
  readonly nearest?: NearestSearch;
  /** What the leak and poison guard makes of it. */
  readonly guard?: GuardExplanation;
  readonly origin?: OriginExplanation;
  readonly hints: readonly Hint[];
}

export interface ExplainedRequest {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly Field[];
}

export interface Verdict {
  readonly kind: 'hit' | 'hit-stale' | 'revalidate' | 'miss' | 'pass' | 'redirect' | 'generated' | 'refused';
  /** The word of the access log: see docs/guides/explain.md. */
  readonly reason: string;
  /** The status of a redirect, a refusal, or what a function generates. */
  readonly status?: number;
  readonly sentence: string;
}

/** Also what `warmfront waf test` says of each request. */
export interface WafExplanation {
  readonly webAcl: string;
  readonly action: 'ALLOW' | 'BLOCK' | 'CAPTCHA' | 'CHALLENGE';
  /** Who decided: a rule, or `rule/rule of its group`. Absent: the default action. */
  readonly rule?: string;
  /** Every rule that matched, those that only count among them. */
  readonly matched: readonly {
    readonly rule: string;
    /** AWS WAF's word: COUNT, EXCLUDED_AS_COUNT, or what ended the evaluation. */
    readonly action: string;
    readonly found: readonly WafFinding[];
  }[];
  readonly labels: readonly string[];
  /** Headers that the request gets on its way. */
  readonly inserted: readonly Field[];
}

/** Where a rule found what it looks for. */
export interface WafFinding {
  /** `BYTE_MATCH`, `SQL_INJECTION`, ... */
  readonly condition: string;
  /** AWS WAF's word: `URI`, `HEADER`, `BODY`, ... */
  readonly location: string;
  /** Which header, cookie or argument. */
  readonly name?: string;
  /** The octet at which it begins, after the rule's transformations. */
  readonly at?: number;
  readonly matched: readonly string[];
}

export type DistributionChoice =
  | {
      readonly kind: 'matched';
      readonly id: string;
      readonly domainName: string;
      /** What of the distribution matched the host. */
      readonly by: 'domain-name' | 'alias' | 'wildcard-alias';
      readonly name: string;
      readonly sentence: string;
    }
  /** `nearby`: the hosts that this edge answers to, the most alike first. */
  | { readonly kind: 'none'; readonly host: string; readonly nearby: readonly string[]; readonly sentence: string };

export interface CacheBehaviorChoice {
  readonly pathPattern: string;
  readonly targetOriginId: string;
  /** The patterns that were tried before, in order, and did not match. */
  readonly passedOver: readonly string[];
  /** What the patterns were compared with. */
  readonly path: string;
  readonly sentence: string;
}

export interface Step {
  readonly step:
    | 'continuous-deployment'
    | 'geo-restriction'
    | 'flood'
    | 'waf'
    | 'default-root-object'
    | 'viewer-protocol'
    | 'method'
    | 'signature'
    | 'viewer-request-function'
    /** Of Lambda@Edge. */
    | `${LambdaEventType}-lambda`
    | 'cacheable'
    | 'collapsing';
  /** The decision's own word. */
  readonly decision: string;
  readonly sentence: string;
}

export type SignaturePart = 'key-pair-id' | 'hash-algorithm' | 'policy' | 'signature' | 'resource' | 'date' | 'address';

export interface SignatureExplanation {
  readonly decision: 'granted' | 'refused';
  /** What the viewer is told: `AccessDenied`. */
  readonly code?: string;
  /** The part that decides, and what is wrong with it. */
  readonly part?: SignaturePart;
  readonly reason?: string;
  readonly form?: 'url' | 'cookies';
  readonly keyPairId?: string;
  readonly hashAlgorithm?: string;
  /** What is asked for, without the signature's own parameters. */
  readonly url?: string;
  /** The text that was signed. */
  readonly policy?: string;
  readonly expiresAt?: Instant;
  readonly trustedKeys: readonly string[];
  readonly checks: readonly SignatureCheck[];
}

export interface SignatureCheck {
  readonly part: SignaturePart;
  readonly verdict: 'holds' | 'fails' | 'not-judged';
  readonly reason?: string;
  readonly sentence: string;
}

export interface KeyExplanation {
  readonly key: string;
  /** Path and keyed query: what an invalidation names. */
  readonly uri: string;
  readonly parts: readonly KeyPart[];
}

export interface KeyPart {
  readonly part: 'distribution' | 'method' | 'path' | 'query' | 'header' | 'cookie';
  readonly name: string;
  readonly value?: string;
  readonly kept: boolean;
  /** The policy's name, `ForwardedValues`, or `CloudFront`. */
  readonly by: string;
  /** Why it is kept or dropped. */
  readonly sentence: string;
}

export interface StoredExplanation {
  readonly status: number;
  readonly method: string;
  readonly where: 'memory' | 'disk';
  readonly bodyLength: Bytes;
  readonly storedAt: Instant;
  readonly age: Duration;
  readonly lifetime: Duration;
  /** Below 0: stale for so long. */
  readonly remaining: Duration;
  /** ETag and Last-Modified, as the origin is asked with. */
  readonly validators: readonly Field[];
  readonly tags: readonly string[];
  /** How the lifetime came about, in seconds and in the settings' names. */
  readonly formula: string;
  /** False when today's settings and the stored fields would give another lifetime. */
  readonly formulaHolds: boolean;
  readonly forgottenBy?: InvalidationExplanation;
  /** The soft invalidation that has made it stale. */
  readonly softenedBy?: InvalidationExplanation;
  readonly reuse: { readonly kind: string; readonly reason?: string; readonly sentence: string };
}

export interface InvalidationExplanation {
  readonly invalidationId: string;
  readonly issuedAt: Instant;
  /** The path, wildcard or tag that names the response. */
  readonly item: string;
}

export interface MissExplanation {
  readonly at: Instant;
  readonly status: number;
  readonly reason: string;
  readonly notStored?: string;
  readonly sentence: string;
}

export interface NearestSearch {
  /** Keys looked at, of all that are held in memory. */
  readonly scanned: number;
  readonly isComplete: boolean;
  /** Responses stored under the same path with another key. */
  readonly neighbours: number;
  readonly nearest?: NearestKey;
}

export interface NearestKey {
  readonly key: string;
  readonly uri: string;
  readonly status: number;
  readonly age: Duration;
  readonly remaining: Duration;
  readonly differences: readonly KeyDifference[];
}

export interface KeyDifference {
  readonly part: 'path' | 'query' | 'query-order' | 'method' | 'header' | 'cookie';
  /** Of the parameter, header or cookie; '' otherwise. */
  readonly name: string;
  readonly requested?: string;
  readonly stored?: string;
  readonly sentence: string;
}

export interface GuardExplanation {
  readonly mode: GuardMode;
  readonly sentence: string;
  /** What of the request reaches the origin and is not in the key: `header x-forwarded-host`. */
  readonly unkeyed: readonly string[];
  /** Nobody would share its answer, whatever it is. */
  readonly isSetApart: boolean;
  readonly ofRequest: readonly { readonly rule: GuardRule; readonly sentence: string }[];
  /** What was found at this cache behavior, the newest first. */
  readonly findings: readonly FindingGroup[];
}

export interface OriginExplanation {
  /** True when the request would go to the origin now; else this is what would be sent if nothing were stored. */
  readonly wouldBeAsked: boolean;
  readonly originId: string;
  /** The second of an origin group, asked when the first fails. */
  readonly secondOriginId?: string;
  readonly method: string;
  /** Where to: `http://origin.example.com:80`. */
  readonly connection: string;
  readonly host: string;
  readonly target: string;
  readonly fields: readonly OriginField[];
  /** What of the viewer's request does not reach the origin. */
  readonly dropped: readonly OriginField[];
}

export interface OriginField {
  readonly name: string;
  readonly value: string;
  /** Whose it is or who dropped it, and why. */
  readonly sentence: string;
}

export interface Hint {
  readonly kind: HintKind;
  /** `warning`: it costs hits or may be wrong; `note`: good to know. */
  readonly level: 'warning' | 'note';
  readonly sentence: string;
}

export type HintKind =
  | 'accept-encoding-as-sent'
  | 'authorization-dropped'
  | 'caching-disabled'
  | 'cookies-prevent-collapsing'
  | 'host-not-keyed'
  | 'min-ttl-overrides'
  | 'query-order'
  | 'set-cookie-cached'
  | 'set-cookie-stripped'
  | 'tracking-parameter-dropped'
  | 'tracking-parameter-keyed'
  | 'vary-not-keyed'
  | 'viewer-cache-control-ignored';
