/**
 * TTL: how long is a response fresh? CloudFront's table (facts 4.1): the origin's Cache-Control or Expires within MinTTL and MaxTTL,
 * DefaultTTL where the origin is silent, never a guess from Last-Modified. RFC 9111 4.2.3 for how old it already is.
 * Whether it may be stored at all is decided in decide-storing.ts; the TTL of errors in error-caching.ts.
 */
import { MAX_DELTA_SECONDS, parseCacheControl, type CacheControl, type DeltaSeconds } from '../../http/cache-control.ts';
import { fieldLines, fieldValue, type Fields } from '../../http/fields.ts';
import { parseHttpDate } from '../../http/http-date.ts';
import { parseVary } from '../../http/vary.ts';
import {
  MUST_REVALIDATE_FORBIDS_STALE_ON_ERROR,
  NO_CACHE_IS_STORED,
  ORIGIN_AGE_COUNTS,
  ORIGIN_DATE_AGES_RESPONSES,
  TTL_SETTINGS_COUNT_FROM_ARRIVAL,
} from '../../model/assumptions.ts';
import type { Ttls } from '../../model/policies.ts';
import { SECOND, seconds, type Duration, type Instant } from '../../model/units.ts';
import type { Freshness } from './stored-response.ts';

export interface TtlDecision {
  readonly lifetime: Duration;
  /** How the lifetime came about, in seconds and in the settings' names, for people. */
  readonly formula: string;
  /** The origin said so itself: counted from the response's origination, not from its arrival. */
  readonly explicit: boolean;
  /** Why it may not be stored, if so. */
  readonly refusal: 'no-store' | 'no-cache' | 'private' | undefined;
  readonly alwaysRevalidate: boolean;
  readonly unconditional: boolean;
  /** Counted from the end of the lifetime, MaxTTL applied. */
  readonly staleWhileRevalidate: Duration | undefined;
  readonly staleIfError: Duration | undefined;
}

type Lifetime = Pick<TtlDecision, 'lifetime' | 'formula' | 'explicit'>;

/** The lifetime of a response with these fields that arrived at `now`. */
export function decideTtl(ttls: Ttls, fields: Fields, now: Instant): TtlDecision {
  const cacheControl = parseCacheControl(fieldValue(fields, 'cache-control'));
  const forbidden = forbiddenBy(cacheControl);
  // CloudFront: `Vary: *` with MinTTL 0 is stored, yet every request goes to the origin, without conditions.
  const varies = ttls.minTtl === 0 && parseVary(fieldValue(fields, 'vary') ?? '') === '*';
  if (forbidden !== undefined) return forbiddenTtl(ttls, cacheControl, forbidden, varies);
  const lifetime = explicitLifetime(ttls, cacheControl, fields, now) ?? silentLifetime(ttls);
  return {
    ...lifetime,
    refusal: undefined,
    alwaysRevalidate: varies,
    unconditional: varies,
    ...staleWindows(ttls, cacheControl, lifetime.lifetime),
  };
}

/** The strictest of the three that apply to the whole response. A directive that names fields says nothing about the rest. */
function forbiddenBy(cacheControl: CacheControl): 'no-store' | 'no-cache' | 'private' | undefined {
  if (cacheControl.noStore) return 'no-store';
  if (cacheControl.private === true) return 'private';
  return cacheControl.noCache === true ? 'no-cache' : undefined;
}

// CloudFront: MinTTL above 0 outweighs no-store, no-cache and private.
function forbiddenTtl(
  ttls: Ttls,
  cacheControl: CacheControl,
  forbidden: 'no-store' | 'no-cache' | 'private',
  unconditional: boolean,
): TtlDecision {
  const { minTtl } = ttls;
  const isOverruled = minTtl > 0;
  const isStored = isOverruled || (forbidden === 'no-cache' && NO_CACHE_IS_STORED);
  return {
    lifetime: minTtl,
    formula: isOverruled ? `MinTTL ${inSeconds(minTtl)}, despite ${forbidden}` : `0: ${forbidden}, with MinTTL 0`,
    explicit: false,
    refusal: isStored ? undefined : forbidden,
    alwaysRevalidate: !isOverruled,
    unconditional,
    // CloudFront: such a response answers for a failing origin, too, unless stale-if-error=0; it is never stale by choice.
    staleWhileRevalidate: undefined,
    staleIfError: staleWindows(ttls, cacheControl, minTtl).staleIfError,
  };
}

// CloudFront: s-maxage, else max-age, else Expires, within MinTTL and MaxTTL.
function explicitLifetime(ttls: Ttls, cacheControl: CacheControl, fields: Fields, now: Instant): Lifetime | undefined {
  if (cacheControl.sMaxage !== undefined) return bounded(ttls, 's-maxage', delta(cacheControl.sMaxage));
  if (cacheControl.maxAge !== undefined) return bounded(ttls, 'max-age', delta(cacheControl.maxAge));
  // RFC 9111 4.2.1: of a repeated field that must not repeat, the first counts.
  const expires = fieldLines(fields, 'expires')[0];
  if (expires === undefined) return undefined;
  const until = parseHttpDate(expires, now);
  // RFC 9111 5.3: an invalid date, `0` above all, lies in the past.
  if (until === undefined) return bounded(ttls, 'invalid Expires', 0);
  const date = parseHttpDate(fieldLines(fields, 'date')[0] ?? '', now);
  const lifetime = Math.min(Math.max(until - (date ?? now), 0), seconds(MAX_DELTA_SECONDS));
  return bounded(ttls, date === undefined ? 'Expires - now' : 'Expires - Date', lifetime);
}

