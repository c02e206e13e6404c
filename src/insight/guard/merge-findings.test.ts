import { expect, test } from 'bun:test';
import type { FindingGroup, GuardFinding } from '../../model/guard-finding.ts';
import { mergeFindings } from './merge-findings.ts';

function group(latest: Partial<GuardFinding>, firstAt: number, lastAt: number, count: number): FindingGroup {
  return {
    latest: {
      at: lastAt,
      requestId: 'r',
      distributionId: 'E1',
      pathPattern: '*',
      rule: 'reflected-input',
      certainty: 'certain',
      action: 'refused',
      method: 'GET',
      url: 'http://a/',
      status: 200,
      because: 'x',
      ...latest,
    },
    firstAt,
    lastAt,
    count,
  };
}

test('what two workers have found of one kind is one, the newest first', () => {
  const merged = mergeFindings([
    [group({ requestId: 'old' }, 5, 10, 2), group({ rule: 'path-confusion' }, 1, 30, 1)],
    [group({ requestId: 'new' }, 3, 20, 4), group({ action: 'shared' }, 1, 1, 1)],
  ]);
  expect(
    merged.map(({ latest, firstAt, lastAt, count }) => [latest.rule, latest.action, latest.requestId, firstAt, lastAt, count]),
  ).toEqual([
    ['path-confusion', 'refused', 'r', 1, 30, 1],
    ['reflected-input', 'refused', 'new', 3, 20, 6],
    ['reflected-input', 'shared', 'r', 1, 1, 1],
  ]);
});
