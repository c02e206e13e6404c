import { expect, test } from 'bun:test';
import { sampleOrigin } from '../../../test/samples/distribution.ts';
import { decideFailover, type PrimaryResult } from './decide-failover.ts';

const ALL = [400, 403, 404, 416, 429, 500, 502, 503, 504];

const answered = (status: number): PrimaryResult => ({ kind: 'answered', status });
const refused: PrimaryResult = { kind: 'failed', status: 502, detail: 'OriginConnectError', whileConnecting: true };
const badName: PrimaryResult = { kind: 'failed', status: 502, detail: 'OriginDnsError', whileConnecting: false };
const badCertificate: PrimaryResult = { kind: 'failed', status: 502, detail: 'OriginConnectError', whileConnecting: false };
const connectTimeout: PrimaryResult = { kind: 'failed', status: 504, detail: 'OriginCommError', whileConnecting: true };
const silent: PrimaryResult = { kind: 'failed', status: 504, detail: 'OriginCommError', whileConnecting: false };
const garbage: PrimaryResult = { kind: 'failed', status: 502, detail: 'OriginInvalidResponseError', whileConnecting: false };
const closed: PrimaryResult = { kind: 'failed', status: 502, detail: 'OriginReadError', whileConnecting: false };
const viewerLeft: PrimaryResult = { kind: 'failed', status: 502, detail: 'ClientCommError', whileConnecting: false };

const rows: [name: string, failoverOn: readonly number[], result: PrimaryResult, want: string][] = [
  ['a success', ALL, answered(200), 'stays'],
  ['a redirect', ALL, answered(302), 'stays'],
  ['a validation', ALL, answered(304), 'stays'],
  ['a status that is no criterion', [500], answered(404), 'stays'],
  ['a status that cannot be a criterion', ALL, answered(401), 'stays'],
  ...ALL.map((status): (typeof rows)[number] => [`status ${status}`, [status], answered(status), `status ${status}`]),
  ['refused, 503 listed', [503], refused, 'connect 503'],
  ['refused, 502 listed', [500, 502, 504], refused, 'stays'],
  ['no such name, 503 listed', [503], badName, 'connect 503'],
  ['no such name, 504 listed', [504], badName, 'stays'],
  ['no TLS, 503 listed', [503], badCertificate, 'connect 503'],
  ['connect timeout, 503 listed', [503], connectTimeout, 'timeout 503'],
  ['connect timeout, 504 listed', [504], connectTimeout, 'timeout 504'],
  ['connect timeout, 502 listed', [502], connectTimeout, 'stays'],
  ['silence, 504 listed', [504], silent, 'timeout 504'],
  ['silence, 503 listed', [500, 502, 503], silent, 'stays'],
  ['no valid HTTP, 502 listed', [502], garbage, 'status 502'],
  ['no valid HTTP, 503 listed', [503, 504], garbage, 'stays'],
  ['closed without an answer, 502 listed', [502], closed, 'status 502'],
  ['the viewer left', ALL, viewerLeft, 'stays'],
];
test.each(rows)('%s', (_name, failoverOn, result, want) => {
  const chosen = { primary: sampleOrigin({ id: 'a' }), secondary: sampleOrigin({ id: 'b' }), failoverOn };
  const failover = decideFailover(chosen, result);
  expect(failover === undefined ? 'stays' : `${failover.reason} ${failover.code}`).toBe(want);
  if (failover !== undefined) expect(failover.from).toBe('a');
});

test('without a second origin nothing fails over', () => {
  const chosen = { primary: sampleOrigin({ id: 'a' }), secondary: undefined, failoverOn: [] };
  expect(decideFailover(chosen, answered(500))).toBeUndefined();
});
