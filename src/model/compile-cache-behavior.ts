/**
 * A cache behavior made fast: what is keyed, what the origin gets and how long things live, whether policies or legacy
 * ForwardedValues say so. Facts 3.1-3.6, the header table 7.1 and the Vary rule of 4.3.
 * The recipes are applied to requests in core/cache/cache-key.ts and core/origin-request/build-origin-request.ts.
 */
import type { Codings } from '../http/accept-encoding.ts';
import {
  CLOUDFRONT_HEADERS,
  CLOUDFRONT_HEADERS_2022,
  CLOUDFRONT_PREFIX,
  type CloudFrontHeader,
} from '../tables/cloudfront-headers.ts';
import type { LambdaEventType } from '../tables/lambda-edge.ts';
import { NEVER_KEYED, REMOVED_PREFIXES, VIEWER_HEADERS } from '../tables/viewer-headers.ts';
import { compileResponseHeadersPolicy, type CompiledResponseHeadersPolicy } from './compile-response-headers-policy.ts';
import { compileSigners, type CompiledSigners } from './compile-signers.ts';
import type { CacheBehavior } from './distribution.ts';
import type { EdgeFunction } from './edge-function.ts';
import type { LambdaVersion } from './lambda-version.ts';
import { matchesGlob } from './glob.ts';
import { compilePathPattern, type PathMatcher } from './path-pattern.ts';
import type { CachePolicy, LegacyForwarding, OriginRequestPolicy, Ttls } from './policies.ts';
import { combineSelections, SELECT_ALL, SELECT_NONE, selector, selectSome, type Selector } from './selector.ts';

export interface CompiledCacheBehavior {
  readonly source: CacheBehavior;
  /** Takes the normalised path (http/normalise-path.ts). */
  readonly matches: PathMatcher;
  readonly allowedMethods: Pick<ReadonlySet<string>, 'has'>;
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
  readonly responseHeaders: CompiledResponseHeadersPolicy | undefined;
  /** Undefined: requests need no signature. */
  readonly signers: CompiledSigners | undefined;
  /** Undefined where none is associated: such a request pays nothing for functions. */
  readonly functions: BehaviorFunctions | undefined;
  /** The same of Lambda@Edge. */
  readonly lambdas: BehaviorLambdas | undefined;
}

/** Of Lambda@Edge. */
export interface BehaviorLambdas {
  readonly viewerRequest: AssociatedLambda | undefined;
  readonly originRequest: AssociatedLambda | undefined;
  readonly originResponse: AssociatedLambda | undefined;
  readonly viewerResponse: AssociatedLambda | undefined;
}

export interface AssociatedLambda {
  readonly arn: string;
  /** On request events: the function gets to see the body. */
  readonly includeBody: boolean;
  /** Undefined when it has not come along: it then cannot run, and says so. */
  readonly code: LambdaVersion | undefined;
}

export interface BehaviorFunctions {
  readonly viewerRequest: AssociatedFunction | undefined;
  readonly viewerResponse: AssociatedFunction | undefined;
}

export interface AssociatedFunction {
  readonly arn: string;
  /** Undefined when it has not come along: it then cannot run, and says so. */
  readonly code: EdgeFunction | undefined;
}

/** What enters the cache key besides distribution, method and path. */
export interface KeyRecipe {
  /** Nothing but, perhaps, Accept-Encoding enters. */
  readonly pathOnly: boolean;
  /** Lower-case names in key order, without Accept-Encoding when it is normalised. */
  readonly headers: readonly string[];
  readonly cookies: Selector;
  readonly queryStrings: Selector;
  /** Undefined when no coding is on: Accept-Encoding is then a header as any other. */
  readonly acceptEncoding: Codings | undefined;
  /** One of the headers says where the viewer is. */
  readonly needsPlace: boolean;
  /** The cache policy's name, or `ForwardedValues`: who decided. */
  readonly by: string;
}

/** What the origin gets of the viewer's request. */
export interface OriginRecipe {
  /** May this field of the viewer, lower-case name, pass as it is? Never true for one that the edge writes or drops itself. */
  readonly passes: (name: string) => boolean;
  /** CloudFront-* headers to add, lower case. */
  readonly cloudFrontHeaders: readonly string[];
  /** One of them says where the viewer is. */
  readonly needsPlace: boolean;
  readonly cookies: Selector;
  readonly queryStrings: Selector;
  /** As in the key. */
  readonly acceptEncoding: Codings | undefined;
  /** Whose name goes into Host. */
  readonly host: 'origin' | 'viewer';
  /** Whose User-Agent; the edge's own is `Amazon CloudFront`. */
  readonly userAgent: 'edge' | 'viewer';
  /** Does Authorization pass with GET and HEAD, and with OPTIONS where it is cached? Other methods always pass it. */
  readonly authorization: boolean;
}

/** Functions that have come along, by their ARNs. */
export interface FunctionLookup {
  readonly function: (arn: string) => EdgeFunction | undefined;
  readonly lambda: (arn: string) => LambdaVersion | undefined;
}

