/**
 * Tags of web ACLs, rule groups, IP sets and regex pattern sets. AWS WAF API reference. Characters and lengths are the model's constraints
 * and were checked before. Edges do not read them: a change of tags is not published.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_QUOTAS } from '../../../tables/quotas.ts';
import type { Collection } from '../../state/resources.ts';
import { changeOf } from '../change-of.ts';
import type { CallContext, Handlers } from '../wire/types.ts';
import { pageOf } from './pages.ts';
import { invalidParameter, limitExceeded, nonexistent } from './waf-faults.ts';
import type { Tags, WafKind, WafRegistry } from './waf-registry.ts';

/** The tags with those given added. Throws WAFInvalidParameterException and WAFLimitsExceededException. */
export function withTags(existing: Tags, given: readonly Sdk.Tag[] = []): Tags {
  const reserved = given.find(({ Key = '' }) => /^aws:/i.test(Key));
  if (reserved !== undefined) throw invalidParameter('TAGS', reserved.Key ?? '', 'Keys that begin with aws: are reserved.');
  const tags = { ...existing, ...Object.fromEntries(given.map(({ Key = '', Value = '' }) => [Key, Value])) };
  if (Object.keys(tags).length > WAF_QUOTAS.tags) throw limitExceeded(`a resource has ${WAF_QUOTAS.tags} tags at most`);
  return tags;
}

/** A resource that has tags. */
interface Tagged {
  readonly tags: Tags;
  save(tags: Tags, call: CallContext): void;
}

export function tagHandlers(registry: WafRegistry) {
  const find = (arn = ''): Tagged => {
    const found =
      taggedIn(registry, 'webacl', registry.webAcls, arn) ??
      taggedIn(registry, 'rulegroup', registry.ruleGroups, arn) ??
      taggedIn(registry, 'ipset', registry.ipSets, arn) ??
      taggedIn(registry, 'regexpatternset', registry.regexPatternSets, arn);
    if (found === undefined) throw nonexistent();
    return found;
  };
  return {
    TagResource({ ResourceARN, Tags: given }, call) {
      const found = find(ResourceARN);
      found.save(withTags(found.tags, given), call);
      return {};
    },
    UntagResource({ ResourceARN, TagKeys = [] }, call) {
      const found = find(ResourceARN);
      found.save(Object.fromEntries(Object.entries(found.tags).filter(([key]) => !TagKeys.includes(key))), call);
      return {};
    },
    ListTagsForResource({ ResourceARN, ...asked }) {
      const all = Object.entries(find(ResourceARN).tags).map(([Key, Value]) => ({ Key, Value }));
      const { items, next } = pageOf(all, asked, ({ Key }) => Key);
      return { TagInfoForResource: { ResourceARN, TagList: items }, ...next };
    },
  } satisfies Handlers<typeof Sdk>;
}

function taggedIn<D extends { readonly tags: Tags }>(
  registry: WafRegistry,
  kind: WafKind,
  collection: Collection<D>,
  arn: string,
): Tagged | undefined {
  const current = registry.byArn(kind, collection, arn);
  if (current === undefined) return undefined;
  const { document, etag } = current;
  return {
    tags: document.tags,
    save: (tags, call) => void collection.update(current, { etag, document: { ...document, tags } }, changeOf(call)),
  };
}
