import { describe, expect, test } from 'bun:test';
import type { CertificateState } from '../../model/admin.ts';
import { DAY, HOUR } from '../../model/units.ts';
import type { ControlClient } from '../control-client.ts';
import { printCertificates } from './certificates.ts';

const NOW = Date.UTC(2026, 5, 1);
const GOOD: CertificateState = {
  arn: 'arn:aws:acm:us-east-1:000000000000:certificate/1',
  names: ['www.example.com', 'example.com'],
  source: 'local CA',
  status: 'ISSUED',
  notAfter: NOW + 100 * DAY,
  usedBy: ['arn:aws:cloudfront::000000000000:distribution/E1'],
  isNearEnd: false,
  renewsItself: true,
  problem: undefined,
  nextAttempt: undefined,
};
const IMPORTED = { ...GOOD, source: 'imported', renewsItself: false };

async function printed(changes: Partial<CertificateState>): Promise<{ readonly code: number; readonly lines: string[] }> {
  const lines: string[] = [];
  const client = { certificates: async () => [{ ...GOOD, ...changes }] } as Pick<ControlClient, 'certificates'> as ControlClient;
  const terminal = { environment: {}, workingDirectory: '/', print: (line: string) => lines.push(line), complain() {} };
  return { code: await printCertificates(client, false, NOW, terminal), lines };
}

test('one line for each certificate', async () => {
  expect(await printed({})).toEqual({
    code: 0,
    lines: [
      'www.example.com example.com  local CA  ISSUED  until 2026-09-09 (in 100 days)  renews itself  shown by E1  arn:aws:acm:us-east-1:000000000000:certificate/1',
    ],
  });
});

describe('what needs somebody', () => {
  const soon = { isNearEnd: true, notAfter: NOW + 10 * DAY };
  const again = { problem: 'no answer', nextAttempt: NOW + HOUR };
  const gone = { status: 'EXPIRED', isNearEnd: true, notAfter: NOW - DAY };
  const rows: [name: string, changes: Partial<CertificateState>, code: number, want: string | undefined][] = [
    ['an imported one with time left', IMPORTED, 0, undefined],
    [
      'an imported one near its end',
      { ...IMPORTED, ...soon },
      1,
      'www.example.com expires in 10 days; import its successor under the same ARN',
    ],
    [
      'one that nobody shows',
      { ...IMPORTED, ...soon, usedBy: [] },
      0,
      'www.example.com expires in 10 days; import its successor under the same ARN',
    ],
    ['one that renews itself in time', soon, 0, undefined],
    [
      'one whose renewal fails',
      { ...soon, ...again },
      1,
      'www.example.com could not be renewed: no answer; tried again at 2026-06-01T01:00:00.000Z; the old one is shown until 2026-06-11',
    ],
    [
      'one whose first renewal failed, with time left',
      again,
      0,
      'www.example.com could not be renewed: no answer; tried again at 2026-06-01T01:00:00.000Z; the old one is shown until 2026-09-09',
    ],
    [
      'an imported one that has expired',
      { ...IMPORTED, ...gone },
      1,
      'www.example.com expired on 2026-05-31; import its successor under the same ARN',
    ],
    [
      'one that could not be renewed at all',
      { ...gone, ...again },
      1,
      'www.example.com expired on 2026-05-31; its renewal fails: no answer; tried again at 2026-06-01T01:00:00.000Z',
    ],
    [
      'one that waits',
      { status: 'PENDING_VALIDATION', notAfter: undefined, ...again, usedBy: [] },
      0,
      'www.example.com has not been issued yet: no answer; tried again at 2026-06-01T01:00:00.000Z',
    ],
    ['one that was just requested', { status: 'PENDING_VALIDATION', notAfter: undefined, usedBy: [] }, 0, undefined],
    [
      'one that was refused',
      { status: 'FAILED', notAfter: undefined, problem: 'CAA forbids it', usedBy: [] },
      0,
      'www.example.com was not issued: CAA forbids it; request it again',
    ],
  ];
  test.each(rows)('%s', async (_, changes, code, want) => {
    const { lines, code: got } = await printed(changes);
    expect([got, lines.slice(1)]).toEqual([code, want === undefined ? [] : [`warning: ${want}`]]);
  });
});
