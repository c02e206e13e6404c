/** ACLs of buckets. S3 API reference, GetBucketAcl and PutBucketAcl. How grants are read and shown is decided in acl.ts. */
import { ApiError } from '../../wire/types.ts';
import { bucketGrants } from '../access.ts';
import { ownerOf, requestedGrants, writeGrants } from '../acl.ts';
import type { S3Handlers } from '../s3-call.ts';

export const bucketAcl: S3Handlers = {
  GetBucketAcl(_input, { bucket, context }) {
    return {
      output: {
        Owner: ownerOf(context.accountId),
        Grants: writeGrants(bucketGrants(context.buckets, bucket), context.accountId),
      },
    };
  },
  PutBucketAcl(input, call) {
    const grants = requestedGrants(input, call);
    if (grants === undefined) {
      throw new ApiError('MissingSecurityHeader', 'Your request was missing a required header', 400, {
        MissingHeaderName: 'x-amz-acl',
      });
    }
    call.context.buckets.putSetting(call.bucket, 'acl', grants);
    return { output: {} };
  },
};
