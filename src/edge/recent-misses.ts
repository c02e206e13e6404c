/**
 * The last miss under each of the keys missed most recently, so that an explanation can say why nothing was stored though the origin has
 * answered. Read off the Outcome on its way to the access log; hits leave no trace here and pay nothing.
 */
import type { RememberedMiss } from '../core/inspection.ts';
import type { AccessLog } from './ports.ts';

/** Ours: a few hundred kilobytes at most. */
const MOST_KEYS = 500;
const LONGEST_KEY = 1024;

export interface RecentMisses {
  /** The log, read along. */
  readonly log: AccessLog;
  get(key: string): RememberedMiss | undefined;
  /** A miss of another cache's viewer, which that cache logs. */
  remember(key: string, miss: RememberedMiss): void;
}

export function createRecentMisses(log: AccessLog): RecentMisses {
  const misses = new Map<string, RememberedMiss>();

  function remember(key: string, miss: RememberedMiss): void {
    if (key.length > LONGEST_KEY) return;
    misses.delete(key);
    misses.set(key, miss);
    if (misses.size <= MOST_KEYS) return;
    const [oldest] = misses.keys();
    if (oldest !== undefined) misses.delete(oldest);
  }

  return {
    log: {
      write(request, outcome, delivery) {
        const { cacheKey: key, cache, receivedAt: at, status } = outcome;
        if (cache.kind === 'miss' && key !== undefined) remember(key, { at, status, cache });
        log.write(request, outcome, delivery);
      },
    },
    get: (key) => misses.get(key),
    remember,
  };
}
