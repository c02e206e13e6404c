import { expect, test } from 'bun:test';
import type { GuardFinding } from '../../model/guard-finding.ts';
import { createRecordedFindings } from './recorded-findings.ts';

const FINDING: GuardFinding = {
  at: 0,
  requestId: 'r1',
  distributionId: 'E1',
  pathPattern: '*',
  rule: 'reflected-input',
  certainty: 'certain',
  action: 'refused',
  method: 'GET',
  url: 'https://www.example.com/',
  status: 200,
  input: { kind: 'header', name: 'x-a', value: '<b>', length: 3 },
  seenIn: 'body',
  offset: 12,
  because: 'it stands there',
};

test('a flood is one group, one line and a count', () => {
  const told: string[] = [];
  const findings = createRecordedFindings({ tell: (message) => told.push(message) });
  for (let at = 0; at < 1000; at += 1) findings.found({ ...FINDING, at, requestId: `r${at}` });
  expect(findings.all()).toEqual([{ latest: { ...FINDING, requestId: 'r0' }, firstAt: 0, lastAt: 999, count: 1000 }]);
  expect(told).toEqual([
    'guard: reflected-input (certain), refused: GET https://www.example.com/, header x-a, in body at octet 12: it stands there; distribution E1, *',
  ]);
  expect(findings.read()).toEqual({
    warmfront_guard_findings_total: [{ labels: ['reflected-input', 'refused'], value: 1000 }],
  });
});

test('the proof is renewed after ten seconds, the line after ten minutes', () => {
  const told: string[] = [];
  const findings = createRecordedFindings({ tell: (message) => told.push(message) });
  findings.found(FINDING);
  findings.found({ ...FINDING, at: 10_000, requestId: 'r2' });
  expect(findings.all()[0]!.latest.requestId).toBe('r2');
  findings.found({ ...FINDING, at: 600_000, requestId: 'r3' });
  expect(told.length).toBe(2);
  expect(told[1]).toEndWith('(3 times by now)');
});

test('groups are told apart by rule, behavior and action, and bounded', () => {
  const findings = createRecordedFindings({ tell: () => {} });
  findings.found(FINDING);
  findings.found({ ...FINDING, pathPattern: '/api/*' });
  findings.found({ ...FINDING, action: 'shared' });
  expect(findings.about('E1', '*').length).toBe(2);
  for (let index = 0; index < 1000; index += 1) findings.found({ ...FINDING, distributionId: `E${index}` });
  expect(findings.all().length).toBe(500);
  expect(findings.all()[0]!.latest.distributionId).toBe('E999');
});