const NO_FUNCTIONS: FunctionLookup = { function: () => undefined, lambda: () => undefined };

export function compileCacheBehavior(source: CacheBehavior, functions: FunctionLookup = NO_FUNCTIONS): CompiledCacheBehavior {
  const { forwarding } = source;
  const recipes =
    forwarding.kind === 'policies'
      ? policyRecipes(forwarding.cachePolicy, forwarding.originRequestPolicy)
      : legacyRecipes(forwarding.legacy);
  return {
    source,
    matches: compilePathPattern(source.pathPattern),
    allowedMethods: new Set(source.allowedMethods),
    cachesOptions: source.cachedMethods.includes('OPTIONS'),
    forwardsCookies: recipes.origin.cookies.kind !== 'none',
    responseHeaders: source.responseHeadersPolicy && compileResponseHeadersPolicy(source.responseHeadersPolicy),
    signers: compileSigners(source.signers),
    functions: associatedFunctions(source, functions),
    lambdas: associatedLambdas(source, functions),
    ...recipes,
  };
}

function associatedFunctions({ functionAssociations }: CacheBehavior, functions: FunctionLookup): BehaviorFunctions | undefined {
  if (functionAssociations.length === 0) return undefined;
  const at = (eventType: string): AssociatedFunction | undefined => {
    const arn = functionAssociations.find((one) => one.eventType === eventType)?.functionArn;
    return arn === undefined ? undefined : { arn, code: functions.function(arn) };
  };
  return { viewerRequest: at('viewer-request'), viewerResponse: at('viewer-response') };
}

function associatedLambdas({ lambdaAssociations }: CacheBehavior, { lambda }: FunctionLookup): BehaviorLambdas | undefined {
  if (lambdaAssociations.length === 0) return undefined;
  const at = (eventType: LambdaEventType): AssociatedLambda | undefined => {
    const found = lambdaAssociations.find((one) => one.eventType === eventType);
    return found && { arn: found.functionArn, includeBody: found.includeBody, code: lambda(found.functionArn) };
  };
  return {
    viewerRequest: at('viewer-request'),
    originRequest: at('origin-request'),
    originResponse: at('origin-response'),
    viewerResponse: at('viewer-response'),
  };
}

type Recipes = Pick<CompiledCacheBehavior, 'ttls' | 'cachingDisabled' | 'keepsInVary' | 'key' | 'origin'>;

function policyRecipes(cache: CachePolicy, forward: OriginRequestPolicy | undefined): Recipes {
  const acceptEncoding =
    cache.acceptEncodingGzip || cache.acceptEncodingBrotli
      ? { gzip: cache.acceptEncodingGzip, brotli: cache.acceptEncodingBrotli }
      : undefined;
  const keyed = new Set(cache.headers);
  const forwarded = forwardedHeaders(forward);
  const listed = (name: string): boolean => keyed.has(name) || forwarded.selects(name);
  const ttls = { minTtl: cache.minTtl, defaultTtl: cache.defaultTtl, maxTtl: cache.maxTtl };
  return {
    ttls,
    cachingDisabled: ttls.minTtl === 0 && ttls.defaultTtl === 0 && ttls.maxTtl === 0,
    keepsInVary: varyFilter(listed, [...keyed, ...forwarded.cloudFrontHeaders]),
    key: keyRecipe(cache.headers, selector(cache.cookies), selector(cache.queryStrings), acceptEncoding, cache.name),
    origin: originRecipe(listed, listed, {
      cloudFrontHeaders: cloudFrontNames([...keyed, ...forwarded.cloudFrontHeaders]),
      cookies: combineSelections(cache.cookies, forward?.cookies ?? { kind: 'none' }),
      queryStrings: combineSelections(cache.queryStrings, forward?.queryStrings ?? { kind: 'none' }),
      acceptEncoding,
    }),
  };
}

interface ForwardedHeaders {
  readonly selects: (name: string) => boolean;
  readonly cloudFrontHeaders: readonly string[];
}

function forwardedHeaders(policy: OriginRequestPolicy | undefined): ForwardedHeaders {
  const headers = policy?.headers ?? { kind: 'none' };
  switch (headers.kind) {
    case 'none':
      return { selects: () => false, cloudFrontHeaders: [] };
    case 'allViewer':
      return { selects: () => true, cloudFrontHeaders: [] };
    case 'allViewerAndWhitelistCloudFront':
      return { selects: () => true, cloudFrontHeaders: headers.names };
    case 'whitelist': {
      const names = new Set(headers.names);
      return { selects: (name) => names.has(name), cloudFrontHeaders: headers.names };
    }
    case 'allExcept': {
      const names = new Set(headers.names);
      // CloudFront: this kind also adds the headers on protocol, HTTP version, TLS, device and location (facts 3.8).
      return {
        selects: (name) => !names.has(name),
        cloudFrontHeaders: CLOUDFRONT_HEADERS_2022.filter((name) => !names.has(name)),
      };
    }
  }
}

