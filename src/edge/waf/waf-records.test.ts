import { expect, test } from 'bun:test';
import { evaluate } from '../../core/viewer-request/waf/evaluate.ts';
import {
  compiled,
  contains,
  COUNT,
  inspected,
  inspection,
  PLAIN_ENGINE,
  rule,
  webAcl,
} from '../../core/viewer-request/waf/waf.fixture.ts';
import type { WebAcl } from '../../model/web-acl.ts';
import type { MatchedVisit } from '../visit.ts';
import { createWafRecords } from './waf-records.ts';

const VISIT = { requestId: 'id', receivedAt: 0, distribution: { source: { id: 'E1' } } } as MatchedVisit;
const PATHS = rule(
  'paths',
  { kind: 'managedRuleGroup', vendor: 'AWS', name: 'Paths', version: undefined, overrides: [], scopeDown: undefined },
  { action: { kind: 'none' } },
);

const unused = (): string => '';

function counted(acl: WebAcl, paths: readonly string[]): readonly string[] {
  const crypto = { mac: unused, verifies: () => false, digest: unused, nonce: () => '' };
  const waf = { engine: PLAIN_ENGINE, crypto, log: { write: () => undefined } };
  const records = createWafRecords({ waf });
  for (const path of paths) records.write(VISIT, inspected({ path }), evaluate(compiled(acl), inspection({ path })));
  return records.counts().map(({ rule: metric, action, count }) => `${metric} ${action} ${count}`);
}

const COUNTS: readonly (readonly [name: string, acl: WebAcl, want: readonly string[]])[] = [
  ['the default action', webAcl([]), ['test ALLOW 2']],
  ['a rule that counts', webAcl([rule('a', contains('/one'), { action: COUNT })]), ['test ALLOW 2', 'a COUNT 1']],
  ['a managed group, once', webAcl([PATHS]), ['paths BLOCK 1', 'test ALLOW 1']],
  [
    'a rule without a metric',
    webAcl([rule('a', contains('/'), { visibility: { sampledRequests: true, metrics: false, metricName: 'a' } })]),
    [],
  ],
];

for (const [name, acl, want] of COUNTS) {
  test(`counted: ${name}`, () => {
    expect(counted(acl, ['/one', '/x'])).toEqual(want);
  });
}
