/**
 * What each served operation needs: the IAM action, and the ACL grant that gives it. One row each.
 * IAM service authorization reference, "Actions ... for Amazon S3"; S3 user guide, "Mapping of ACL permissions".
 * Operations that touch several objects (CopyObject's source, DeleteObjects) ask for the rest themselves (access.ts).
 */
import type { AclGrant } from '../../buckets/bucket-records.ts';

export interface Permission {
  readonly action: string;
  readonly acl?: AclGrant['permission'];
}

const row = (action: string, acl?: AclGrant['permission']): Permission => ({
  action: `s3:${action}`,
  ...(acl === undefined ? {} : { acl }),
});

export const OPERATION_PERMISSIONS: Readonly<Record<string, Permission>> = {
  ListBuckets: row('ListAllMyBuckets'),
  CreateBucket: row('CreateBucket'),
  DeleteBucket: row('DeleteBucket'),
  HeadBucket: row('ListBucket', 'READ'),
  GetBucketLocation: row('GetBucketLocation'),
  ListObjects: row('ListBucket', 'READ'),
  ListObjectsV2: row('ListBucket', 'READ'),
  ListObjectVersions: row('ListBucketVersions', 'READ'),
  ListMultipartUploads: row('ListBucketMultipartUploads', 'READ'),

  GetObject: row('GetObject', 'READ'),
  HeadObject: row('GetObject', 'READ'),
  GetObjectAttributes: row('GetObjectAttributes', 'READ'),
  PutObject: row('PutObject', 'WRITE'),
  CopyObject: row('PutObject', 'WRITE'),
  DeleteObject: row('DeleteObject', 'WRITE'),
  CreateMultipartUpload: row('PutObject', 'WRITE'),
  UploadPart: row('PutObject', 'WRITE'),
  UploadPartCopy: row('PutObject', 'WRITE'),
  CompleteMultipartUpload: row('PutObject', 'WRITE'),
  AbortMultipartUpload: row('AbortMultipartUpload'),
  ListParts: row('ListMultipartUploadParts'),
  GetObjectAcl: row('GetObjectAcl', 'READ_ACP'),
  PutObjectAcl: row('PutObjectAcl', 'WRITE_ACP'),
  GetObjectTagging: row('GetObjectTagging'),
  PutObjectTagging: row('PutObjectTagging'),
  DeleteObjectTagging: row('DeleteObjectTagging'),

  GetBucketPolicy: row('GetBucketPolicy'),
  PutBucketPolicy: row('PutBucketPolicy'),
  DeleteBucketPolicy: row('DeleteBucketPolicy'),
  GetBucketPolicyStatus: row('GetBucketPolicyStatus'),
  GetPublicAccessBlock: row('GetBucketPublicAccessBlock'),
  PutPublicAccessBlock: row('PutBucketPublicAccessBlock'),
  DeletePublicAccessBlock: row('PutBucketPublicAccessBlock'),
  GetBucketWebsite: row('GetBucketWebsite'),
  PutBucketWebsite: row('PutBucketWebsite'),
  DeleteBucketWebsite: row('DeleteBucketWebsite'),
  GetBucketTagging: row('GetBucketTagging'),
  PutBucketTagging: row('PutBucketTagging'),
  DeleteBucketTagging: row('PutBucketTagging'),
  GetBucketAcl: row('GetBucketAcl', 'READ_ACP'),
  PutBucketAcl: row('PutBucketAcl', 'WRITE_ACP'),
  GetBucketOwnershipControls: row('GetBucketOwnershipControls'),
  PutBucketOwnershipControls: row('PutBucketOwnershipControls'),
  DeleteBucketOwnershipControls: row('PutBucketOwnershipControls'),
  GetBucketCors: row('GetBucketCORS'),
  PutBucketCors: row('PutBucketCORS'),
  DeleteBucketCors: row('PutBucketCORS'),
  GetBucketEncryption: row('GetEncryptionConfiguration'),
  PutBucketEncryption: row('PutEncryptionConfiguration'),
  DeleteBucketEncryption: row('PutEncryptionConfiguration'),
  GetBucketVersioning: row('GetBucketVersioning'),
  PutBucketVersioning: row('PutBucketVersioning'),
  GetBucketAccelerateConfiguration: row('GetAccelerateConfiguration'),
  GetBucketRequestPayment: row('GetBucketRequestPayment'),
  PutBucketRequestPayment: row('PutBucketRequestPayment'),
  GetBucketLogging: row('GetBucketLogging'),
  GetBucketLifecycleConfiguration: row('GetLifecycleConfiguration'),
  DeleteBucketLifecycle: row('PutLifecycleConfiguration'),
  GetBucketReplication: row('GetReplicationConfiguration'),
  DeleteBucketReplication: row('PutReplicationConfiguration'),
  GetObjectLockConfiguration: row('GetBucketObjectLockConfiguration'),
  GetBucketNotificationConfiguration: row('GetBucketNotification'),
};
