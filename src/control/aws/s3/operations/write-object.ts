/**
 * Writing and removing objects: PutObject, CopyObject, DeleteObject, DeleteObjects, ACLs of objects. S3 API reference.
 * Bodies are received and verified in body/receive-body.ts; multipart uploads are in multipart.ts.
 */
import type { DeletedObject, ObjectIdentifier, _Error } from '@aws-sdk/client-s3';
import type { ObjectAttributes, ObjectHeaders, ObjectRecord } from '../../../buckets/bucket-records.ts';
import { CHECKSUM_ALGORITHMS } from '../../../buckets/checksums.ts';
import type { ChecksumAlgorithm } from '../../../buckets/checksums.ts';
import { GIB } from '../../../../model/units.ts';
import { ApiError } from '../../wire/types.ts';
import { authorize } from '../access.ts';
import { ownerOf, requestedGrants, writeGrants } from '../acl.ts';
import type { AclWords } from '../acl.ts';
import { receiveBody } from '../body/receive-body.ts';
import {
  invalidArgument,
  invalidRequest,
  malformedXml,
  noSuchBucket,
  noSuchKey,
  notImplemented,
  preconditionFailed,
} from '../errors.ts';
import { OPERATION_PERMISSIONS } from '../operation-permissions.ts';
import type { S3Call, S3Handlers } from '../s3-call.ts';
import { decideReadCondition, deletePrecondition, writePrecondition } from './conditions.ts';
import { checksumMembers, findObject } from './read-object.ts';
import { tagsOfHeader } from './tagging.ts';

/** S3: one request writes up to 5 GiB. */
const MAX_OBJECT = 5 * GIB;
const MAX_METADATA = 2048;
const MAX_KEY = 1024;
/** Kept and shown; the archived ones are readable at once here, so they are not taken. */
const STORAGE_CLASSES = ['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'];

export const writeOperations: S3Handlers = {
  async PutObject(input, call) {
    const { buckets } = call.context;
    const { headers } = call.incoming;
    checkKey(call.key);
    checkLength(headers);
    const attributes = requestedAttributes(input, call);
    const precondition = writePrecondition(headers, call.key);
    precondition(buckets.object(call.bucket, call.key));
    const { received, checksum: verified } = await receiveBody(
      call.incoming,
      (chunks, algorithms) => buckets.stage(chunks, algorithms),
      (staged) => buckets.discard(staged),
      checksumAlgorithm(input.ChecksumAlgorithm),
    );
    const checksum = verified === undefined ? undefined : { ...verified, type: 'FULL_OBJECT' as const };
    const draft = { bucket: call.bucket, key: call.key, modified: call.incoming.now, attributes, checksum, parts: [] };
    const object = await buckets.commit(received, draft, precondition);
    if (object === undefined) throw noSuchBucket(call.bucket);
    return {
      output: {
        ETag: `"${object.etag}"`,
        ServerSideEncryption: 'AES256',
        ...checksumMembers(checksum),
        ...(checksum === undefined ? {} : { ChecksumType: checksum.type }),
      },
    };
  },

  async CopyObject(input, call) {
    const { buckets } = call.context;
    checkKey(call.key);
    const source = findCopySource(call, input.CopySource);
    const replacesMetadata = input.MetadataDirective === 'REPLACE';
    const isItself = source.bucket === call.bucket && source.key === call.key;
    if (
      isItself &&
      !replacesMetadata &&
      input.TaggingDirective !== 'REPLACE' &&
      input.StorageClass === undefined &&
      input.WebsiteRedirectLocation === undefined
    ) {
      throw invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const given = requestedAttributes(input, call);
    const { WebsiteRedirectLocation: _source, ...copied } = source.attributes.headers;
    const attributes: ObjectAttributes = {
      headers: replacesMetadata
        ? given.headers
        : {
            ...copied,
            ...(given.headers.WebsiteRedirectLocation === undefined
              ? {}
              : { WebsiteRedirectLocation: given.headers.WebsiteRedirectLocation }),
          },
      metadata: replacesMetadata ? given.metadata : source.attributes.metadata,
      storageClass: given.storageClass,
      tags: input.TaggingDirective === 'REPLACE' ? given.tags : source.attributes.tags,
      grants: given.grants,
    };
    // S3: a copy is one body whatever its source was uploaded as; here the bytes and so the ETag stay.
    const draft = {
      bucket: call.bucket,
      key: call.key,
      modified: call.incoming.now,
      attributes,
      checksum: source.checksum,
      parts: [],
      etag: source.etag,
    };
    const object = await buckets.copyObject(source, draft, writePrecondition(call.incoming.headers, call.key));
    if (object === undefined) throw noSuchBucket(call.bucket);
    return {
      output: {
        CopyObjectResult: {
          ETag: `"${object.etag}"`,
          LastModified: new Date(object.modified),
          ...checksumMembers(object.checksum),
          ...(object.checksum === undefined ? {} : { ChecksumType: object.checksum.type }),
        },
        ServerSideEncryption: 'AES256',
      },
    };
  },

  DeleteObject({ VersionId, IfMatch }, { bucket, key, context }) {
    refuseVersion(VersionId);
    context.buckets.deleteObject(bucket, key, deletePrecondition(IfMatch));
    return { output: {} };
  },

  DeleteObjects({ Delete }, call) {
    const objects = Delete?.Objects ?? [];
    if (objects.length === 0 || objects.length > 1000) {
      throw malformedXml();
    }
    const Deleted: DeletedObject[] = [];
    const Errors: _Error[] = [];
    for (const object of objects) {
      const error = deleteOne(object, call);
      if (error !== undefined) Errors.push(error);
      else if (Delete?.Quiet !== true) Deleted.push({ Key: object.Key, VersionId: object.VersionId });
    }
    return { output: { Deleted, Errors } };
  },

  GetObjectAcl({ VersionId }, call) {
    const { accountId } = call.context;
    return {
      output: { Owner: ownerOf(accountId), Grants: writeGrants(findObject(call, VersionId).attributes.grants, accountId) },
    };
  },
  PutObjectAcl(input, call) {
    const object = findObject(call, input.VersionId);
    const grants = requestedGrants(input, call) ?? [];
    if (!call.context.buckets.updateAttributes(object, { ...object.attributes, grants })) throw noSuchKey(call.key);
    return { output: {} };
  },
};

function deleteOne({ Key = '', VersionId, ETag }: ObjectIdentifier, call: S3Call): _Error | undefined {
  try {
    refuseVersion(VersionId);
    authorize(call, OPERATION_PERMISSIONS['DeleteObject']!, { bucket: call.bucket, key: Key });
    call.context.buckets.deleteObject(call.bucket, Key, deletePrecondition(ETag));
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { Key, VersionId, Code: error.code, Message: error.message };
  }
}

function refuseVersion(versionId: string | undefined): void {
  if (versionId !== undefined && versionId !== 'null')
    throw invalidArgument('Invalid version id specified', 'versionId', versionId);
}

/** The object `x-amz-copy-source` names, readable by the caller and meeting the copy's conditions. */
export function findCopySource(call: S3Call, copySource = ''): ObjectRecord {
  const [path = '', query] = copySource.replace(/^\//, '').split('?');
  const decoded = decodeSource(path, copySource);
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1) throw invalidSource(copySource);
  const bucket = decoded.slice(0, slash);
  const key = decoded.slice(slash + 1);
  if (call.context.buckets.bucket(bucket) === undefined) throw noSuchBucket(bucket);
  authorize(call, OPERATION_PERMISSIONS['GetObject']!, { bucket, key });
  const object = findObject({ ...call, bucket, key }, new URLSearchParams(query).get('versionId') ?? undefined);
  const condition = decideReadCondition(object, call.incoming.headers, 'x-amz-copy-source-');
  if (condition.kind !== 'proceed')
    throw preconditionFailed(
      condition.kind === 'failed' ? `x-amz-copy-source-${condition.condition}` : 'x-amz-copy-source-If-None-Match',
    );
  return object;
}

function decodeSource(path: string, copySource: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidSource(copySource);
  }
}

