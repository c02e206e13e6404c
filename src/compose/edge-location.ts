/**
 * Where an edge is, as functions hear it (`cf.edgeLocation`).
 */
import type { EdgeLocation } from '../functions/cloudfront-functions/realm-source.ts';
import type { Settings } from '../tables/settings.ts';

/** Ours: there is no regional edge cache yet; the region is the one that the API answers for. */
const REGION = 'us-east-1';

export function edgeLocationOf({ pops, host }: Pick<Settings, 'pops' | 'host'>): EdgeLocation {
  return { name: pops[0] ?? 'FRA', serverIp: host, region: REGION };
}
