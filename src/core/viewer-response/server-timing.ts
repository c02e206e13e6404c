/**
 * Server-Timing, as a response headers policy asks for it: what the cache did and how long the parts took. Facts 11.5.
 * Read off the Outcome; how the times were taken: adapters/origin for the origin's, edge/finish.ts for the viewer's.
 */
import { fieldValue, type Fields } from '../../http/fields.ts';
import { listMembers } from '../../http/token.ts';
import type { Duration } from '../../model/units.ts';
import type { Outcome } from '../outcome.ts';
import type { ViewerRequest } from '../request.ts';

/** Does this response carry it? `draw` is a random number from 0 to 1, 1 excluded. */
export function isTimed(share: number, request: Pick<ViewerRequest, 'fields'>, draw: number): boolean {
  if (draw < share) return true;
  // CloudFront: a viewer may ask for it, even where the rate is 0.
  const pragma = fieldValue(request.fields, 'pragma');
  return pragma !== undefined && listMembers(pragma).some((directive) => directive.toLowerCase() === 'server-timing');
}

export interface ServerTimingInput {
  readonly outcome: Outcome;
  readonly popName: string;
  /** From the request's arrival to the beginning of the answer. */
  readonly timeToFirstByte: Duration;
  /** The response's fields so far. */
  readonly fields: Fields;
}

/** CloudFront: the tiers of its caches, as the metrics call them. This edge is one tier. */
const EDGE_LAYER = 'EDGE';

/** The field's value, with CloudFront's commas, which no space follows. */
export function serverTiming({ outcome, popName, timeToFirstByte, fields }: ServerTimingInput): string {
  const metrics = [
    ...upstream(outcome),
    ...cacheMetric(outcome),
    described('cdn-pop', popName),
    described('cdn-rid', outcome.requestId),
    ...(isHit(outcome) ? [described('cdn-hit-layer', EDGE_LAYER)] : []),
    timed('cdn-downstream-fbl', timeToFirstByte),
  ];
  // CloudFront: what the origin measured is kept on a miss; on a hit it would tell of another request.
  const origins = outcome.cache.kind === 'miss' ? fieldValue(fields, 'server-timing') : undefined;
  return (origins === undefined ? metrics : [...metrics, origins]).join(',');
}

function upstream({ cache, originTiming }: Outcome): readonly string[] {
  if (cache.kind !== 'miss' && cache.kind !== 'revalidated') return [];
  const layer = described('cdn-upstream-layer', EDGE_LAYER);
  if (originTiming === undefined) return [layer];
  return [
    layer,
    timed('cdn-upstream-dns', originTiming.dns),
    timed('cdn-upstream-connect', originTiming.connect),
    timed('cdn-upstream-fbl', originTiming.firstByte),
  ];
}

function cacheMetric(outcome: Outcome): readonly string[] {
  if (isHit(outcome)) return ['cdn-cache-hit'];
  if (outcome.cache.kind === 'revalidated') return ['cdn-cache-refresh'];
  return outcome.cache.kind === 'miss' ? ['cdn-cache-miss'] : [];
}

function isHit({ cache }: Outcome): boolean {
  return cache.kind === 'hit' || cache.kind === 'hit-stale' || cache.kind === 'collapsed';
}

function described(name: string, value: string): string {
  return `${name};desc="${value}"`;
}

function timed(name: string, duration: Duration): string {
  return `${name};dur=${Math.round(duration)}`;
}
