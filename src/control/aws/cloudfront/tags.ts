/**
 * Tags of distributions, functions, key value stores and trust stores. Facts: aws-api B3. Those of a distribution are part of what edges read
 * (`warmfront:*` tags set extensions), so a change of tags makes a new revision, but no new version (ETag) of the configuration.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { DISTRIBUTION_QUOTAS } from '../../../tables/quotas.ts';
import { ApiError } from '../wire/types.ts';
import type { Handlers } from '../wire/types.ts';
import type { CloudFrontSdk } from './filled-config.ts';
import type { Change, Collection } from '../../state/resources.ts';
import type { Registry } from './registry.ts';
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

/** A resource that has tags. */
interface Tagged {
  readonly tags: Tags;
  save(tags: Tags, change: Change): void;
}

const RESOURCE = /^arn:aws:cloudfront::(\d{12}):(distribution|function|key-value-store|trust-store)\/([A-Za-z0-9_-]+)$/;

export function tagHandlers(registry: Registry) {
  const taggedOf = {
    distribution: (id: string) => taggedIn(registry.distributions, id),
    function: (id: string) => taggedIn(registry.functions, id),
    'key-value-store': (id: string) => taggedIn(registry.keyValueStores, id),
    'trust-store': (id: string) => taggedIn(registry.trustStores, id),
  };
  const find = (arn: string | undefined): Tagged => {
    const [, account, kind, id] = RESOURCE.exec(arn ?? '') ?? [];
    if (id === undefined)
      throw invalidArgument(
        'The parameter Resource is not the ARN of a distribution, a function, a key value store or a trust store.',
      );
    const isOurs = account === registry.accountId;
    const tagged = isOurs ? taggedOf[kind as keyof typeof taggedOf](id) : undefined;
    if (tagged === undefined) throw new ApiError('NoSuchResource', 'The specified resource does not exist.', 404);
    return tagged;
  };
  return {
    TagResource({ Resource, Tags: given }, call) {
      const found = find(Resource);
      const tags = acceptTags(given, found.tags);
      registry.change(call, (change) => found.save(tags, change));
      return {};
    },
    UntagResource({ Resource, TagKeys }, call) {
      const found = find(Resource);
      const gone = new Set(TagKeys?.Items);
      const tags = Object.fromEntries(Object.entries(found.tags).filter(([key]) => !gone.has(key)));
      registry.change(call, (change) => found.save(tags, change));
      return {};
    },
    ListTagsForResource({ Resource }) {
      const { tags } = find(Resource);
      return { Tags: { Items: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } };
    },
  } satisfies Handlers<CloudFrontSdk>;
}

function taggedIn<D extends { readonly tags: Tags }>(collection: Collection<D>, id: string): Tagged | undefined {
  const current = collection.get(id);
  if (current === undefined) return undefined;
  const { document, etag } = current;
  return {
    tags: document.tags,
    save: (tags, change) => void collection.update(current, { etag, document: { ...document, tags } }, change),
  };
}
