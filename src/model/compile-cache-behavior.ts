/**
 * A cache behavior made fast: what is keyed, what the origin gets and how long things live, whether policies or legacy
 * ForwardedValues say so. Facts 3.1-3.6 and the Vary rule of 4.3.
 * The recipes are applied to requests in core/cache/cache-key.ts and core/origin-request/build-origin-request.ts.
 */
import type { CacheBehavior } from './distribution.ts';
import type { Ttls } from './policies.ts';
import type { Selector } from './selector.ts';

export interface CompiledCacheBehavior {
  readonly source: CacheBehavior;
  /** Takes the normalised path (http/normalise-path.ts). */
  readonly matches: (path: string) => boolean;
  readonly allowedMethods: ReadonlySet<string>;
  readonly cachesOptions: boolean;
  readonly ttls: Ttls;
  /** Nothing is looked up or stored: all TTLs of the cache policy are 0, or all headers are forwarded (legacy `*`). */
  readonly cachingDisabled: boolean;
  /** Any cookie of the viewer may reach the origin. Then Set-Cookie passes and requests do not collapse. */
  readonly forwardsCookies: boolean;
  /** Which lower-case names stay in the Vary field that viewers see. */
  readonly keepsInVary: (name: string) => boolean;
  readonly key: KeyRecipe;
  readonly origin: OriginRecipe;
}

/** What enters the cache key besides distribution, method and path. */
export interface KeyRecipe {
  /** Nothing at all enters: the key is the path. */
  readonly pathOnly: boolean;
  /** Lower-case names in key order, without Accept-Encoding when it is normalised. */
  readonly headers: readonly string[];
  readonly cookies: Selector;
  readonly queryStrings: Selector;
  /** Undefined when neither coding is on: Accept-Encoding is then a header as any other. */
  readonly acceptEncoding: AcceptedCodings | undefined;
  /** The policy's name, or `ForwardedValues`: who decided. */
  readonly by: string;
}

export interface AcceptedCodings {
  readonly gzip: boolean;
  readonly brotli: boolean;
}

/** What the origin gets of the viewer's request. */
export interface OriginRecipe {
  /** May this field of the viewer, lower-case name, pass? Fields that never pass are removed elsewhere (tables/viewer-headers.ts). */
  readonly passes: (name: string) => boolean;
  /** CloudFront-* headers to add, lower case. */
  readonly cloudFrontHeaders: readonly string[];
  readonly cookies: Selector;
  readonly queryStrings: Selector;
  readonly acceptEncoding: AcceptedCodings | undefined;
  /** Whose name goes into Host. */
  readonly host: 'origin' | 'viewer';
  /** On GET and HEAD, and on OPTIONS when it is cached. Other methods always pass Authorization. */
  readonly authorization: boolean;
}
