import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { linearRegex } from '../../src/adapters/regex/linear-regex.ts';
import type { PatternOptions } from '../../src/model/waf-engine.ts';
import { automaton } from '../../src/core/viewer-request/waf/patterns/automaton.ts';
import { patternCompiler } from '../../src/core/viewer-request/waf/patterns/compile-pattern.ts';
import { hasOwner, literalScanner } from '../../src/core/viewer-request/waf/patterns/literal-scanner.ts';
import { matchingCost } from '../../src/core/viewer-request/waf/patterns/matching-cost.ts';
import { parsePattern } from '../../src/core/viewer-request/waf/patterns/parse-pattern.ts';
import { requiredLiterals } from '../../src/core/viewer-request/waf/patterns/required-literals.ts';

const compile = patternCompiler(linearRegex);

describe('what a pattern finds', () => {
  const rows: readonly [
    pattern: string,
    text: string,
    want: [at: number, length: number] | undefined,
    options?: PatternOptions,
  ][] = [
    ['abc', 'xxabc', [2, 3]],
    ['ABC', 'xxabc', undefined],
    ['ABC', 'xxabc', [2, 3], { caseInsensitive: true }],
    ['(?i)ABC', 'xxabc', [2, 3]],
    ['(?i:A)B', 'aB', [0, 2]],
    ['a(?i)b|c', 'C', [0, 1]],
    ['a.c', 'a\nc', undefined],
    ['a.c', 'a\nc', [0, 3], { dotAll: true }],
    ['^b$', 'a\nb\nc', undefined],
    ['^b$', 'a\nb\nc', [2, 1], { multiline: true }],
    ['\\bword\\b', 'a word.', [2, 4]],
    ['a|ab', 'ab', [0, 1]],
    ['[^\\x00-\\x7f]', 'a\xe9', [1, 1]],
    ['[[:alpha:]]+', '12ab', [2, 2]],
    ['[\\]a-]{2}', 'a]-', [0, 2]],
    ['[a\\-z]', '-', [0, 1]],
    ['\\x41\\x{42}', 'ABC', [0, 2]],
    ['a{,2}', 'a{,2}', [0, 5]],
    ['a++b', 'aab', [0, 3]],
    ['(?>a*)b', 'aab', [0, 3]],
    ['(?P<year>\\d{4})', 'in 2026', [3, 4]],
    ['\\s', '\v', [0, 1]],
    ['', 'abc', [0, 0]],
  ];
  for (const [pattern, text, want, options] of rows) {
    test(`${JSON.stringify(pattern)} in ${JSON.stringify(text)}`, () => {
      const found = compile(pattern, options)(text);
      expect(found && [found.at, found.length]).toEqual(want as [number, number]);
    });
  }
});

describe('what is refused, and how', () => {
  test.each([
    ['a(b', 'a "(" is not closed, at character 2 of the pattern a(b'],
    ['ab)', 'a ")" closes nothing, at character 3'],
    ['[ab', 'a "[" is not closed, at character 1'],
    ['[[:letters:]]', 'there is no class [:letters:]'],
    ['[b-a]', 'a range of a class is the wrong way round, at character 3'],
    ['*a', '"*" repeats nothing, at character 1'],
    ['a{2,1}', 'the bounds of a repeat are the wrong way round'],
    ['a{1001}', 'a repeat counts to more than 1000'],
    ['a\\', 'the pattern ends with a backslash'],
    ['\\p{L}', '\\p is not supported'],
    ['\\Qa\\E', '\\Q is not supported'],
    ['(a)\\1', 'a reference back is not supported, at character 4'],
    ['(?=a)', 'looking ahead or behind is not supported, at character 1'],
    ['(?<!a)b', 'looking ahead or behind is not supported'],
    ['(?R)', 'this kind of group is not supported'],
    ['\u20ac', 'a character beyond the octets'],
    ['('.repeat(201), 'groups are nested more than 200 deep'],
  ])('%p: %s', (pattern, want) => {
    expect(() => compile(pattern)).toThrow(want);
  });
});

const PIECES = [
  'a',
  'b',
  'ab',
  '[ab]',
  '[^a]',
  '.',
  '\\w',
  '\\d',
  'a?',
  '(?:a|b)',
  '(?:ab|c)',
  'b{1,2}',
  '\\b',
  '\\B',
  '^',
  '$',
  '(a|bc)',
  '\\.',
];
// Repeats are of pieces alone: RegExp, which is asked for comparison, would stall on some others.
const repeated = fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '{0,2}'));
const sequence = fc
  .array(repeated, { maxLength: 4 })
  .map((parts) => parts.map(([piece, repeat]) => `(?:${piece})${repeat}`).join(''));
const anyPattern = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((choices) => choices.join('|'));
const anyText = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '.', ' ', '1', '\n'), maxLength: 12 });

