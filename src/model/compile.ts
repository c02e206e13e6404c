/**
 * From a snapshot, which travels, to the form the data plane reads, which is fast: hosts in maps, path patterns as functions,
 * policies and legacy ForwardedValues as one recipe (compile-cache-behavior.ts). Runs once for each snapshot, never per request.
 * Facts 1.4, 2 and 3; the tags are those of docs/guides/cache-semantics.md. That a distribution makes sense is settled before, in the control plane.
 */
import { GUARD_MODES, type GuardMode } from '../tables/guard-rules.ts';
import { FLOOD_MODES, type FloodMode } from '../tables/flood.ts';
import { UNSERVED_SETTINGS } from '../tables/unserved-settings.ts';
import { hostTable, type HostTable } from './alias.ts';
import { DISABLED_DISTRIBUTIONS_ANSWER, ROOT_PATTERN_WINS } from './assumptions.ts';
import { compileCacheBehavior, type CompiledCacheBehavior, type FunctionLookup } from './compile-cache-behavior.ts';
import type { ContinuousDeployment } from './continuous-deployment.ts';
import type { CacheBehavior, CustomErrorResponse, Distribution, GeoRestriction, Origin, OriginGroup } from './distribution.ts';
import type { EdgeFunction } from './edge-function.ts';
import type { LambdaVersion } from './lambda-version.ts';
import { asPlainProxy } from './plain-proxy.ts';
import type { Snapshot } from './snapshot.ts';
import { compileTlsTerms, speaksHttp3, type TlsTerms } from './tls-terms.ts';

export type { CompiledCacheBehavior } from './compile-cache-behavior.ts';

export interface CompiledSnapshot extends HostTable<CompiledDistribution> {
  readonly version: number;
  /** All of them, also those that answer to no host. */
  readonly byId: ReadonlyMap<string, CompiledDistribution>;
  readonly functions: readonly EdgeFunction[];
  readonly lambdas: readonly LambdaVersion[];
}

export interface CompiledDistribution {
  readonly source: Distribution;
  /** In matching order; the default cache behavior is last. */
  readonly behaviors: readonly CompiledCacheBehavior[];
  readonly defaultBehavior: CompiledCacheBehavior;
  /** What `/` is rewritten to: `/` and the default root object, or `/`. */
  readonly rootPath: string;
  /** The cache behavior of a request for `/`. */
  readonly rootBehavior: CompiledCacheBehavior;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly originGroups: ReadonlyMap<string, OriginGroup>;
  readonly customErrors: ReadonlyMap<number, CustomErrorResponse>;
  /** Undefined: viewers of every country are answered. */
  readonly geoRestriction: CompiledGeoRestriction | undefined;
  readonly semantics: CacheSemantics;
  /** What becomes of responses that leak or poison. */
  readonly guard: GuardMode;
  /** What becomes of requests while far more come than usual. */
  readonly floods: FloodMode;
  /** What its viewers' TLS connections have to agree on. */
  readonly tls: TlsTerms;
  readonly http3: boolean;
  /** Answers carry Cache-Status (RFC 9211). */
  readonly debugHeaders: boolean;
  /** The staging distribution that takes its share of the viewers, and how it gets it. */
  readonly deployment: CompiledDeployment | undefined;
}

export interface CompiledGeoRestriction {
  readonly kind: 'whitelist' | 'blacklist';
  readonly countries: ReadonlySet<string>;
}

export interface CompiledDeployment extends Pick<ContinuousDeployment, 'traffic' | 'version'> {
  readonly staging: CompiledDistribution;
}

/** Ours: CloudFront's rules, or RFC 9111, 9110, 5861, 9211 and 9213 to the letter. */
export type CacheSemantics = 'cloudfront' | 'rfc9111';

/** For distributions whose tags do not say. */
export interface CompileDefaults {
  readonly semantics?: CacheSemantics | undefined;
  readonly guard?: GuardMode | undefined;
  readonly floods?: FloodMode | undefined;
}

export function compile(snapshot: Snapshot, defaults: CompileDefaults = {}): CompiledSnapshot {
  const { functions = [], lambdas = [] } = snapshot;
  const functionsByArn = new Map(functions.map((one) => [one.arn, one]));
  const lambdasByArn = new Map(lambdas.map((one) => [one.arn, one]));
  const lookup = { function: (arn: string) => functionsByArn.get(arn), lambda: (arn: string) => lambdasByArn.get(arn) };
  const alone = new Map(snapshot.distributions.map((source) => [source.id, compileDistribution(source, defaults, lookup)]));
  const distributions = [...alone.values()].map((compiled) => withDeployment(compiled, alone));
  const hosts = distributions.flatMap((compiled) => hostNames(compiled.source).map((name) => [name, compiled] as const));
  return {
    version: snapshot.version,
    byId: new Map(distributions.map((compiled) => [compiled.source.id, compiled])),
    functions,
    lambdas,
    ...hostTable(hosts),
  };
}

