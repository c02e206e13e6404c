/**
 * From a snapshot, which travels, to the form the data plane reads, which is fast: hosts in maps, path patterns as functions,
 * policies and legacy ForwardedValues as one recipe. Runs once for each snapshot; nothing here runs per request.
 * Facts 1.4, 2, 3. What a recipe means for a request is decided in core/cache/cache-key.ts and core/origin-request.
 */
import { compileAliases } from './alias.ts';
import { DISABLED_DISTRIBUTIONS_ANSWER } from './assumptions.ts';
import { compileCacheBehavior, type CompiledCacheBehavior } from './compile-cache-behavior.ts';
import type { CustomErrorResponse, Distribution, Origin, OriginGroup } from './distribution.ts';
import type { Snapshot } from './snapshot.ts';

export type { CompiledCacheBehavior } from './compile-cache-behavior.ts';

export interface CompiledSnapshot {
  readonly version: number;
  readonly byId: ReadonlyMap<string, CompiledDistribution>;
  /** Own domain names and aliases, lower case. */
  readonly byHost: ReadonlyMap<string, CompiledDistribution>;
  /** Wildcard aliases without their `*`: `.example.com`, lower case. */
  readonly byHostSuffix: ReadonlyMap<string, CompiledDistribution>;
}

export interface CompiledDistribution {
  readonly source: Distribution;
  /** In matching order; the default cache behavior is last and matches every path. */
  readonly behaviors: readonly [...CompiledCacheBehavior[], CompiledCacheBehavior];
  /** What `/` is rewritten to: `/` and the default root object, or `/`. */
  readonly rootPath: string;
  /** The cache behavior of a request for `/`. */
  readonly rootBehavior: CompiledCacheBehavior;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly originGroups: ReadonlyMap<string, OriginGroup>;
  readonly customErrors: ReadonlyMap<number, CustomErrorResponse>;
  readonly semantics: CacheSemantics;
  readonly debugHeaders: boolean;
}

/** Design 4: CloudFront's rules, or RFC 9111, 9110, 5861, 9211 and 9213 to the letter. */
export type CacheSemantics = 'cloudfront' | 'rfc9111';