function invalidSource(copySource: string): ApiError {
  return invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    'x-amz-copy-source',
    copySource,
  );
}

interface AttributeWords extends AclWords {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly Metadata?: Record<string, string> | undefined;
  readonly StorageClass?: string | undefined;
  readonly Tagging?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSECustomerAlgorithm?: string | undefined;
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockLegalHoldStatus?: string | undefined;
}

/** What a request says about the object it makes. Refuses what this store would not do. */
export function requestedAttributes(input: AttributeWords, call: S3Call): ObjectAttributes {
  if (input.ServerSideEncryption !== undefined && input.ServerSideEncryption !== 'AES256')
    throw notImplemented(`encryption by ${input.ServerSideEncryption}`);
  if (input.SSECustomerAlgorithm !== undefined) throw notImplemented('encryption with customer keys');
  if (input.ObjectLockMode !== undefined || input.ObjectLockLegalHoldStatus !== undefined) throw notImplemented('object lock');
  const metadata = input.Metadata ?? {};
  const size = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (size > MAX_METADATA) {
    throw new ApiError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', 400, {
      Size: size,
      MaxSizeAllowed: MAX_METADATA,
    });
  }
  if (input.StorageClass !== undefined && !STORAGE_CLASSES.includes(input.StorageClass)) {
    throw new ApiError('InvalidStorageClass', 'The storage class you specified is not valid', 400, {
      StorageClassRequested: input.StorageClass,
    });
  }
  return {
    headers: requestedHeaders(input, call),
    metadata,
    storageClass: input.StorageClass ?? 'STANDARD',
    tags: tagsOfHeader(input.Tagging),
    grants: requestedGrants(input, call) ?? [],
  };
}

function requestedHeaders(input: AttributeWords, call: S3Call): ObjectHeaders {
  // S3: the framing of the upload is not the object's encoding.
  const encoding = input.ContentEncoding?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '' && item !== 'aws-chunked')
    .join(',');
  const headers = {
    ContentType: input.ContentType,
    CacheControl: input.CacheControl,
    ContentDisposition: input.ContentDisposition,
    ContentEncoding: encoding === '' ? undefined : encoding,
    ContentLanguage: input.ContentLanguage,
    // Kept as sent: S3 does not parse it.
    Expires: call.incoming.headers.get('expires') ?? undefined,
    WebsiteRedirectLocation: input.WebsiteRedirectLocation,
  };
  return Object.fromEntries(Object.entries(headers).filter((entry) => entry[1] !== undefined)) as ObjectHeaders;
}

export function checksumAlgorithm(name: string | undefined): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined;
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name.toUpperCase());
  if (algorithm === undefined) throw notImplemented(`the checksum algorithm ${name}`);
  return algorithm;
}

export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY) throw new ApiError('KeyTooLongError', 'Your key is too long', 400, { Size: size, MaxSizeAllowed: MAX_KEY });
}

export function checkLength(headers: Headers): void {
  const length = Number(headers.get('x-amz-decoded-content-length') ?? headers.get('content-length') ?? 0);
  if (length > MAX_OBJECT) {
    throw new ApiError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
      ProposedSize: length,
      MaxSizeAllowed: MAX_OBJECT,
    });
  }
}
