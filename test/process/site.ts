/**
 * What the process tests share: the SDK's clients for a running Warmfront, and a distribution in front of an origin of the test's
 * own. Nothing here knows Warmfront from inside: everything goes through its ports, as it does for a user.
 */
import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm';
import {
  CloudFrontClient,
  CreateDistributionCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
  waitUntilDistributionDeployed,
  type CustomErrorResponse,
  type DefaultCacheBehavior,
  type DistributionConfig,
  type HttpVersion,
  type Origin,
  type ViewerCertificate,
} from '@aws-sdk/client-cloudfront';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import type { RunningWarmfront } from '../clients/running-warmfront.ts';

export const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
export const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/** What an SDK client of this Warmfront is made with. `attempts: 1` shows the first answer instead of retrying. */
function settings({ environment }: Pick<RunningWarmfront, 'environment'>, attempts: number) {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment;
  if (AWS_ENDPOINT_URL === undefined || AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
    throw new Error('warmfront env printed no endpoint or no keys');
  }
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { endpoint: AWS_ENDPOINT_URL, region: 'us-east-1', credentials, maxAttempts: attempts };
}

export function cloudFrontOf(warmfront: Pick<RunningWarmfront, 'environment'>, attempts = 1): CloudFrontClient {
  return new CloudFrontClient(settings(warmfront, attempts));
}

export function acmOf(warmfront: Pick<RunningWarmfront, 'environment'>, region = 'us-east-1'): ACMClient {
  return new ACMClient({ ...settings(warmfront, 1), region });
}

export function lambdaOf(warmfront: Pick<RunningWarmfront, 'environment'>, attempts = 1): LambdaClient {
  return new LambdaClient(settings(warmfront, attempts));
}

export function wafOf(warmfront: Pick<RunningWarmfront, 'environment'>): WAFV2Client {
  return new WAFV2Client(settings(warmfront, 1));
}

export function s3Of(warmfront: Pick<RunningWarmfront, 'environment'>, attempts = 1): S3Client {
  return new S3Client({ ...settings(warmfront, attempts), forcePathStyle: true });
}

export interface SiteOptions {
  readonly originPort: number;
  /** `localhost` unless given. */
  readonly originHost?: string;
  /** Seconds; CloudFront's defaults unless given. */
  readonly timeouts?: Pick<Origin, 'ConnectionAttempts' | 'ConnectionTimeout'> & { readonly OriginReadTimeout?: number };
  readonly behavior?: Partial<DefaultCacheBehavior>;
  readonly aliases?: readonly string[];
  /** Of the certificate that covers the aliases. */
  readonly certificateArn?: string;
  readonly errorPages?: readonly CustomErrorResponse[];
  readonly comment?: string;
  /** CloudFront's default is http2. */
  readonly httpVersion?: HttpVersion;
  readonly reference?: string;
}

/** One custom origin over HTTP, CachingOptimized, clear-text viewers allowed. */
export function siteConfig(options: SiteOptions): DistributionConfig {
  const { originPort, originHost = 'localhost', timeouts = {}, aliases = [], errorPages = [] } = options;
  const { OriginReadTimeout, ...attempts } = timeouts;
  return {
    CallerReference: options.reference ?? crypto.randomUUID(),
    Comment: options.comment ?? '',
    Enabled: true,
    ...(options.httpVersion !== undefined && { HttpVersion: options.httpVersion }),
    Aliases: { Quantity: aliases.length, Items: [...aliases] },
    CustomErrorResponses: { Quantity: errorPages.length, Items: [...errorPages] },
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'origin',
          DomainName: originHost,
          CustomOriginConfig: {
            HTTPPort: originPort,
            HTTPSPort: 443,
            OriginProtocolPolicy: 'http-only',
            ...(OriginReadTimeout !== undefined && { OriginReadTimeout }),
          },
          ...attempts,
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: 'origin',
      ViewerProtocolPolicy: 'allow-all',
      CachePolicyId: CACHING_OPTIMIZED,
      ...options.behavior,
    },
    ...(options.certificateArn !== undefined && { ViewerCertificate: viewerCertificate(options.certificateArn) }),
  };
}

export function viewerCertificate(arn: string): ViewerCertificate {
  return { ACMCertificateArn: arn, SSLSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1.2_2021' };
}

/** A certificate of the local CA for these names, issued; its ARN. */
export async function requestCertificate(
  warmfront: Pick<RunningWarmfront, 'environment'>,
  [DomainName, ...others]: readonly [string, ...string[]],
): Promise<string> {
  const asked = { DomainName, ValidationMethod: 'DNS', ...(others.length > 0 && { SubjectAlternativeNames: others }) } as const;
  const { CertificateArn } = await acmOf(warmfront).send(new RequestCertificateCommand(asked));
  if (CertificateArn === undefined) throw new Error('no certificate was made');
  return CertificateArn;
}

export interface Site {
  readonly id: string;
  readonly domainName: string;
}

/** Creates the distribution and waits until it is Deployed. */
export async function createSite(client: CloudFrontClient, options: SiteOptions): Promise<Site> {
  const { Distribution } = await client.send(new CreateDistributionCommand({ DistributionConfig: siteConfig(options) }));
  if (Distribution?.Id === undefined || Distribution.DomainName === undefined) throw new Error('no distribution was made');
  await deployed(client, Distribution.Id);
  return { id: Distribution.Id, domainName: Distribution.DomainName };
}

/** Reads the configuration, changes it, and writes it back with its ETag, as every tool does. */
export async function updateSite(
  client: CloudFrontClient,
  id: string,
  change: (config: DistributionConfig) => DistributionConfig,
): Promise<void> {
  const { DistributionConfig: config, ETag } = await client.send(new GetDistributionConfigCommand({ Id: id }));
  if (config === undefined) throw new Error(`distribution ${id} has no configuration`);
  await client.send(new UpdateDistributionCommand({ Id: id, IfMatch: ETag, DistributionConfig: change(config) }));
}

export async function deployed(client: CloudFrontClient, id: string): Promise<void> {
  const { Distribution } = await client.send(new GetDistributionCommand({ Id: id }));
  if (Distribution?.Status === 'Deployed') return;
  await waitUntilDistributionDeployed({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.1 }, { Id: id });
}
