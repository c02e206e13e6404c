/**
 * A distribution that Warmfront itself keeps, such as the demo's: made through the same handlers as anybody's, found again by its
 * CallerReference, and brought up to date when its configuration has changed.
 */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { Instant } from '../model/units.ts';
import type { CloudFront } from './aws/cloudfront/create-cloud-front.ts';
import type { CallContext } from './aws/wire/types.ts';

/** Resolves with the domain name, once every joined edge serves it. Throws ApiError when the configuration is refused. */
export async function provideDistribution(cloudFront: CloudFront, config: DistributionConfig, now: Instant): Promise<string> {
  const { handlers, publisher } = cloudFront;
  const call = callOf(now);
  const present = await findByReference(cloudFront, config.CallerReference, now);
  const provided =
    present === undefined
      ? await handlers.CreateDistribution?.({ DistributionConfig: config }, call)
      : await handlers.UpdateDistribution?.({ ...present, DistributionConfig: config }, call);
  await publisher.settled();
  const domainName = provided?.Distribution?.DomainName;
  if (domainName === undefined) throw new Error(`the distribution ${config.CallerReference} could not be made`);
  return domainName;
}

async function findByReference(
  { handlers }: CloudFront,
  reference: string | undefined,
  now: Instant,
): Promise<{ readonly Id: string; readonly IfMatch: string | undefined } | undefined> {
  const call = callOf(now);
  let marker: string | undefined;
  do {
    const page = (await handlers.ListDistributions?.(marker === undefined ? {} : { Marker: marker }, call))?.DistributionList;
    for (const { Id } of page?.Items ?? []) {
      const found = await handlers.GetDistribution?.({ Id }, call);
      if (Id !== undefined && found?.Distribution?.DistributionConfig?.CallerReference === reference)
        return { Id, IfMatch: found?.ETag };
    }
    marker = page?.NextMarker;
  } while (marker !== undefined);
  return undefined;
}

function callOf(now: Instant): CallContext {
  const principal = { kind: 'account', accountId: '', accessKeyId: '', arn: '' } as const;
  return { requestId: 'warmfront', operation: '', principal, accountId: '', region: 'us-east-1', now };
}
