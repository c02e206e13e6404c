import { expect, test } from 'bun:test';
import { EXCEPTIONS } from './exceptions.ts';
import { figures, isWrong, judge, type SuiteTest } from './judge.ts';

const TESTS: readonly SuiteTest[] = [
  { id: 'a' },
  { id: 'b', depends_on: ['a'] },
  { id: 'c', kind: 'optimal', depends_on: ['b'] },
  { id: 'd', kind: 'check' },
  { id: 'browser', browser_only: true },
];
const NO: readonly [string, string] = ['Assertion', 'no'];

test('what fails is wrong, and with it all that depends on it', () => {
  const verdicts = judge(TESTS, { a: NO, b: true, c: true, d: NO }, []);
  expect(verdicts.map(({ id, message }) => [id, message])).toEqual([
    ['a', 'Assertion: no'],
    ['b', 'depends on a'],
    ['c', 'depends on b'],
    ['d', 'Assertion: no'],
  ]);
  expect(verdicts.filter(isWrong).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(figures(verdicts)).toBe('required 0/2, optimal 0/1, check 0/1');
});

test('an exception excuses a failure, and a pass is then the mistake', () => {
  const exceptions = [{ id: 'a', reason: 'so it is' }];
  const wrong = (a: true | typeof NO) => judge(TESTS.slice(0, 1), { a }, exceptions).filter(isWrong).length;
  expect([wrong(NO), wrong(true)]).toEqual([0, 1]);
});

test('a test that was not run has not passed; an exception must name a test', () => {
  expect(judge(TESTS.slice(0, 1), {}, []).map(({ message }) => message)).toEqual(['not run']);
  expect(() => judge(TESTS, {}, [{ id: 'x', reason: '' }])).toThrow('x');
});

test.each(['rfc9111', 'cloudfront'] as const)('no test is excused twice in %s mode', (mode) => {
  const ids = EXCEPTIONS[mode].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
