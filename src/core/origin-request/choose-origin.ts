/**
 * Which origin is asked? Facts 8.2: the cache behavior names an origin or an origin group of two.
 * Whether the first one's answer means failover is decided when it has answered; no state is kept between requests.
 */
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Origin } from '../../model/distribution.ts';
import { decideLookup } from '../cache/decide-lookup.ts';

export interface ChosenOrigin {
  readonly primary: Origin;
  /** Asked when the primary fails; undefined when there is none for this request. */
  readonly secondary: Origin | undefined;
  /** Statuses of the primary that mean failure; 503 also stands for "cannot connect", 504 for "timed out". */
  readonly failoverOn: readonly number[];
}

/** Throws when the distribution contradicts itself, which the control plane rules out. */
export function chooseOrigin(
  distribution: Pick<CompiledDistribution, 'source' | 'origins' | 'originGroups'>,
  behavior: Pick<CompiledCacheBehavior, 'source' | 'cachesOptions'>,
  method: string,
): ChosenOrigin {
  const target = behavior.source.targetOriginId;
  const group = distribution.originGroups.get(target);
  if (group === undefined) return { primary: originOf(distribution, target), secondary: undefined, failoverOn: [] };
  const primary = originOf(distribution, group.primaryOriginId);
  if (!mayFailOver(behavior, method)) return { primary, secondary: undefined, failoverOn: [] };
  return { primary, secondary: originOf(distribution, group.secondaryOriginId), failoverOn: group.failoverStatusCodes };
}

/** CloudFront: only GET, HEAD and a cached OPTIONS fail over; whatever may change something at the origin is sent once. */
export function mayFailOver({ cachesOptions }: Pick<CompiledCacheBehavior, 'cachesOptions'>, method: string): boolean {
  return decideLookup({ cachingDisabled: false, cachesOptions }, { method }).kind === 'lookup';
}

function originOf(distribution: Pick<CompiledDistribution, 'source' | 'origins'>, id: string): Origin {
  const origin = distribution.origins.get(id);
  if (origin === undefined) throw new Error(`distribution ${distribution.source.id} has no origin "${id}"`);
  return origin;
}
