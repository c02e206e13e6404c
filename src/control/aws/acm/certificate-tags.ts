/**
 * Tags of certificates, in both spellings of the API: AddTagsToCertificate and TagResource. ACM API reference. Characters and lengths are
 * the model's constraints and were checked before.
 */
import type * as Sdk from '@aws-sdk/client-acm';
import { changeOf } from '../change-of.ts';
import type { CallContext, Handlers } from '../wire/types.ts';
import { ApiError } from '../wire/types.ts';
import type { CertificateRegistry } from './certificate-registry.ts';

const MOST_TAGS = 50;

type Tags = Readonly<Record<string, string>>;

/** The tags with those given added. Throws InvalidTagException and TooManyTagsException. */
export function withTags(existing: Tags, given: readonly Sdk.Tag[] = []): Tags {
  const tags = { ...existing };
  for (const { Key = '', Value = '' } of given) {
    if (/^aws:/i.test(Key)) throw new ApiError('InvalidTagException', `Tag keys that begin with aws: are reserved: ${Key}.`, 400);
    tags[Key] = Value;
  }
  if (Object.keys(tags).length > MOST_TAGS)
    throw new ApiError('TooManyTagsException', `A certificate has at most ${MOST_TAGS} tags.`, 400);
  return tags;
}

export function certificateTagHandlers(registry: CertificateRegistry) {
  const change = (arn: string | undefined, call: CallContext, next: (tags: Tags) => Tags): object => {
    const current = registry.find(arn, call);
    const document = { ...current.document, tags: next(current.document.tags) };
    registry.certificates.update(current, { etag: current.etag, document }, changeOf(call));
    return {};
  };
  const list = (arn: string | undefined, call: CallContext): { Tags: Sdk.Tag[] } => ({
    Tags: Object.entries(registry.find(arn, call).document.tags).map(([Key, Value]) => ({ Key, Value })),
  });
  return {
    AddTagsToCertificate: ({ CertificateArn, Tags }, call) => change(CertificateArn, call, (tags) => withTags(tags, Tags)),
    // ACM: with a value, a tag goes only if it has that value.
    RemoveTagsFromCertificate: ({ CertificateArn, Tags = [] }, call) =>
      change(CertificateArn, call, (tags) =>
        without(tags, (key, value) => Tags.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value))),
      ),
    ListTagsForCertificate: ({ CertificateArn }, call) => list(CertificateArn, call),
    TagResource: ({ ResourceArn, Tags }, call) => change(ResourceArn, call, (tags) => withTags(tags, Tags)),
    UntagResource: ({ ResourceArn, TagKeys = [] }, call) =>
      change(ResourceArn, call, (tags) => without(tags, (key) => TagKeys.includes(key))),
    ListTagsForResource: ({ ResourceArn }, call) => list(ResourceArn, call),
  } satisfies Handlers<typeof Sdk>;
}

function without(tags: Tags, isGone: (key: string, value: string) => boolean): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key, value]) => !isGone(key, value)));
}
