/**
 * Where the bundle of a trust store comes from: an object of the built-in bucket store, read once, when the trust store is made or changed,
 * as CloudFront does. Facts: data plane 10.5. What the bundle may hold: accept-bundle.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { TRUST_STORE_QUOTAS } from '../../../../tables/quotas.ts';
import { readStoredObject, type ReadableBuckets } from '../../../buckets/read-stored-object.ts';
import { checkConstraints, required } from '../validate/constraints.ts';
import type { Constraint } from '../validate/constraints.ts';
import { refused } from './accept-bundle.ts';

const CONSTRAINTS: readonly Constraint[] = [
  ['CaCertificatesBundleS3Location', required],
  ['CaCertificatesBundleS3Location.Bucket', required],
  ['CaCertificatesBundleS3Location.Key', required],
  ['CaCertificatesBundleS3Location.Region', required],
];

/** The bundle's text. Rejects with ApiError. */
export async function readBundle(
  buckets: ReadableBuckets | undefined,
  source: Sdk.CaCertificatesBundleSource | undefined,
): Promise<string> {
  checkConstraints(source ?? {}, 'caCertificatesBundleSource', CONSTRAINTS);
  const { Bucket = '', Key = '', Region, Version } = source?.CaCertificatesBundleS3Location ?? {};
  const bucket = buckets?.bucket(Bucket);
  if (buckets === undefined || bucket === undefined) throw refused(`there is no bucket ${Bucket} in the built-in bucket store`);
  if (bucket.region !== Region) throw refused(`the bucket ${Bucket} is in ${bucket.region}, not in ${Region}`);
  // S3: without versioning, an object has the version `null`.
  const found = Version === undefined || Version === 'null' ? buckets.object(Bucket, Key) : undefined;
  if (found === undefined)
    throw refused(`there is no object s3://${Bucket}/${Key}${Version === undefined ? '' : ` of version ${Version}`}`);
  if (found.size > TRUST_STORE_QUOTAS.bundleLength) {
    throw refused(`s3://${Bucket}/${Key} has ${found.size} octets, and may have ${TRUST_STORE_QUOTAS.bundleLength}`);
  }
  return (await readStoredObject(buckets, found)).toString('latin1');
}
