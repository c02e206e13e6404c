/**
 * What hangs on a bucket: policy, public access block, website, tags, ACL, ownership, CORS, encryption, versioning.
 * S3 API reference; facts of Terraform's reads: what was never set answers S3's default or its own NoSuch code.
 * What this store would not act on (lifecycle, replication, versions, ...) can be read as unset, but not be set: 501.
 */
import { ApiError } from '../../wire/types.ts';
import { storedPolicy } from '../access.ts';
import { accessDenied, malformedXml, notImplemented } from '../errors.ts';
import { parsePolicy, PolicyFault, MAX_POLICY_LENGTH } from '../policy/parse-policy.ts';
import { isPublicPolicy } from '../policy/public-policy.ts';
import type { S3Call, S3Handlers } from '../s3-call.ts';
import type { BucketSettings, SettingName } from '../../../buckets/bucket-records.ts';
import { checkTags } from './tagging.ts';
import { checkWebsite } from './website-configuration.ts';
import { checkCors } from '../cors.ts';

export const bucketSettings: S3Handlers = {
  PutBucketPolicy({ Policy: text = '' }, call) {
    const { bucket, context } = call;
    const malformed = (message: string): ApiError => new ApiError('MalformedPolicy', message, 400);
    if (Buffer.byteLength(text) > MAX_POLICY_LENGTH) throw malformed(`Policies must be less than ${MAX_POLICY_LENGTH} bytes`);
    try {
      const policy = parsePolicy(text, { bucket, oaiExists: context.oaiExists });
      const blocked = setting(call, 'public-access-block')?.BlockPublicPolicy === true;
      if (blocked && isPublicPolicy(policy)) throw accessDenied(blockedPolicyMessage(call));
    } catch (error) {
      throw error instanceof PolicyFault ? malformed(error.message) : error;
    }
    return put(call, 'policy', text);
  },
  GetBucketPolicy: (_input, call) => ({
    output: { Policy: get(call, 'policy', 'NoSuchBucketPolicy', 'The bucket policy does not exist') },
  }),
  DeleteBucketPolicy: (_input, call) => remove(call, 'policy'),
  GetBucketPolicyStatus(_input, call) {
    get(call, 'policy', 'NoSuchBucketPolicy', 'The bucket policy does not exist');
    const policy = storedPolicy(call.context.buckets, call.bucket);
    return { output: { PolicyStatus: { IsPublic: policy !== undefined && isPublicPolicy(policy) } } };
  },

  PutPublicAccessBlock({ PublicAccessBlockConfiguration: given = {} }, call) {
    const { BlockPublicAcls = false, IgnorePublicAcls = false, BlockPublicPolicy = false, RestrictPublicBuckets = false } = given;
    return put(call, 'public-access-block', { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets });
  },
  GetPublicAccessBlock(_input, call) {
    const message = 'The public access block configuration was not found';
    return {
      output: {
        PublicAccessBlockConfiguration: get(call, 'public-access-block', 'NoSuchPublicAccessBlockConfiguration', message),
      },
    };
  },
  DeletePublicAccessBlock: (_input, call) => remove(call, 'public-access-block'),

  PutBucketWebsite({ WebsiteConfiguration: given = {} }, call) {
    checkWebsite(given);
    return put(call, 'website', given);
  },
  GetBucketWebsite(_input, call) {
    const message = 'The specified bucket does not have a website configuration';
    return { output: get(call, 'website', 'NoSuchWebsiteConfiguration', message) };
  },
  DeleteBucketWebsite: (_input, call) => remove(call, 'website'),

  PutBucketTagging: ({ Tagging }, call) => ({ ...put(call, 'tagging', checkTags(Tagging?.TagSet, 50)), status: 204 }),
  GetBucketTagging: (_input, call) => ({
    output: { TagSet: [...get(call, 'tagging', 'NoSuchTagSet', 'The TagSet does not exist')] },
  }),
  DeleteBucketTagging: (_input, call) => remove(call, 'tagging'),

  PutBucketOwnershipControls({ OwnershipControls }, call) {
    const ownership = OwnershipControls?.Rules?.[0]?.ObjectOwnership;
    if (ownership === undefined || OwnershipControls?.Rules?.length !== 1) throw malformedXml();
    const hasGrants = (setting(call, 'acl') ?? []).length > 0;
    if (ownership === 'BucketOwnerEnforced' && hasGrants) {
      throw new ApiError(
        'InvalidBucketAclWithObjectOwnership',
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        400,
      );
    }
    return put(call, 'ownership', ownership);
  },
  GetBucketOwnershipControls(_input, call) {
    const ownership = setting(call, 'ownership') ?? 'none';
    if (ownership === 'none')
      throw missing('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', call);
    return { output: { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } } };
  },
  // S3: without controls a bucket is as buckets once were, object writers own what they write and ACLs count.
  DeleteBucketOwnershipControls: (_input, call) => put(call, 'ownership', 'none'),

  PutBucketCors({ CORSConfiguration }, call) {
    return put(call, 'cors', checkCors(CORSConfiguration?.CORSRules));
  },
  GetBucketCors: (_input, call) => ({
    output: { CORSRules: [...get(call, 'cors', 'NoSuchCORSConfiguration', 'The CORS configuration does not exist')] },
  }),
  DeleteBucketCors: (_input, call) => remove(call, 'cors'),

  PutBucketEncryption({ ServerSideEncryptionConfiguration: given }, call) {
    const rule = given?.Rules?.[0];
    if (rule?.ApplyServerSideEncryptionByDefault === undefined || given?.Rules?.length !== 1) throw malformedXml();
    const { SSEAlgorithm } = rule.ApplyServerSideEncryptionByDefault;
    if (SSEAlgorithm !== 'AES256') throw notImplemented(`encryption by ${SSEAlgorithm ?? 'nothing'}`);
    return put(call, 'encryption', rule.BucketKeyEnabled ?? false);
  },
  // S3: since January 2023 every bucket has SSE-S3.
  GetBucketEncryption(_input, call) {
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const },
      BucketKeyEnabled: setting(call, 'encryption') ?? false,
    };
    return { output: { ServerSideEncryptionConfiguration: { Rules: [rule] } } };
  },
  DeleteBucketEncryption: (_input, call) => remove(call, 'encryption'),

  PutBucketVersioning({ VersioningConfiguration }, call) {
    const status = VersioningConfiguration?.Status;
    if (status === 'Enabled') throw notImplemented('object versions');
    if (VersioningConfiguration?.MFADelete === 'Enabled') throw notImplemented('MFA delete');
    if (status !== 'Suspended')
      throw new ApiError('IllegalVersioningConfigurationException', 'The Versioning element must be specified', 400);
    return put(call, 'versioning', status);
  },
  GetBucketVersioning: (_input, call) => ({ output: { Status: setting(call, 'versioning') } }),

  PutBucketRequestPayment({ RequestPaymentConfiguration }) {
    if (RequestPaymentConfiguration?.Payer !== 'BucketOwner') throw notImplemented('requester pays');
    return { output: {} };
  },
  GetBucketRequestPayment: () => ({ output: { Payer: 'BucketOwner' } }),
  GetBucketAccelerateConfiguration: () => ({ output: {} }),
  GetBucketLogging: () => ({ output: {} }),
  GetBucketNotificationConfiguration: () => ({ output: {} }),
  DeleteBucketLifecycle: () => ({ output: {} }),
  DeleteBucketReplication: () => ({ output: {} }),
  GetBucketLifecycleConfiguration(_input, call) {
    throw missing('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist', call);
  },
  GetBucketReplication(_input, call) {
    throw missing('ReplicationConfigurationNotFoundError', 'The replication configuration was not found', call);
  },
  GetObjectLockConfiguration(_input, call) {
    throw missing('ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket', call);
  },
};

function setting<N extends SettingName>({ context, bucket }: S3Call, name: N): BucketSettings[N] | undefined {
  return context.buckets.setting(bucket, name);
}

function get<N extends SettingName>(call: S3Call, name: N, code: string, message: string): BucketSettings[N] {
  const value = setting(call, name);
  if (value === undefined) throw missing(code, message, call);
  return value;
}

function put<N extends SettingName>({ context, bucket }: S3Call, name: N, value: BucketSettings[N]): { output: object } {
  context.buckets.putSetting(bucket, name, value);
  return { output: {} };
}

function remove({ context, bucket }: S3Call, name: SettingName): { output: object } {
  context.buckets.deleteSetting(bucket, name);
  return { output: {} };
}

function missing(code: string, message: string, { bucket }: S3Call): ApiError {
  return new ApiError(code, message, 404, { BucketName: bucket });
}

function blockedPolicyMessage({ incoming, bucket }: S3Call): string {
  const who = incoming.principal.kind === 'account' ? incoming.principal.arn : 'anonymous';
  const what = `s3:PutBucketPolicy on resource: "arn:aws:s3:::${bucket}"`;
  return `User: ${who} is not authorized to perform: ${what} because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`;
}