/** CloudFront: with ForwardedValues everything listed is forwarded and keyed; headers outside the guide's table pass unkeyed. */
function legacyRecipes(legacy: LegacyForwarding): Recipes {
  const allHeaders = legacy.headers.includes('*');
  const names = new Set(legacy.headers);
  const listed = (name: string): boolean => allHeaders || names.has(name);
  const passes = (name: string): boolean => listed(name) || !KEPT_FROM_ORIGIN.has(name);
  // CloudFront: the older cache settings know gzip only. A list that names the header, or all, takes it as it comes.
  const acceptEncoding = listed('accept-encoding') ? undefined : { gzip: true, brotli: false };
  const cookies = legacy.cookies.kind === 'whitelist' ? selectByGlobs(legacy.cookies.names) : selector(legacy.cookies);
  const keyedParameters = legacy.queryStringCacheKeys.length === 0 ? SELECT_ALL : selectSome(legacy.queryStringCacheKeys);
  const keyedHeaders = allHeaders ? [] : legacy.headers;
  return {
    ttls: { minTtl: legacy.minTtl, defaultTtl: legacy.defaultTtl, maxTtl: legacy.maxTtl },
    cachingDisabled: allHeaders,
    keepsInVary: varyFilter(listed, legacy.headers),
    key: keyRecipe(keyedHeaders, cookies, legacy.queryString ? keyedParameters : SELECT_NONE, acceptEncoding, 'ForwardedValues'),
    origin: originRecipe(passes, listed, {
      cloudFrontHeaders: cloudFrontNames(legacy.headers),
      cookies,
      queryStrings: legacy.queryString ? SELECT_ALL : SELECT_NONE,
      acceptEncoding,
    }),
  };
}

/** CloudFront: in a legacy cookie whitelist `*` and `?` are wildcards. */
function selectByGlobs(globs: readonly string[]): Selector {
  if (globs.length === 0) return SELECT_NONE;
  return { kind: 'some', selects: (name) => globs.some((glob) => matchesGlob(glob, name)) };
}

function keyRecipe(
  names: readonly string[],
  cookies: Selector,
  queryStrings: Selector,
  acceptEncoding: Codings | undefined,
  by: string,
): KeyRecipe {
  const keyable = names.filter((name) => !NEVER_KEYED.has(name) && !(name === 'accept-encoding' && acceptEncoding !== undefined));
  const headers = [...new Set(keyable)].toSorted();
  return {
    pathOnly: headers.length === 0 && cookies.kind === 'none' && queryStrings.kind === 'none',
    headers,
    cookies,
    queryStrings,
    acceptEncoding,
    needsPlace: headers.some(saysPlace),
    by,
  };
}

/** `passes` goes by the policies alone, and so does `listed`, which leaves out what only passes because nobody lists it. */
function originRecipe(
  passes: (name: string) => boolean,
  listed: (name: string) => boolean,
  rest: Pick<OriginRecipe, 'cloudFrontHeaders' | 'cookies' | 'queryStrings' | 'acceptEncoding'>,
): OriginRecipe {
  return {
    passes: (name) => !isOurs(name) && passes(name) && !(name === 'accept-encoding' && rest.acceptEncoding !== undefined),
    host: listed('host') ? 'viewer' : 'origin',
    userAgent: listed('user-agent') ? 'viewer' : 'edge',
    authorization: listed('authorization'),
    needsPlace: rest.cloudFrontHeaders.some(saysPlace),
    ...rest,
  };
}

const row = new Map(VIEWER_HEADERS.map((header) => [header.name.toLowerCase(), header]));

/** Headers that legacy settings keep from the origin unless they list them. */
const KEPT_FROM_ORIGIN: ReadonlySet<string> = new Set(
  VIEWER_HEADERS.filter((header) => header.unlisted === 'removed').map((header) => header.name.toLowerCase()),
);

/** Accept-Encoding, where no coding is normalised, is the one written header that may pass as it is. */
function isOurs(name: string): boolean {
  const known = row.get(name);
  if (known !== undefined) {
    if (known.unlisted === 'removed') return !known.choosable;
    return known.unlisted !== 'forwarded' && name !== 'accept-encoding';
  }
  return name.startsWith(CLOUDFRONT_PREFIX) || REMOVED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function cloudFrontNames(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name.startsWith(CLOUDFRONT_PREFIX));
}

const DEVICE_HEADERS = namesBySource('device');
const GEO_HEADERS = namesBySource('geo');

function namesBySource(source: CloudFrontHeader['source']): ReadonlySet<string> {
  return new Set(CLOUDFRONT_HEADERS.filter((header) => header.source === source).map((header) => header.name.toLowerCase()));
}

function saysPlace(name: string): boolean {
  return GEO_HEADERS.has(name);
}

/** CloudFront: Accept-Encoding, Cookie and the headers configured to be forwarded stay in Vary, and User-Agent with a device header. */
function varyFilter(listed: (name: string) => boolean, names: readonly string[]): (name: string) => boolean {
  const byDevice = names.some((name) => DEVICE_HEADERS.has(name));
  return (name) => name === 'accept-encoding' || name === 'cookie' || listed(name) || (byDevice && name === 'user-agent');
}
