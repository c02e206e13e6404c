/**
 * Tags of distributions. Facts: aws-api B3. They are part of what edges read (`warmfront:*` tags set extensions), so a change
 * of tags makes a new revision, but no new version (ETag) of the configuration.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { DISTRIBUTION_QUOTAS } from '../../../tables/quotas.ts';
import { ApiError } from '../wire/types.ts';
import type { Handlers } from '../wire/types.ts';
import type { CloudFrontSdk } from './filled-config.ts';
import type { Registry, StoredDistribution } from './registry.ts';
import { firstRepeated, invalidArgument } from './validate/references.ts';

const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

type Tags = Readonly<Record<string, string>>;

/** The tags with those given added, judged together. Throws InvalidTagging. */
export function acceptTags(given: Sdk.Tags | undefined, existing: Tags): Tags {
  const invalid = (why: string): ApiError => new ApiError('InvalidTagging', `The tagging specified is not valid. ${why}`, 400);
  const added = (given?.Items ?? []).map(({ Key = '', Value = '' }): [string, string] => [Key, Value]);
  for (const [key, value] of added) {
    if (key.length < 1 || key.length > 128 || !CHARACTERS.test(key)) throw invalid(`The key is not valid: ${key}`);
    if (value.length > 256 || !CHARACTERS.test(value)) throw invalid(`The value of ${key} is not valid.`);
    if (/^aws:/i.test(key)) throw invalid(`Keys that begin with aws: are reserved: ${key}`);
  }
  const repeated = firstRepeated(added.map(([key]) => key));
  if (repeated !== undefined) throw invalid(`The key ${repeated} is given more than once.`);
  const tags = { ...existing, ...Object.fromEntries(added) };
  if (Object.keys(tags).length > DISTRIBUTION_QUOTAS.tags)
    throw invalid(`There may be at most ${DISTRIBUTION_QUOTAS.tags} tags.`);
  return tags;
}

export function tagHandlers(registry: Registry) {
  const find = (arn: string | undefined): StoredDistribution => {
    const [, account, id] = /^arn:aws:cloudfront::(\d{12}):distribution\/([A-Z0-9]+)$/.exec(arn ?? '') ?? [];
    if (id === undefined) throw invalidArgument('The parameter Resource is not the ARN of a distribution.');
    const stored = account === registry.accountId ? registry.distributions.get(id) : undefined;
    if (stored === undefined) throw new ApiError('NoSuchResource', 'The specified resource does not exist.', 404);
    return stored;
  };
  return {
    TagResource({ Resource, Tags }, call) {
      const current = find(Resource);
      const document = { ...current.document, tags: acceptTags(Tags, current.document.tags) };
      registry.change(call, (change) => registry.distributions.update(current, { etag: current.etag, document }, change));
      return {};
    },
    UntagResource({ Resource, TagKeys }, call) {
      const current = find(Resource);
      const gone = new Set(TagKeys?.Items);
      const tags = Object.fromEntries(Object.entries(current.document.tags).filter(([key]) => !gone.has(key)));
      const document = { ...current.document, tags };
      registry.change(call, (change) => registry.distributions.update(current, { etag: current.etag, document }, change));
      return {};
    },
    ListTagsForResource({ Resource }) {
      const { tags } = find(Resource).document;
      return { Tags: { Items: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } };
    },
  } satisfies Handlers<CloudFrontSdk>;
}
