/**
 * Regex pattern sets: regular expressions that statements share. AWS WAF API reference. Which expressions there may be is decided by who
 * runs them: time that grows with the length of the text alone.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_QUOTAS } from '../../../tables/quotas.ts';
import { changeOf } from '../change-of.ts';
import type { Handlers } from '../wire/types.ts';
import { pageOf } from './pages.ts';
import { acceptPattern } from './rules/accept-statement.ts';
import { summaryOf } from './summaries.ts';
import { limitExceeded } from './waf-faults.ts';
import type { WafContext } from './waf-context.ts';
import type { StoredRegexPatternSet } from './waf-registry.ts';
import { checkRoom, checkScope, find, remove, requireToken } from './waf-registry.ts';
import { withTags } from './waf-tags.ts';

export function regexPatternSetHandlers({ registry, users, ids, patternFault }: WafContext) {
  const { regexPatternSets } = registry;
  const summary = (stored: StoredRegexPatternSet): Sdk.RegexPatternSetSummary =>
    summaryOf(registry, 'regexpatternset', stored, stored.document.description);
  const acceptPatterns = (given: readonly Sdk.Regex[] = []): readonly string[] => {
    if (given.length > WAF_QUOTAS.patternsPerSet)
      throw limitExceeded(`a regex pattern set has ${WAF_QUOTAS.patternsPerSet} patterns at most`);
    const patterns = given.map(({ RegexString = '' }) => RegexString);
    for (const pattern of patterns) acceptPattern(pattern, 'REGEX_PATTERN_SET', patternFault);
    return patterns;
  };
  return {
    CreateRegexPatternSet({ Name = '', Scope, Description, RegularExpressionList, Tags }, call) {
      checkScope(Scope, call);
      const document = { patterns: acceptPatterns(RegularExpressionList), description: Description, tags: withTags({}, Tags) };
      checkRoom(regexPatternSets, Name, WAF_QUOTAS.regexPatternSets, 'regex pattern sets');
      const resource = { id: ids.uuid(), name: Name, etag: ids.uuid(), document };
      return { Summary: summary(users.changeWaf(changeOf(call), (change) => regexPatternSets.insert(resource, change))) };
    },
    GetRegexPatternSet(input, call) {
      const stored = find(regexPatternSets, input, call);
      const { patterns, description } = stored.document;
      const { Name, Id, ARN } = summary(stored);
      const RegularExpressionList = patterns.map((RegexString) => ({ RegexString }));
      const RegexPatternSet = {
        Name,
        Id,
        ARN,
        RegularExpressionList,
        ...(description !== undefined && { Description: description }),
      };
      return { RegexPatternSet, LockToken: stored.etag };
    },
    UpdateRegexPatternSet(input, call) {
      const stored = find(regexPatternSets, input, call);
      requireToken(stored, input.LockToken);
      const document = {
        ...stored.document,
        patterns: acceptPatterns(input.RegularExpressionList),
        description: input.Description,
      };
      const next = users.changeWaf(changeOf(call), (change) =>
        regexPatternSets.update(stored, { etag: ids.uuid(), document }, change),
      );
      return { NextLockToken: next.etag };
    },
    DeleteRegexPatternSet(input, call) {
      const isUsed = (stored: StoredRegexPatternSet): boolean => registry.isReferenced(registry.arnOf('regexpatternset', stored));
      remove({ collection: regexPatternSets, users, isUsed }, input, call);
      return {};
    },
    ListRegexPatternSets({ Scope, ...asked }, call) {
      checkScope(Scope, call);
      const { items, next } = pageOf(regexPatternSets.list(), asked, ({ id }) => id, regexPatternSets);
      return { RegexPatternSets: items.map(summary), ...next };
    },
  } satisfies Handlers<typeof Sdk>;
}
