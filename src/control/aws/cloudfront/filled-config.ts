/**
 * The types of a configuration that has been checked and filled in: what the SDK calls optional-or-undefined is here either
 * present or absent, and what defaults.ts always emits is always present. Types alone; the SDK is no run-time dependency.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';

/** The service as its own SDK types it. */
export type CloudFrontSdk = typeof Sdk;

/** T without `undefined` as a value, all the way down: required members are there, optional ones are there or absent. */
export type Defined<T> = T extends readonly (infer Item)[]
  ? Defined<Item>[]
  : T extends Date | Uint8Array
    ? T
    : T extends object
      ? { [K in keyof T]: Defined<Exclude<T[K], undefined>> }
      : T;

type Filled<T, K extends keyof T> = Omit<T, K> & Required<Pick<T, K>>;

/** An AWS list with its count. */
export interface Counted<T> {
  readonly Quantity: number;
  readonly Items?: readonly T[];
}

/** What CloudFront calls legacy and still serves: the forwarding of a behavior without a cache policy. */
export interface LegacySettings {
  ForwardedValues?: Defined<Sdk.ForwardedValues>;
  MinTTL?: number;
  DefaultTTL?: number;
  MaxTTL?: number;
}

/** The older form of ACMCertificateArn and IAMCertificateId, which CloudFront still emits beside them. */
interface LegacyCertificate {
  Certificate?: string;
  CertificateSource?: Sdk.CertificateSource;
}

type Behavior = Omit<Defined<Sdk.DefaultCacheBehavior>, keyof LegacySettings> & LegacySettings;
type PathBehavior = Behavior & { PathPattern: string };

export type CheckedCertificate = Omit<Defined<Sdk.ViewerCertificate>, keyof LegacyCertificate> & LegacyCertificate;
export type CheckedOrigin = Defined<Sdk.Origin>;
/** The default behavior, or one with a path pattern. */
export type CheckedBehavior = Behavior & { readonly PathPattern?: string };
export type CheckedConfig = Omit<
  Defined<Sdk.DistributionConfig>,
  'DefaultCacheBehavior' | 'CacheBehaviors' | 'ViewerCertificate'
> & {
  DefaultCacheBehavior: Behavior;
  CacheBehaviors?: { Quantity: number; Items?: PathBehavior[] };
  ViewerCertificate?: CheckedCertificate;
};

export type FilledOrigin = Filled<
  CheckedOrigin,
  | 'OriginPath'
  | 'CustomHeaders'
  | 'ConnectionAttempts'
  | 'ConnectionTimeout'
  | 'ResponseCompletionTimeout'
  | 'OriginShield'
  | 'OriginAccessControlId'
>;

type FilledMethods = Filled<Defined<Sdk.AllowedMethods>, 'CachedMethods'>;

type FilledBehaviorOf<T extends Behavior> = Omit<
  Filled<
    T,
    | 'TrustedSigners'
    | 'TrustedKeyGroups'
    | 'SmoothStreaming'
    | 'Compress'
    | 'LambdaFunctionAssociations'
    | 'FunctionAssociations'
    | 'FieldLevelEncryptionId'
    | 'GrpcConfig'
  >,
  'AllowedMethods'
> & { AllowedMethods: FilledMethods };

export type FilledDefaultBehavior = FilledBehaviorOf<Behavior>;
export type FilledPathBehavior = FilledBehaviorOf<PathBehavior>;
/** A cache behavior, the default one or one with a path pattern. */
export type FilledBehavior = FilledDefaultBehavior & { readonly PathPattern?: string };

export type FilledConfig = Omit<
  Filled<
    CheckedConfig,
    | 'Aliases'
    | 'DefaultRootObject'
    | 'OriginGroups'
    | 'CustomErrorResponses'
    | 'PriceClass'
    | 'ViewerCertificate'
    | 'Restrictions'
    | 'WebACLId'
    | 'HttpVersion'
    | 'IsIPV6Enabled'
    | 'ContinuousDeploymentPolicyId'
    | 'Staging'
  >,
  'Origins' | 'DefaultCacheBehavior' | 'CacheBehaviors' | 'Logging'
> & {
  Origins: { Quantity: number; Items: FilledOrigin[] };
  DefaultCacheBehavior: FilledDefaultBehavior;
  CacheBehaviors: { Quantity: number; Items?: FilledPathBehavior[] };
  Logging: Required<Defined<Sdk.LoggingConfig>>;
};

/** The items of a counted list, none when absent. */
export function items<T>(list: Counted<T> | undefined): readonly T[] {
  return list?.Items ?? [];
}

/** The default behavior first, then those with a path pattern, in their order. */
export function behaviorsOf(config: FilledConfig): readonly FilledBehavior[] {
  return [config.DefaultCacheBehavior, ...items<FilledBehavior>(config.CacheBehaviors)];
}
