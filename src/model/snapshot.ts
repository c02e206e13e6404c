/**
 * What the control plane sends to an edge: everything it needs to serve, as one immutable, versioned message of plain JSON.
 * An edge applies a snapshot whole or not at all; compile.ts turns it into the form the core reads.
 */
import type { Distribution } from './distribution.ts';
import type { EdgeFunction } from './edge-function.ts';
import type { LambdaVersion } from './lambda-version.ts';
import type { Instant } from './units.ts';
import type { WafConfiguration } from './web-acl.ts';

export interface Snapshot {
  /** Grows with every publication of this control plane; an edge never applies an older one over a newer one. */
  readonly version: number;
  readonly distributions: readonly Distribution[];
  /** Those that cache behaviors name. */
  readonly functions?: readonly EdgeFunction[];
  /** Absent where no distribution has a web ACL. */
  readonly waf?: WafConfiguration;
  /** Versions of Lambda functions that they name. */
  readonly lambdas?: readonly LambdaVersion[];
}

/** Forget stored responses that were asked for before this ban was applied; a soft one only makes them stale. */
export interface Ban {
  /** Grows by one with every ban of this control plane; gaps do not occur. */
  readonly sequence: number;
  readonly distributionId: string;
  /** The invalidation that caused it. */
  readonly invalidationId: string;
  readonly issuedAt: Instant;
  /** `/path`, `/path?query`, `/prefix*`, or `#tag`. At least one. */
  readonly items: readonly string[];
  /** What matches stays, stale: it may cover for the origin, and is fresh again only when the origin has confirmed it. */
  readonly soft?: true;
}