describe('whatever the pattern', () => {
  test('both engines find what RegExp finds', () => {
    fc.assert(
      fc.property(anyPattern, anyText, fc.boolean(), (pattern, text, caseInsensitive) => {
        const want = new RegExp(pattern, caseInsensitive ? 'i' : '').exec(text);
        const found = compile(pattern, { caseInsensitive })(text);
        expect(found?.at).toBe(want?.index);
      }),
      { numRuns: 400 },
    );
  });

  test('a text that matches has one of the required literals', () => {
    fc.assert(
      fc.property(anyPattern, anyText, (pattern, text) => {
        if (!new RegExp(pattern, 'i').test(text)) return;
        const literals = requiredLiterals(parsePattern(pattern, { caseInsensitive: true }));
        expect(hasOwner(literalScanner([literals]).scan(text), 0)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('the automaton says of every text whether RegExp finds something, and begins at or before it', () => {
    fc.assert(
      fc.property(anyPattern, fc.array(anyText, { minLength: 1, maxLength: 4 }), fc.boolean(), (pattern, texts, multiline) => {
        const occurs = automaton(parsePattern(pattern, { multiline }))!;
        for (const text of texts) {
          const found = new RegExp(pattern, multiline ? 'm' : '').exec(text);
          const from = occurs(text);
          expect([text, from >= 0]).toEqual([text, found !== null]);
          expect(from).toBeLessThanOrEqual(found?.index ?? -1);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test.each(['(a+)+$', '(a|aa)+$', '(a|a?)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(.*)*b', 'a*a*a*a*a*a*b', '(x+x+)+y'])(
  '%s cannot stall: RegExp is not asked',
  (pattern) => {
    expect(matchingCost(parsePattern(pattern))).toBe(Infinity);
    expect(compile(pattern)(`${'ax'.repeat(50_000)}!`)?.length ?? 0).toBeLessThan(200_000);
  },
);

test.each([
  ['abc', 3],
  ['a?b', 6],
  ['(?:a|b){3}', 45],
  ['(?:[ab]c|d){2}e?', 70],
])('%s costs at most %d steps at one place', (pattern, most) => {
  expect(matchingCost(parsePattern(pattern))).toBeLessThanOrEqual(most);
});

test.each<[pattern: string, want: string[][]]>([
  ['select.+from', [['select'], ['from']]],
  ['(?:union|select)\\s+x', [['union', 'select']]],
  ['[\'"]\\s*or', [['"', "'"], ['or']]],
  ['(?:wget|curl) ?http', [['wgethttp', 'wget http', 'curlhttp', 'curl http']]],
  ['\\d+', []],
  ['a*', []],
  ['(?i)<SCRIPT', [['<script']]],
  // What all alternatives have, by pairs; of what has one, that again.
  [
    'ab.*cd|ef.*ghi|(?:jk|lm)',
    [
      ['ab', 'ghi', 'jk', 'lm'],
      ['cd', 'ef', 'jk', 'lm'],
    ],
  ],
])('%s needs one of each of %p', (pattern, want) => {
  expect(requiredLiterals(parsePattern(pattern, { caseInsensitive: true }))).toEqual(want);
});

test('a scanner tells whose literals a text has, overlapping ones and other cases included', () => {
  const needs = [[['she']], [['he', 'x']], [], [['hers']], [['longer than most literals']], [['he'], ['us', 'zz']]];
  const { scan, least } = literalScanner(needs);
  const ownersIn = (text: string) => [...needs.keys()].filter((owner) => hasOwner(scan(text), owner));
  expect(ownersIn('uSHErs')).toEqual([0, 1, 2, 3, 5]);
  expect(ownersIn('he he')).toEqual([1, 2]);
  expect(ownersIn('longer t')).toEqual([2, 4]);
  expect(scan('nothing')).toBe(least);
});

test('an automaton that would become too large is none', () => {
  expect(automaton(parsePattern('(?:(?:abc){100}){20}'))).toBeUndefined();
});

test('where each octet would need a state of its own, they are not kept, and the text is gone through all the same', () => {
  const occurs = automaton(parsePattern('a(?:a|b){300}c'))!;
  // Letters in no order that repeats.
  let seed = 1;
  const letters = Array.from({ length: 5000 }, () => 'ab'[(seed = (seed * 48_271) % 2_147_483_647) % 2]).join('');
  expect(occurs(letters)).toBe(-1);
  expect(occurs(`${letters}a${letters.slice(0, 300)}c`)).toBeGreaterThanOrEqual(0);
  expect(occurs('ab'.repeat(3))).toBe(-1);
});

test('a search begins where nothing was under way', () => {
  const occurs = automaton(parsePattern('ab+c'))!;
  expect(occurs('ab ab xx abbc')).toBe(9);
  expect(occurs('ab ab xx abb')).toBe(-1);
});
