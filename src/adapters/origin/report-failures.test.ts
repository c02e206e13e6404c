import { expect, test } from 'bun:test';
import { MINUTE } from '../../model/units.ts';
import { connectTimedOut, requestNotSendable, viewerLeft } from './failures.ts';
import { createReportFailure } from './report-failures.ts';

test('each kind of failure of each origin once a minute, with the count of those that were not told', () => {
  let now = 0;
  const lines: string[] = [];
  const report = createReportFailure({ now: () => now }, (message) => lines.push(message));
  const fail = (origin: string): void => report(origin, requestNotSendable(origin, 'why'));
  for (let times = 0; times < 4; times++) fail('origin a');
  fail('origin b');
  report('origin a', connectTimedOut('origin a', 1000));
  report('origin a', viewerLeft('origin a', 'no'));
  now = MINUTE - 1;
  fail('origin a');
  now = MINUTE;
  fail('origin a');
  now = 3 * MINUTE;
  fail('origin a');
  expect(lines.map((line) => line.replace(/ Check.*/, ''))).toEqual([
    'The request to origin a was not sent: why.',
    'The request to origin b was not sent: why.',
    'origin a did not complete a connection within 1 second.',
    'The request to origin a was not sent: why. (and 4 times since this was last told)',
    'The request to origin a was not sent: why.',
  ]);
});

test('what is remembered is bounded', () => {
  let told = 0;
  const report = createReportFailure({ now: () => 0 }, () => (told += 1));
  for (let index = 0; index <= 1000; index++) report(`origin ${index}`, requestNotSendable('o', 'why'));
  report('origin 1000', requestNotSendable('o', 'why'));
  report('origin 0', requestNotSendable('o', 'why'));
  expect(told).toBe(1002);
});
