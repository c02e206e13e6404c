/**
 * Buckets themselves: create, find, list, delete. S3 API reference. What hangs on a bucket is in bucket-settings.ts, objects in
 * their own files.
 */
import type { BucketRecord } from '../../../buckets/bucket-records.ts';
import { ApiError } from '../../wire/types.ts';
import { requestedGrants, ownerOf } from '../acl.ts';
import { isBucketName } from '../bucket-host.ts';
import { invalidArgument, noSuchBucket, notImplemented } from '../errors.ts';
import { DEFAULT_PUBLIC_ACCESS_BLOCK } from '../policy/decide-access.ts';
import type { S3Call, S3Handlers } from '../s3-call.ts';
import { checkTags } from './tagging.ts';

/** S3: general purpose buckets of one account, at the default quota's raised end. */
const MAX_LISTED = 10_000;

export const bucketOperations: S3Handlers = {
  CreateBucket(input, call) {
    const { bucket, context, incoming } = call;
    if (!isBucketName(bucket))
      throw new ApiError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: bucket });
    if (input.ObjectLockEnabledForBucket === true) throw notImplemented('object lock');
    if (input.CreateBucketConfiguration?.Bucket?.Type !== undefined) throw notImplemented('directory buckets');
    const region = regionOf(input.CreateBucketConfiguration?.LocationConstraint, incoming.region);
    if (!context.buckets.createBucket({ name: bucket, region, created: incoming.now })) {
      // S3: us-east-1 answers the owner's second create like its first.
      if (incoming.region === 'us-east-1' && context.buckets.bucket(bucket)?.region === region)
        return { output: { Location: `/${bucket}` } };
      const message = 'Your previous request to create the named bucket succeeded and you already own it.';
      throw new ApiError('BucketAlreadyOwnedByYou', message, 409, { BucketName: bucket });
    }
    try {
      context.buckets.putSetting(bucket, 'ownership', input.ObjectOwnership ?? 'BucketOwnerEnforced');
      context.buckets.putSetting(bucket, 'public-access-block', DEFAULT_PUBLIC_ACCESS_BLOCK);
      const tags = checkTags(input.CreateBucketConfiguration?.Tags, 50);
      if (tags.length > 0) context.buckets.putSetting(bucket, 'tagging', tags);
      const grants = requestedGrants(input, call);
      if (grants !== undefined && grants.length > 0) context.buckets.putSetting(bucket, 'acl', grants);
    } catch (error) {
      context.buckets.deleteBucket(bucket);
      throw error;
    }
    return { output: { Location: region === 'us-east-1' ? `/${bucket}` : `http://${bucket}.s3.amazonaws.com/` } };
  },

  HeadBucket(_input, call) {
    return { output: { BucketRegion: findBucket(call).region, AccessPointAlias: false } };
  },

  ListBuckets(input, { context }) {
    const limit = Math.min(input.MaxBuckets ?? MAX_LISTED, MAX_LISTED);
    if (limit < 1)
      throw invalidArgument(
        'Argument max-buckets must be an integer between 1 and 10000',
        'max-buckets',
        String(input.MaxBuckets),
      );
    const after = input.ContinuationToken === undefined ? '' : Buffer.from(input.ContinuationToken, 'base64url').toString();
    const fitting = context.buckets
      .buckets()
      .filter(
        ({ name, region }) => name > after && name.startsWith(input.Prefix ?? '') && (input.BucketRegion ?? region) === region,
      );
    const page = fitting.slice(0, limit);
    const last = fitting.length > page.length ? page.at(-1) : undefined;
    return {
      output: {
        Buckets: page.map(({ name, created, region }) => ({ Name: name, CreationDate: new Date(created), BucketRegion: region })),
        Owner: ownerOf(context.accountId),
        ContinuationToken: last === undefined ? undefined : Buffer.from(last.name).toString('base64url'),
        Prefix: input.Prefix,
      },
    };
  },

  DeleteBucket(_input, { bucket, context }) {
    const result = context.buckets.deleteBucket(bucket);
    if (result === 'absent') throw noSuchBucket(bucket);
    if (result === 'not-empty')
      throw new ApiError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, { BucketName: bucket });
    return { output: {} };
  },

  GetBucketLocation(_input, call) {
    const { region } = findBucket(call);
    // S3: us-east-1 is the empty constraint.
    return { output: { LocationConstraint: region === 'us-east-1' ? undefined : (region as 'eu-west-1') } };
  },
};

export function findBucket({ bucket, context }: Pick<S3Call, 'bucket' | 'context'>): BucketRecord {
  const found = context.buckets.bucket(bucket);
  if (found === undefined) throw noSuchBucket(bucket);
  return found;
}

function regionOf(constraint: string | undefined, asked: string): string {
  if (constraint === undefined || constraint === '') return asked === '' ? 'us-east-1' : asked;
  if (constraint === 'EU') return 'eu-west-1';
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(constraint)) {
    throw new ApiError('InvalidLocationConstraint', 'The specified location-constraint is not valid', 400, {
      LocationConstraint: constraint,
    });
  }
  return constraint;
}
