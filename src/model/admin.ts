/**
 * What the control plane says about itself under /_warmfront/: the words shared by control/admin, which answers, and cli, which asks.
 * Plain JSON values. How they are served: src/control/admin/admin-api.ts.
 */
import type { Bytes, Duration, Instant } from './units.ts';

export interface Listener {
  /** What it serves: `viewers`, `api`. */
  readonly serves: string;
  /** `http`, `https`, `h3`. */
  readonly protocol: string;
  readonly url: string;
}

export interface EdgeState {
  readonly id: string;
  /** The newest snapshot and ban that this edge has applied. */
  readonly snapshotVersion: number;
  readonly banSequence: number;
}

export interface Health {
  /** True when everything listens. */
  readonly ready: boolean;
  readonly version: string;
  readonly listeners: readonly Listener[];
  /** The newest snapshot published. */
  readonly snapshotVersion: number;
  readonly edges: readonly EdgeState[];
}

export interface DistributionState {
  readonly id: string;
  readonly domainName: string;
  readonly aliases: readonly string[];
  readonly enabled: boolean;
  readonly status: 'InProgress' | 'Deployed';
  /** Settings that are configured and not served yet, as sentences. */
  readonly warnings: readonly string[];
}

export interface StoreState {
  readonly objects: number;
  readonly bytes: Bytes;
  readonly capacity: Bytes;
}

export interface Status {
  readonly distributions: readonly DistributionState[];
  readonly store: StoreState;
  /** Bans in force. */
  readonly bans: number;
}

export interface CertificateState {
  readonly arn: string;
  readonly names: readonly string[];
  /** `imported`, or the authority that issues it. */
  readonly source: string;
  /** ACM's word. */
  readonly status: string;
  /** Undefined until it is issued. */
  readonly notAfter: Instant | undefined;
  /** ARNs of distributions. */
  readonly usedBy: readonly string[];
  /** It expires within the days that PutAccountConfiguration named. */
  readonly isNearEnd: boolean;
  readonly renewsItself: boolean;
  /** What the last attempt to issue or renew it met, as a sentence. */
  readonly problem: string | undefined;
  readonly nextAttempt: Instant | undefined;
}

export interface PurgeRequest {
  /** A distribution's id, domain name or alias. */
  readonly distribution: string;
  readonly paths: readonly string[];
  /** Make stale instead of forgetting; false when absent. */
  readonly soft?: boolean;
}

/** Proof of a purge: every edge with the time at which it stopped using older objects. */
export interface PurgeReceipt {
  readonly distributionId: string;
  readonly invalidationId: string;
  readonly paths: readonly string[];
  readonly soft: boolean;
  readonly issuedAt: Instant;
  readonly edges: readonly { readonly id: string; readonly acknowledgedAt: Instant; readonly took: Duration }[];
}

/** What a reload has done: new workers in place of all, and what was not taken over of changed settings. */
export interface ReloadReceipt {
  readonly edges: readonly string[];
  readonly took: Duration;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/** A refusal, as JSON: what, and what to do. */
export interface Refusal {
  readonly error: { readonly code: string; readonly message: string };
}

/** The addresses of this CDN, in the form of AWS's ip-ranges.json. */
export interface IpRanges {
  /** When the list came to be: epoch seconds. */
  readonly syncToken: string;
  /** `2026-01-02-03-04-05` */
  readonly createDate: string;
  readonly prefixes: readonly (IpRange & { readonly ip_prefix: string })[];
  readonly ipv6_prefixes: readonly (IpRange & { readonly ipv6_prefix: string })[];
}

export interface IpRange {
  readonly region: 'GLOBAL';
  readonly service: 'CLOUDFRONT' | 'CLOUDFRONT_ORIGIN_FACING';
  readonly network_border_group: 'GLOBAL';
}
