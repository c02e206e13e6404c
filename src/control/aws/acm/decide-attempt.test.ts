import { describe, expect, test } from 'bun:test';
import { DAY, HOUR, MINUTE, SECOND } from '../../../model/units.ts';
import type { CertificateDocument } from './certificate-registry.ts';
import { isTimedOut, nextAttempt, pauseAfter } from './decide-attempt.ts';

const START = Date.UTC(2026, 0, 1);
/** Thirty days of lifetime: due after twenty, or, at the other end of the draw, after nineteen. */
const facts = { notBefore: START, notAfter: START + 30 * DAY };
type Changes = Partial<Record<'request' | 'status' | 'held' | 'issuance' | 'isRenewalAsked', unknown>>;
const certificate = (changes: Changes = {}): CertificateDocument =>
  ({ request: {}, status: 'ISSUED', held: { facts }, issuance: undefined, ...changes }) as CertificateDocument;
const after = (instant: number): Changes => ({ issuance: { nextAttempt: instant } });
const LATER = START + 25 * DAY;

describe('when an authority is asked next', () => {
  const rows: [name: string, changes: Changes, draw: number, want: number | undefined][] = [
    ['an imported one: never', { request: undefined }, 0, undefined],
    ['an imported one whose renewal is asked for: never', { request: undefined, isRenewalAsked: true }, 0, undefined],
    ['requested just now: at once', { status: 'PENDING_VALIDATION', held: undefined }, 0, 0],
    ['requested, and failed once', { status: 'PENDING_VALIDATION', held: undefined, ...after(LATER) }, 0, LATER],
    ['given up', { status: 'VALIDATION_TIMED_OUT', held: undefined }, 0, undefined],
    ['failed', { status: 'FAILED', held: undefined }, 0, undefined],
    ['issued, and its material is not there', { held: undefined }, 0, undefined],
    ['issued: at two thirds of the lifetime', {}, 0, START + 20 * DAY],
    ['issued, the earliest draw: a thirtieth before', {}, 1, START + 19 * DAY],
    ['issued, half a draw', {}, 0.5, START + 19.5 * DAY],
    ['due, and the last attempt has failed', after(LATER), 0, LATER],
    ['not due, and a failure long ago', after(START), 0, START + 20 * DAY],
    ['renewal is asked for: at once', { isRenewalAsked: true }, 0, 0],
    ['renewal is asked for, and has failed', { isRenewalAsked: true, ...after(LATER) }, 0, LATER],
  ];
  test.each(rows)('%s', (_name, changes, draw, want) => {
    const next = nextAttempt(certificate(changes), draw);
    // Shares of a lifetime are no round numbers.
    expect(next === undefined ? next : Math.round(next / SECOND) * SECOND).toBe(want);
  });
});

describe('how long to wait after failures', () => {
  const rows: [failures: number, draw: number, want: number][] = [
    [1, 0, 2 * MINUTE],
    [2, 0, 4 * MINUTE],
    [3, 0, 8 * MINUTE],
    [8, 0, 256 * MINUTE],
    [9, 0, 6 * HOUR],
    [1000, 0, 6 * HOUR],
    [1, 1, 2.4 * MINUTE],
    [1000, 1, 7.2 * HOUR],
  ];
  test.each(rows)('%i, draw %d', (failures, draw, want) => expect(pauseAfter(failures, draw)).toBe(want));

  test('five failures do not fit into an hour’s limit of an authority', () => {
    const sixth = [1, 2, 3, 4, 5].reduce((sum, failures) => sum + pauseAfter(failures, 0), 0);
    expect(sixth).toBeGreaterThan(HOUR);
  });
});

test('a request is given up after 72 hours', () => {
  expect([72 * HOUR - 1, 72 * HOUR].map((age) => isTimedOut(START, START + age))).toEqual([false, true]);
});
