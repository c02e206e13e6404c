/**
 * Failures that the edge makes errors of itself, kept like the origin's own so that a dead origin is not asked at full rate. For how long is
 * decided in core/cache/error-caching.ts; whether for others at all, by the guard (guarding.ts).
 */
import { cacheRules } from '../../core/cache/cache-rules.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { Instant } from '../../model/units.ts';
import type { Clock, OriginFailure } from '../ports.ts';
import type { Store } from '../store-ports.ts';
import type { Kept } from '../tiers/next-tier.ts';
import type { FillWork } from './fills.ts';
import type { Keeping } from './keeping.ts';

/** Undefined where nothing is remembered. */
export type RememberFailure = (
  work: FillWork,
  failure: OriginFailure,
  requestTime: Instant,
  banSequence: number,
) => Promise<Kept | undefined>;

export interface FailurePorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly store: Store;
  readonly keeping: Keeping;
}

/** CloudFront: errors it generates itself are cached like the origin's (facts 4.4). */
export function createRememberFailure({ clock, store, keeping }: FailurePorts): RememberFailure {
  return async function rememberFailure(
    work: FillWork,
    failure: OriginFailure,
    requestTime: Instant,
    banSequence: number,
  ): Promise<Kept | undefined> {
    // That there was no room says nothing of the origin.
    if (failure.detail === 'CapacityExceeded' || failure.detail === 'LambdaLimitExceeded') return undefined;
    const { behavior, distribution, request } = work.visit;
    const head = { status: failure.status, fields: [], bodyLength: 0 };
    const decision = cacheRules(distribution).decideStoring({
      request,
      method: work.method,
      head,
      behavior,
      distribution,
      requestTime,
      responseTime: clock.now(),
    });
    if (decision.kind !== 'store') return undefined;
    const { freshness } = decision;
    if (await keeping.isSuperseded(work.key, { method: work.method, banSequence, freshness })) return undefined;
    const response: StoredResponse = {
      key: work.key,
      distributionId: distribution.source.id,
      uri: work.uri,
      method: work.method === 'HEAD' ? 'GET' : work.method,
      status: failure.status,
      fields: [],
      bodyLength: 0,
      freshness,
      tags: [],
      banSequence,
      failure: failure.detail,
      ...(failure.whileConnecting ? {} : work.guard?.noteOn(failure.status)),
    };
    const remembered = { response, body: new Uint8Array(0), bansChecked: banSequence };
    store.put(remembered);
    return remembered;
  };
}
