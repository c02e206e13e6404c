import { expect, test } from 'bun:test';
import type { CertificateState } from '../../model/admin.ts';
import { LABEL_LIMIT } from '../../tables/metrics.ts';
import { readCertificates } from './certificate-reading.ts';

const state = (name: string, changes: Partial<CertificateState> = {}): CertificateState => ({
  arn: `arn:aws:acm:us-east-1:000000000000:certificate/${name}`,
  names: [name, `*.${name}`],
  source: 'imported',
  status: 'ISSUED',
  notAfter: 2_000_000,
  usedBy: ['E1'],
  isNearEnd: false,
  renewsItself: false,
  problem: undefined,
  nextAttempt: undefined,
  ...changes,
});

const expiry = (...states: CertificateState[]): string[] =>
  (readCertificates(states).warmfront_certificate_expiry_timestamp_seconds ?? []).map(
    ({ labels, value }) => `${labels.join()} ${JSON.stringify(value)}`,
  );

test('the end of each that is shown; of two of one name, the first', () => {
  const pending = state('d.example', { notAfter: undefined });
  const shown = [state('a.example'), state('a.example', { notAfter: 1_500_500 }), state('b.example'), pending];
  expect(expiry(...shown, state('c.example', { usedBy: [] }))).toEqual(['a.example 1500.5', 'b.example 2000']);
});

test('more names than are told apart share one label', () => {
  const many = Array.from({ length: LABEL_LIMIT + 2 }, (_, n) => state(`n${n}.example`, { notAfter: 9_000 - n }));
  expect([expiry(...many).length, expiry(...many).at(-1)]).toEqual([
    LABEL_LIMIT + 1,
    `other ${(9_000 - LABEL_LIMIT - 1) / 1000}`,
  ]);
});

test('those whose last attempt failed, shown or not', () => {
  const states = [
    state('a.example'),
    state('b.example', { problem: 'no answer' }),
    state('c.example', { problem: 'no', usedBy: [] }),
  ];
  expect(readCertificates(states).warmfront_certificate_problems).toEqual([{ labels: [], value: 2 }]);
});
