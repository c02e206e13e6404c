/**
 * What spares the managed rule groups most of their work changes nothing that they find: the same rules over the same requests, once with and once
 * without it. The requests are made of what the rules themselves look for. The seed is fixed, so that a run says of a change what the last did.
 */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { linearRegex } from '../../src/adapters/regex/linear-regex.ts';
import { detectSqli } from '../../src/core/viewer-request/waf/detection/detect-sqli.ts';
import { detectXss } from '../../src/core/viewer-request/waf/detection/detect-xss.ts';
import { RULE_SETS } from '../../src/core/viewer-request/waf/managed/rule-sets.ts';
import { automaton } from '../../src/core/viewer-request/waf/patterns/automaton.ts';
import { parsePattern } from '../../src/core/viewer-request/waf/patterns/parse-pattern.ts';
import { requiredLiterals } from '../../src/core/viewer-request/waf/patterns/required-literals.ts';
import { writePattern } from '../../src/core/viewer-request/waf/patterns/write-pattern.ts';
import { rulesWhere, selectRules } from '../../src/core/viewer-request/waf/seclang/candidates.ts';
import { compileRules, type CompiledRules } from '../../src/core/viewer-request/waf/seclang/compile-rules.ts';
import { evaluateRules, viewOf } from '../../src/core/viewer-request/waf/seclang/evaluate-rules.ts';
import { inspectedRequest } from '../../src/core/viewer-request/waf/seclang/inspected-request.fixture.ts';

const SEED = 20261129;

const links = RULE_SETS.flatMap(({ rules }) => rules.flatMap((rule) => rule.links));
const patterns = links.flatMap(({ test: said }) => {
  const [, pattern] = /^!?@rx (.*)$/s.exec(said) ?? [];
  return pattern === undefined || pattern.includes('%{') ? [] : parsePattern(pattern, { dotAll: true });
});
const literals = [
  ...new Set([...patterns.flatMap((pattern) => requiredLiterals(pattern).flat()), ...links.flatMap(({ words = [] }) => words)]),
];
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...literals) },
  fc.constantFrom(
    ...' \'"`()<>=;|&/\\.,:{}$+%#-*!?@[]~^\0\n\t\xa0\xe9'.split(''),
    '..',
    '/*',
    '*/',
    '--',
    '%20',
    '%27',
    '&lt;',
    '\\x41',
    ' or ',
    ' and ',
  ),
  fc.string({ maxLength: 3 }),
);
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

test('the automata of the rules find what the linear engine finds, and where it may begin', () => {
  const engines = patterns.map((pattern) => ({ occurs: automaton(pattern)!, find: linearRegex(writePattern(pattern)) }));
  fc.assert(
    fc.property(text, (sample) => {
      for (const [at, { occurs, find }] of engines.entries()) {
        const from = occurs(sample);
        const found = find(sample, 0);
        const isRight = found === undefined ? from < 0 : from >= 0 && from <= found.at;
        if (!isRight) throw new Error(`${from} for ${found?.at} by ${writePattern(patterns[at]!)}`);
      }
    }),
    { seed: SEED, numRuns: 150 },
  );
});

test('rules that are passed over by their literals would have found nothing', () => {
  const compiled = compileRules(RULE_SETS, { linear: linearRegex, detectSqli, detectXss });
  const everyOwner = compiled.scanner.least.map(() => 0xffffffff);
  const without: CompiledRules = { ...compiled, scanner: { least: everyOwner, scan: () => everyOwner } };
  const [selection, selectionWithout] = [selectRules(compiled, () => true), selectRules(without, () => true)];
  const rules = rulesWhere(compiled, () => true);
  let found = 0;
  fc.assert(
    fc.property(fc.record({ text, other: text, where: fc.integer({ min: 0, max: 5 }) }), ({ text: one, other, where }) => {
      const request = inspectedRequest(requestWith(one, other, where));
      const matches = evaluateRules(compiled, viewOf(request, compiled, selection), rules);
      const matchesWithout = evaluateRules(without, viewOf(request, without, selectionWithout), rules);
      expect(matches.map(({ rule, hits }) => [rule.id, hits])).toEqual(matchesWithout.map(({ rule, hits }) => [rule.id, hits]));
      found += matches.length;
    }),
    { seed: SEED, numRuns: 300 },
  );
  expect(found).toBeGreaterThan(300);
});

function requestWith(one: string, other: string, where: number): Parameters<typeof inspectedRequest>[0] {
  const post = (type: string, body: string) => ({ method: 'POST', headers: { 'content-type': type }, body });
  switch (where) {
    case 0:
      return { target: `/?a=${encodeURIComponent(one)}&${other}` };
    case 1:
      return { target: `/${one}` };
    case 2:
      return { headers: { cookie: `a=${one}; __utmz=${other}`, 'user-agent': other } };
    case 3:
      return post('application/x-www-form-urlencoded', `a=${one}&${encodeURIComponent(other)}=1`);
    case 4:
      return post('application/json', JSON.stringify({ a: one, [other]: [one] }));
    default:
      return post(
        'multipart/form-data; boundary=b',
        `--b\r\nContent-Disposition: form-data; name="f"; filename="${other}"\r\n\r\n${one}\r\n--b--`,
      );
  }
}
