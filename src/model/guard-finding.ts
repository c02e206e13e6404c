/**
 * Findings of the leak and poison guard as they travel and are told: one response that was about to be shared, and the request that proves it.
 * Plain JSON; secrets are left out (core/guard/tell-finding.ts). Rules: src/tables/guard-rules.ts.
 */
import type { GuardRule } from '../tables/guard-rules.ts';
import type { Bytes, Instant } from './units.ts';

export interface GuardFinding {
  readonly at: Instant;
  readonly requestId: string;
  readonly distributionId: string;
  /** Of the cache behavior. */
  readonly pathPattern: string;
  readonly rule: GuardRule;
  readonly certainty: 'certain' | 'likely';
  /** `refused`: it went to its viewer alone. `shared`: it was stored or shared all the same. */
  readonly action: 'refused' | 'shared';
  readonly method: string;
  /** As the viewer asked, without what looks secret. */
  readonly url: string;
  readonly status: number;
  readonly input?: GuardInput | undefined;
  /** A response field's name, `body`, `path` or `status`. */
  readonly seenIn?: string | undefined;
  readonly offset?: Bytes | undefined;
  readonly because: string;
}

export interface GuardInput {
  readonly kind: 'header' | 'cookie' | 'query' | 'host';
  readonly name: string;
  /** Cut when long; undefined where it may be a secret. */
  readonly value?: string | undefined;
  readonly length: Bytes;
}

/** The same finding again and again: what is kept of it. */
export interface FindingGroup {
  /** The newest one that was kept. */
  readonly latest: GuardFinding;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly count: number;
}
