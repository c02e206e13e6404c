/**
 * A distribution as a test describes it: what it leaves out is filled in, what it names exists. Which edge serves it: start-test-edge.ts.
 */
import type {
  CacheBehavior,
  DefaultCacheBehavior,
  DistributionConfig,
  TrafficConfig,
  ViewerCertificate,
} from '@aws-sdk/client-cloudfront';
import {
  acceptContinuousDeploymentPolicy,
  translateContinuousDeployment,
} from '../control/aws/cloudfront/continuous-deployment/accept-policy.ts';
import type { ConfigContext } from '../control/aws/cloudfront/distribution-from-config.ts';
import type { ContinuousDeployment } from '../model/continuous-deployment.ts';
import type { TestOrigin } from './test-origin.ts';

export const STAGING_ID = 'E2TESTSTAGING1';
export const STAGING_DOMAIN_NAME = 'd0123456789stg.cloudfront.localhost';
/** For aliases whose configuration names no certificate. */
const KIT_CERTIFICATE: ViewerCertificate = {
  ACMCertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-4000-8000-000000000000',
  SSLSupportMethod: 'sni-only',
  MinimumProtocolVersion: 'TLSv1.2_2021',
};
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';

/** What is left out of a configuration is filled in: one origin, CachingOptimized, HTTP allowed. */
export type TestConfig = Partial<Omit<DistributionConfig, 'DefaultCacheBehavior'>> & {
  readonly DefaultCacheBehavior?: Partial<DefaultCacheBehavior>;
};

/** A staging distribution, and the enabled continuous deployment policy that gives it its share of the viewers. */
export interface TestStaging {
  readonly distribution: TestConfig;
  readonly traffic: TrafficConfig;
}

/** A `CacheBehaviors` item: everything but the path pattern is filled in. */
export function behavior(pathPattern: string, settings: Partial<CacheBehavior> = {}): CacheBehavior {
  return { ...defaultBehavior(settings), ...settings, PathPattern: pathPattern };
}

/** A custom origin that speaks plain HTTP to a test origin. */
export function originItem(
  id: string,
  origin: Pick<TestOrigin, 'port'>,
): NonNullable<NonNullable<DistributionConfig['Origins']>['Items']>[number] {
  return {
    Id: id,
    DomainName: 'localhost',
    CustomOriginConfig: { HTTPPort: origin.port, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' },
  };
}

/** Everything that was left out is filled in. */
export function completeConfig(config: TestConfig, origins: readonly (readonly [string, TestOrigin])[]): DistributionConfig {
  return {
    CallerReference: 'test',
    Comment: '',
    Enabled: true,
    ...(aliasesOf(config).length > 0 && { ViewerCertificate: KIT_CERTIFICATE }),
    Origins: { Quantity: origins.length, Items: origins.map(([id, origin]) => originItem(id, origin)) },
    ...config,
    DefaultCacheBehavior: { ...defaultBehavior(config.DefaultCacheBehavior), ...config.DefaultCacheBehavior },
  };
}

/** Whatever certificate a configuration names exists here and covers its aliases; `startHttps` issues what viewers are shown. */
export function certificateFor(config: TestConfig): NonNullable<ConfigContext['certificate']> {
  return () => ({
    id: 'kit',
    version: 1,
    names: aliasesOf(config),
    keyAlgorithm: 'EC_prime256v1',
    isIssued: true,
    isForClients: true,
  });
}

/** Lower case. */
export function aliasesOf({ Aliases }: TestConfig): readonly string[] {
  return (Aliases?.Items ?? []).map((alias) => alias.toLowerCase());
}

/** What a staging distribution's policy tells the edge. */
export function stagedBy({ traffic }: TestStaging, version: string): ContinuousDeployment | undefined {
  const StagingDistributionDnsNames = { Quantity: 1, Items: [STAGING_DOMAIN_NAME] };
  const policy = acceptContinuousDeploymentPolicy({ StagingDistributionDnsNames, Enabled: true, TrafficConfig: traffic });
  return translateContinuousDeployment(policy, version, STAGING_ID);
}

function defaultBehavior(settings: Partial<DefaultCacheBehavior> = {}): DefaultCacheBehavior {
  const policy = 'ForwardedValues' in settings ? {} : { CachePolicyId: CACHING_OPTIMIZED };
  return { TargetOriginId: 'origin', ViewerProtocolPolicy: 'allow-all', ...policy };
}
