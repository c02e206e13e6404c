/**
 * Soft bans: what a ban names is not forgotten but made stale, from the moment the ban was issued. Ours; an extension that CloudFront
 * does not have. It then answers as any stale response does (decide-reuse.ts): while it is being renewed where the origin allowed that,
 * and in place of an origin that fails. Which bans name a response: invalidation.ts.
 */
import type { Instant } from '../../model/units.ts';
import { currentAge } from './decide-reuse.ts';
import type { StoredResponse } from './stored-response.ts';

/** The response, stale since `bannedAt`. `checked`: the newest ban; it and all before it have now had their effect. */
export function soften(stored: StoredResponse, bannedAt: Instant, checked: number): StoredResponse {
  // Where the origin was being left in peace, it is asked again: somebody says that there is news.
  const { excusedUntil: _, ...freshness } = stored.freshness;
  // RFC 9111 4.2: fresh while the lifetime is greater than the age.
  const lifetime = Math.min(freshness.lifetime, currentAge(freshness, bannedAt));
  return { ...stored, banSequence: checked, freshness: { ...freshness, lifetime } };
}
