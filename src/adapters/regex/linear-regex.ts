/**
 * Regular expressions in time linear in the text, whatever the pattern: RE2's algorithm by re2js. Which patterns need it is decided in
 * core/viewer-request/waf/patterns.
 */
import { RE2JS } from 're2js';
import type { LinearRegex } from '../../model/waf-engine.ts';

export const linearRegex: LinearRegex = (source) => {
  const re2 = RE2JS.compile(source);
  return (text, from) => {
    const matcher = re2.matcher(text);
    const isFound = matcher.find(from);
    if (!isFound) return undefined;
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined);
    return { at: matcher.start(), groups };
  };
};
