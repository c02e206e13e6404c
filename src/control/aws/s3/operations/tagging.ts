/** Tags of buckets and objects: their rules, and the object operations. S3 user guide, "Categorizing your storage using tags". */
import type { Tag } from '@aws-sdk/client-s3';
import type { ObjectTag } from '../../../buckets/bucket-records.ts';
import { ApiError } from '../../wire/types.ts';
import { noSuchKey } from '../errors.ts';
import type { S3Call, S3Handlers } from '../s3-call.ts';
import { findObject } from './read-object.ts';

const OBJECT_TAGS = 10;

export const objectTagging: S3Handlers = {
  PutObjectTagging({ Tagging, VersionId }, call) {
    replaceTags(call, VersionId, checkTags(Tagging?.TagSet, OBJECT_TAGS));
    return { output: {} };
  },
  GetObjectTagging({ VersionId }, call) {
    return { output: { TagSet: [...findObject(call, VersionId).attributes.tags] } };
  },
  DeleteObjectTagging({ VersionId }, call) {
    replaceTags(call, VersionId, []);
    return { output: {} };
  },
};

function replaceTags(call: S3Call, versionId: string | undefined, tags: readonly ObjectTag[]): void {
  const object = findObject(call, versionId);
  if (!call.context.buckets.updateAttributes(object, { ...object.attributes, tags })) throw noSuchKey(call.key);
}

/** The tags, or InvalidTag. */
export function checkTags(tags: readonly Tag[] | undefined, limit: number): readonly ObjectTag[] {
  const checked = (tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }));
  if (checked.length > limit) throw new ApiError('BadRequest', `Object tags cannot be greater than ${limit}`, 400);
  for (const { Key, Value } of checked) {
    if (Key.length < 1 || Key.length > 128)
      throw new ApiError('InvalidTag', 'The TagKey you have provided is invalid', 400, { TagKey: Key });
    if (Value.length > 256)
      throw new ApiError('InvalidTag', 'The TagValue you have provided is invalid', 400, { TagKey: Key, TagValue: Value });
    if (/^aws:/i.test(Key))
      throw new ApiError('InvalidTag', 'System tags cannot be added/updated by requester', 400, { TagKey: Key });
  }
  if (new Set(checked.map(({ Key }) => Key)).size !== checked.length) {
    throw new ApiError('InvalidTag', 'Cannot provide multiple Tags with the same key', 400);
  }
  return checked;
}

/** The `x-amz-tagging` header: a query string. */
export function tagsOfHeader(header: string | undefined): readonly ObjectTag[] {
  if (header === undefined || header === '') return [];
  return checkTags(
    [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value })),
    OBJECT_TAGS,
  );
}
