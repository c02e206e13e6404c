/**
 * A response headers policy made fast: names in sets, patterns as functions, fields that are the same for every response written out
 * once. Facts 11. Applied to responses in core/viewer-response/response-headers-policy.ts.
 */
import type { Field } from '../http/fields.ts';
import { matchesGlob } from './glob.ts';
import { compileOriginPattern } from './origin-pattern.ts';
import type { CorsPolicy, PolicyHeader, ResponseHeadersPolicy } from './policies.ts';
import { SECOND } from './units.ts';

export interface CompiledResponseHeadersPolicy {
  readonly source: ResponseHeadersPolicy;
  readonly removes: ReadonlySet<string>;
  readonly cors: CompiledCors | undefined;
  /** Security headers, then custom ones: the order in which they are added. */
  readonly headers: readonly CompiledPolicyHeader[];
  /** What they come to where the response has none of them yet. */
  readonly fields: readonly Field[];
  readonly names: ReadonlySet<string>;
  /** The share of responses that carry Server-Timing, 0 to 1; undefined when it is off. */
  readonly serverTimingShare: number | undefined;
  /** What the edge must not write of its own accord: it is removed for good, or the policy writes it. */
  readonly silences: ReadonlySet<string>;
}

export interface CompiledPolicyHeader {
  readonly field: Field;
  readonly override: boolean;
}

export interface CompiledCors {
  /** The answer is `*`, the same for everybody. */
  readonly isForAnyOrigin: boolean;
  readonly allowsOrigin: (origin: string) => boolean;
  /** May replace the origin's CORS headers; otherwise any of those keeps the whole block out. */
  readonly override: boolean;
  /** Of every CORS response, besides Access-Control-Allow-Origin. */
  readonly always: readonly Field[];
  /** Of an answer to a preflight, and of any other. */
  readonly ofPreflight: readonly Field[];
  readonly ofOthers: readonly Field[];
  /** Header names to allow as they stand. */
  readonly allowedHeaders: readonly string[];
  /** Does a pattern allow this lower-case name? Undefined when there is no pattern. */
  readonly matchesHeader: ((name: string) => boolean) | undefined;
}

export function compileResponseHeadersPolicy(source: ResponseHeadersPolicy): CompiledResponseHeadersPolicy {
  const headers = [...source.security, ...source.custom].map(compiledHeader);
  const rate = source.serverTimingSamplingRate;
  return {
    source,
    removes: new Set(source.remove),
    cors: source.cors && compileCors(source.cors),
    headers,
    fields: onBareResponse(headers),
    names: new Set(headers.map(({ field }) => field[0])),
    serverTimingShare: rate === undefined ? undefined : rate / 100,
    // CloudFront: in the place of a removed Server or Date it puts its own.
    silences: new Set([
      ...source.remove.filter((name) => name !== 'server' && name !== 'date'),
      ...headers.map(({ field }) => field[0]),
    ]),
  };
}

function compiledHeader({ name, value, override }: PolicyHeader): CompiledPolicyHeader {
  return { field: [name, value], override };
}

/** Of several with one name the first stays, unless a later one overrides it. */
function onBareResponse(headers: readonly CompiledPolicyHeader[]): readonly Field[] {
  const fields = new Map<string, Field>();
  for (const { field, override } of headers) {
    const [name] = field;
    if (override) fields.delete(name);
    if (!fields.has(name)) fields.set(name, field);
  }
  return [...fields.values()];
}

function compileCors(cors: CorsPolicy): CompiledCors {
  const { allowOrigins, allowCredentials, allowMethods, allowHeaders, exposeHeaders, maxAge } = cors;
  const matchers = allowOrigins.map(compileOriginPattern);
  const patterns = allowHeaders.filter(isPattern).map((pattern) => pattern.toLowerCase());
  const ofPreflight: Field[] = [];
  if (allowMethods.length > 0) ofPreflight.push(['access-control-allow-methods', allowMethods.join(', ')]);
  if (maxAge !== undefined) ofPreflight.push(['access-control-max-age', String(maxAge / SECOND)]);
  return {
    // Fetch 3.2.5: `*` is not for requests with credentials.
    isForAnyOrigin: allowOrigins.length === 1 && allowOrigins[0] === '*' && !allowCredentials,
    allowsOrigin: (origin) => matchers.some((matches) => matches(origin)),
    override: cors.originOverride,
    always: allowCredentials ? [['access-control-allow-credentials', 'true']] : [],
    ofPreflight,
    ofOthers: exposeHeaders.length > 0 ? [['access-control-expose-headers', exposeHeaders.join(', ')]] : [],
    allowedHeaders: allowHeaders.filter((name) => !isPattern(name)),
    // CloudFront: a wildcard never covers Authorization.
    matchesHeader:
      patterns.length === 0
        ? undefined
        : (name) => name !== 'authorization' && patterns.some((pattern) => matchesGlob(pattern, name)),
  };
}

function isPattern(name: string): boolean {
  return name !== '*' && name.includes('*');
}
