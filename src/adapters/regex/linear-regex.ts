/**
 * Regular expressions in time linear in the text, whatever the pattern: RE2's algorithm by re2js. Which patterns need it is decided in
 * core/viewer-request/waf/patterns.
 */
import { RE2JS } from 're2js';
import type { LinearRegex } from '../../model/waf-engine.ts';

export const linearRegex: LinearRegex = (source) => {
  const re2 = RE2JS.compile(source);
  return {
    test: (text) => re2.test(text),
    exec: (text) => {
      // What it is at run time, and what the package's manual says; its types leave it open.
      const match = re2.exec(text) as RegExpExecArray | null;
      return match === null ? undefined : { at: match.index, groups: match };
    },
  };
};
