/**
 * How long is a response fresh, and how old did it arrive? RFC 9111 4.2.1 to 4.2.3, for a shared cache; 5861 for the time after.
 * Whether it may be stored is decided in decide-storing.ts. The settings MinTTL, DefaultTTL and MaxTTL mean nothing here.
 */
import { fieldLines, type Fields } from '../../../http/fields.ts';
import { parseHttpDate, parseHttpDateInAnyCase } from '../../../http/http-date.ts';
import { DAY, seconds, type Duration, type Instant } from '../../../model/units.ts';
import { MAX_DELTA_SECONDS } from '../../../http/cache-control.ts';
import type { Freshness } from '../stored-response.ts';
import { ageValue, delta } from '../ttl.ts';
import type { ResponseDirectives } from './response-directives.ts';

export interface ResponseLifetime {
  readonly lifetime: Duration;
  /** How it came about, for people. */
  readonly formula: string;
  /** The origin gave an expiration time itself. */
  readonly isExplicit: boolean;
}

/** RFC 9110 15.1: the statuses that are heuristically cacheable. */
const HEURISTICALLY_CACHEABLE: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

/** RFC 9111 4.2.2: "a typical setting of this fraction might be 10%". */
const HEURISTIC_FRACTION = 0.1;
/** Ours: nobody promised anything, so what was not changed for a year is still asked after once a day. */
const LONGEST_HEURISTIC: Duration = DAY;

export function responseLifetime(
  { control, isTargeted }: ResponseDirectives,
  status: number,
  fields: Fields,
  responseTime: Instant,
): ResponseLifetime {
  // RFC 9111 4.2.1: the first match of s-maxage (in a shared cache), max-age, Expires minus Date.
  if (control.sMaxage !== undefined) return explicit('s-maxage', delta(control.sMaxage));
  if (control.maxAge !== undefined) return explicit('max-age', delta(control.maxAge));
  const date = dateOf(fields, responseTime) ?? responseTime;
  const expires = isTargeted ? undefined : fieldLines(fields, 'expires')[0];
  if (expires !== undefined) {
    // RFC 9111 4.2: dates are matched case-insensitively; 5.3: an invalid one, "0" above all, lies in the past.
    const until = parseHttpDateInAnyCase(expires, responseTime);
    if (until === undefined) return explicit('invalid Expires', 0);
    return explicit('Expires - Date', Math.min(Math.max(until - date, 0), seconds(MAX_DELTA_SECONDS)));
  }
  // RFC 9111 4.2.2: no heuristics unless the status is heuristically cacheable or the response is explicitly cacheable.
  if (!isHeuristicallyCacheable(status) && !control.public) return { lifetime: 0, formula: 'no freshness', isExplicit: false };
  const modified = parseHttpDateInAnyCase(fieldLines(fields, 'last-modified')[0] ?? '', responseTime);
  if (modified === undefined || modified > date) return { lifetime: 0, formula: 'no freshness', isExplicit: false };
  const lifetime = Math.min((date - modified) * HEURISTIC_FRACTION, LONGEST_HEURISTIC);
  return { lifetime, formula: 'a tenth of (Date - Last-Modified), at most a day', isExplicit: false };
}

export function isHeuristicallyCacheable(status: number): boolean {
  return HEURISTICALLY_CACHEABLE.has(status);
}

function explicit(formula: string, lifetime: Duration): ResponseLifetime {
  return { lifetime, formula, isExplicit: true };
}

function dateOf(fields: Fields, now: Instant): Instant | undefined {
  return parseHttpDate(fieldLines(fields, 'date')[0] ?? '', now);
}

/** RFC 9111 4.2.3: corrected_initial_age. */
export function correctedInitialAge(fields: Fields, requestTime: Instant, responseTime: Instant): Duration {
  const apparentAge = Math.max(0, responseTime - (dateOf(fields, responseTime) ?? responseTime));
  const responseDelay = Math.max(0, responseTime - requestTime);
  return Math.max(apparentAge, ageValue(fields) + responseDelay);
}

/** The inputs of freshness for a response that is stored. */
export function freshnessInputs(
  { control }: ResponseDirectives,
  { lifetime }: ResponseLifetime,
  fields: Fields,
  requestTime: Instant,
  responseTime: Instant,
): Freshness {
  // RFC 9111 4.2.4, 5.2.2.2, 5.2.2.8, 5.2.2.10: none of these is ever reused stale; s-maxage implies proxy-revalidate.
  const isNeverStale = control.mustRevalidate || control.proxyRevalidate || control.sMaxage !== undefined;
  const { staleWhileRevalidate, staleIfError } = control;
  return {
    requestTime,
    responseTime,
    initialAge: correctedInitialAge(fields, requestTime, responseTime),
    lifetime,
    staleWhileRevalidate: !isNeverStale && typeof staleWhileRevalidate === 'number' ? seconds(staleWhileRevalidate) : undefined,
    staleIfError: !isNeverStale && typeof staleIfError === 'number' ? seconds(staleIfError) : undefined,
    // RFC 9111 5.2.2.4: unqualified, no-cache asks for a validation before every reuse.
    alwaysRevalidate: control.noCache === true,
    ...(isNeverStale ? { neverStale: true as const } : {}),
  };
}