/** CloudFront: while the staging distribution is disabled, the primary answers everything. */
function withDeployment(compiled: CompiledDistribution, all: ReadonlyMap<string, CompiledDistribution>): CompiledDistribution {
  const { continuousDeployment } = compiled.source;
  if (continuousDeployment === undefined) return compiled;
  const { traffic, version, stagingDistributionId } = continuousDeployment;
  const staging = all.get(stagingDistributionId);
  if (staging === undefined || !staging.source.staging || !staging.source.enabled) return compiled;
  return { ...compiled, deployment: { staging, traffic, version } };
}

export function compileDistribution(
  source: Distribution,
  defaults: CompileDefaults = {},
  functions?: FunctionLookup,
): CompiledDistribution {
  const semantics = semanticsTag(source) ?? defaults.semantics ?? 'cloudfront';
  const compileBehavior =
    semantics === 'rfc9111'
      ? (it: CacheBehavior) => asPlainProxy(compileCacheBehavior(it, functions))
      : (it: CacheBehavior) => compileCacheBehavior(it, functions);
  const defaultBehavior = compileBehavior(source.defaultCacheBehavior);
  const behaviors = [...source.cacheBehaviors.map((it) => compileBehavior(it)), defaultBehavior];
  const rootPath = `/${source.defaultRootObject}`;
  const rootPattern = behaviors.find((behavior) => behavior.source.pathPattern === '/');
  return {
    source,
    behaviors,
    defaultBehavior,
    rootPath,
    rootBehavior:
      (ROOT_PATTERN_WINS ? rootPattern : undefined) ??
      behaviors.find((behavior) => behavior.matches(rootPath)) ??
      defaultBehavior,
    origins: new Map(source.origins.map((origin) => [origin.id, origin])),
    originGroups: new Map(source.originGroups.map((group) => [group.id, group])),
    customErrors: new Map(source.customErrorResponses.map((response) => [response.errorCode, response])),
    geoRestriction: compileGeoRestriction(source.geoRestriction),
    semantics,
    guard: guardTag(source) ?? defaults.guard ?? GUARD_MODES[0],
    floods: floodsTag(source) ?? defaults.floods ?? FLOOD_MODES[0],
    tls: compileTlsTerms(source),
    http3: speaksHttp3(source),
    // Ours: with RFC 9111 comes RFC 9211.
    debugHeaders: semantics === 'rfc9111' || source.tags['warmfront:debug-headers'] === 'on',
    deployment: undefined,
  };
}

function compileGeoRestriction(restriction: GeoRestriction): CompiledGeoRestriction | undefined {
  if (restriction.kind === 'none') return undefined;
  return { kind: restriction.kind, countries: new Set(restriction.countries) };
}

/** What this distribution asks for that the data plane does not do yet, one sentence each, so that nothing is ignored in silence. */
export function warnings(distribution: Distribution): readonly string[] {
  const unserved = UNSERVED_SETTINGS.filter((row) => row.present(distribution)).map((row) => `${row.setting}: ${row.message}`);
  const guard = distribution.tags['warmfront:guard'];
  if (guard === undefined || guardTag(distribution) !== undefined) return unserved;
  return [...unserved, `the tag warmfront:guard is "${guard}"; it takes ${GUARD_MODES.join(', ')}, and what --guard says holds`];
}

function hostNames(distribution: Distribution): readonly string[] {
  if (!distribution.enabled && !DISABLED_DISTRIBUTIONS_ANSWER) return [];
  // CloudFront: viewers reach a staging distribution only through its primary (facts 10.6).
  if (distribution.staging) return [];
  return [distribution.domainName, ...distribution.aliases];
}

function semanticsTag(distribution: Distribution): CacheSemantics | undefined {
  const tag = distribution.tags['warmfront:cache-semantics'];
  return tag === 'cloudfront' || tag === 'rfc9111' ? tag : undefined;
}

function guardTag(distribution: Distribution): GuardMode | undefined {
  return GUARD_MODES.find((mode) => mode === distribution.tags['warmfront:guard']);
}

function floodsTag(distribution: Distribution): FloodMode | undefined {
  return FLOOD_MODES.find((mode) => mode === distribution.tags['warmfront:floods']);
}