// CloudFront: DefaultTTL counts where the origin is silent; MaxTTL does not bound it.
function silentLifetime({ minTtl, defaultTtl }: Ttls): Lifetime {
  if (minTtl <= defaultTtl) return { lifetime: defaultTtl, formula: `DefaultTTL ${inSeconds(defaultTtl)}`, explicit: false };
  const formula = `max(MinTTL ${inSeconds(minTtl)}, DefaultTTL ${inSeconds(defaultTtl)}) = ${inSeconds(minTtl)}`;
  return { lifetime: minTtl, formula, explicit: false };
}

function bounded({ minTtl, maxTtl }: Ttls, source: string, asked: Duration): Lifetime {
  const lifetime = Math.min(Math.max(asked, minTtl), maxTtl);
  const inner = minTtl > 0 ? `max(${source} ${inSeconds(asked)}, MinTTL ${inSeconds(minTtl)})` : `${source} ${inSeconds(asked)}`;
  return { lifetime, formula: `min(${inner}, MaxTTL ${inSeconds(maxTtl)}) = ${inSeconds(lifetime)}`, explicit: true };
}

// CloudFront: usable until min(TTL + stale-while-revalidate, MaxTTL); stale-if-error up to min(its value, MaxTTL).
function staleWindows(
  { maxTtl }: Ttls,
  cacheControl: CacheControl,
  lifetime: Duration,
): Pick<TtlDecision, 'staleWhileRevalidate' | 'staleIfError'> {
  const { staleWhileRevalidate, staleIfError } = cacheControl;
  const mustAsk = MUST_REVALIDATE_FORBIDS_STALE_ON_ERROR && cacheControl.mustRevalidate;
  return {
    staleWhileRevalidate:
      typeof staleWhileRevalidate === 'number'
        ? Math.max(0, Math.min(seconds(staleWhileRevalidate), maxTtl - lifetime))
        : undefined,
    staleIfError: mustAsk ? 0 : typeof staleIfError === 'number' ? Math.min(seconds(staleIfError), maxTtl) : undefined,
  };
}

/** RFC 9111 4.2.1: invalid freshness information makes a response stale. */
export function delta(value: DeltaSeconds): Duration {
  return value === 'invalid' ? 0 : seconds(value);
}

/** The inputs of freshness for a response with this TTL. */
export function freshnessOf(
  ttls: Ttls,
  ttl: TtlDecision,
  fields: Fields,
  requestTime: Instant,
  responseTime: Instant,
): Freshness {
  const age = initialAge(fields, requestTime, responseTime);
  return {
    requestTime,
    responseTime,
    initialAge: age,
    lifetime: lifetimeFromAgeZero(ttls.minTtl, ttl, age),
    staleWhileRevalidate: ttl.staleWhileRevalidate,
    staleIfError: ttl.staleIfError,
    alwaysRevalidate: ttl.alwaysRevalidate,
    ...(ttl.unconditional ? { unconditional: true as const } : {}),
  };
}

/** What the operator set holds from arrival, what the origin said from age 0. */
function lifetimeFromAgeZero(minTtl: Duration, ttl: TtlDecision, age: Duration): Duration {
  if (!TTL_SETTINGS_COUNT_FROM_ARRIVAL) return ttl.lifetime;
  if (ttl.explicit) return minTtl > 0 ? Math.max(ttl.lifetime, age + minTtl) : ttl.lifetime;
  return ttl.lifetime > 0 ? age + ttl.lifetime : 0;
}

/** How old a response was when it arrived. RFC 9111 4.2.3: corrected_initial_age. */
export function initialAge(fields: Fields, requestTime: Instant, responseTime: Instant): Duration {
  const responseDelay = Math.max(0, responseTime - requestTime);
  const correctedAge = (ORIGIN_AGE_COUNTS ? ageValue(fields) : 0) + responseDelay;
  if (!ORIGIN_DATE_AGES_RESPONSES) return correctedAge;
  const date = parseHttpDate(fieldLines(fields, 'date')[0] ?? '', responseTime) ?? responseTime;
  return Math.max(correctedAge, responseTime - date);
}

/** RFC 9111 5.1: the first of several members; what is no number of seconds, a negative one too, is ignored. */
export function ageValue(fields: Fields): Duration {
  const first = (fieldLines(fields, 'age')[0] ?? '').split(',')[0] ?? '';
  return /^[0-9]+$/.test(first) ? seconds(Math.min(Number(first), MAX_DELTA_SECONDS)) : 0;
}

/** In seconds, as settings and header fields count. */
export function inSeconds(duration: Duration): number {
  return duration / SECOND;
}
