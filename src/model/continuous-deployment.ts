/**
 * How a primary distribution shares its viewers with its staging distribution: facts 10.6. A continuous deployment policy, resolved
 * into the primary; present only while the policy is enabled. Plain JSON values, as everything in distribution.ts.
 */
import type { Duration } from './units.ts';

export interface ContinuousDeployment {
  /** Changes whenever the policy does: sessions begun under another version are over. */
  readonly version: string;
  readonly stagingDistributionId: string;
  readonly traffic: DeploymentTraffic;
}

export type DeploymentTraffic =
  /** Every request with this field. The name in lower case; the value as sent. */
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  /** This share of all requests, or of all sessions. 0 to 0.15. */
  | { readonly kind: 'weight'; readonly weight: number; readonly stickiness: SessionStickiness | undefined };

export interface SessionStickiness {
  /** A session ends when nothing has been asked for that long... */
  readonly idleTtl: Duration;
  /** ...and after that long in any case. */
  readonly maximumTtl: Duration;
}
