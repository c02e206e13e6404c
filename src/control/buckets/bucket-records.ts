/**
 * What the bucket store keeps about buckets, objects and multipart uploads. S3's nouns, free of its wire format:
 * which request sets what, and who may, is decided in control/aws/s3.
 */
import type { CORSRule, ObjectOwnership, WebsiteConfiguration } from '@aws-sdk/client-s3';
import type { Bytes, Instant } from '../../model/units.ts';
import type { ChecksumAlgorithm } from './checksums.ts';

export interface BucketRecord {
  readonly name: string;
  readonly region: string;
  readonly created: Instant;
}

/** The response fields a writer chose, by S3's member names. */
export interface ObjectHeaders {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly Expires?: string;
  readonly WebsiteRedirectLocation?: string;
}

export interface ObjectTag {
  readonly Key: string;
  readonly Value: string;
}

export interface ObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends `-N`. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export interface AclGrant {
  /** Canonical user id, or one of the two groups that S3 knows. */
  readonly grantee:
    | { readonly kind: 'user'; readonly id: string }
    | { readonly kind: 'everyone' }
    | { readonly kind: 'any-account' };
  readonly permission: 'FULL_CONTROL' | 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP';
}

/** What a writer says about an object besides its bytes. */
export interface ObjectAttributes {
  readonly headers: ObjectHeaders;
  /** `x-amz-meta-*`, names lower case without the prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly tags: readonly ObjectTag[];
  /** Beyond the owner, who may always everything. */
  readonly grants: readonly AclGrant[];
}

export interface PartRecord {
  readonly number: number;
  readonly size: Bytes;
  /** Hex, no quotes. */
  readonly etag: string;
  readonly modified: Instant;
  readonly checksum: ObjectChecksum | undefined;
}

export interface ObjectRecord {
  readonly bucket: string;
  readonly key: string;
  /** The body's file. */
  readonly file: string;
  readonly size: Bytes;
  /** MD5 in hex, or md5-of-md5s and `-N`; no quotes. */
  readonly etag: string;
  readonly modified: Instant;
  readonly attributes: ObjectAttributes;
  readonly checksum: ObjectChecksum | undefined;
  /** In order; empty unless uploaded in parts. */
  readonly parts: readonly { readonly size: Bytes; readonly checksum?: ObjectChecksum | undefined }[];
}

export interface UploadRecord {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: Instant;
  readonly attributes: ObjectAttributes;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly type: ObjectChecksum['type'] } | undefined;
}

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

/** What hangs on a bucket once it was put, by name. */
export interface BucketSettings {
  /** The text as it was put. */
  readonly policy: string;
  readonly 'public-access-block': PublicAccessBlock;
  readonly website: WebsiteConfiguration;
  readonly tagging: readonly ObjectTag[];
  /** `none`: the controls were deleted. */
  readonly ownership: ObjectOwnership | 'none';
  readonly acl: readonly AclGrant[];
  readonly cors: readonly CORSRule[];
  /** Whether a bucket key was asked for. */
  readonly encryption: boolean;
  readonly versioning: 'Suspended';
}

export type SettingName = keyof BucketSettings;
