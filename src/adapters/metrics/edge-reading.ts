/** What the edge, its store and its access log say of themselves, as a reading: looked up when asked for, counted by nobody here. */
import type { StoreStats } from '../../edge/store-ports.ts';
import type { Instant } from '../../model/units.ts';
import type { MetricsReading, Sample } from '../../tables/metrics.ts';

export interface ReadableEdge {
  readonly snapshotVersion: number;
  readonly snapshotAppliedAt: Instant | undefined;
  readonly distributions: number;
  readonly newestBan: number;
  readonly bansInForce: number;
  readonly fetchesUnderWay: number;
  readonly viewersWaiting: number;
}

export interface EdgeSources {
  readonly edge: ReadableEdge;
  readonly store: { readonly stats: StoreStats };
  readonly accessLog: { readonly dropped: number };
  readonly version: string;
}

export function readEdge({ edge, store, accessLog, version }: EdgeSources): MetricsReading {
  const { tiers } = store.stats;
  const { snapshotAppliedAt } = edge;
  return {
    warmfront_build_info: [{ labels: [version, Bun.version], value: 1 }],
    warmfront_cache_objects: tiers.map(({ tier, objects }) => ({ labels: [tier], value: objects })),
    warmfront_cache_bytes: tiers.map(({ tier, bytes }) => ({ labels: [tier], value: bytes })),
    warmfront_cache_capacity_bytes: tiers.map(({ tier, capacity }) => ({ labels: [tier], value: capacity })),
    warmfront_cache_evictions_total: tiers.map(({ tier, evictions }) => ({ labels: [tier], value: evictions })),
    warmfront_cache_bans: one(edge.bansInForce),
    warmfront_cache_newest_ban: one(edge.newestBan),
    warmfront_cache_fetches: one(edge.fetchesUnderWay),
    warmfront_cache_waiting_viewers: one(edge.viewersWaiting),
    warmfront_snapshot_version: one(edge.snapshotVersion),
    warmfront_snapshot_applied_timestamp_seconds: snapshotAppliedAt === undefined ? [] : one(snapshotAppliedAt / 1000),
    warmfront_distributions: one(edge.distributions),
    warmfront_access_log_dropped_lines_total: one(accessLog.dropped),
  };
}

function one(value: number): readonly Sample[] {
  return [{ labels: [], value }];
}
