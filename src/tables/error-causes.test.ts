import { expect, test } from 'bun:test';
import type { ErrorDetail } from '../core/outcome.ts';
import { ERROR_CAUSES, errorCause } from './error-causes.ts';

const ROWS: ReadonlyArray<[status: number, detail: ErrorDetail | undefined, want: string]> = [
  [400, undefined, 'Bad request.'],
  [400, 'InvalidRequestHeader', 'Bad request.'],
  [403, 'InvalidRequestBlocked', 'Request blocked.'],
  [403, 'InvalidRequestMethod', ERROR_CAUSES.methodNotAllowed],
  [502, 'OriginDnsError', "CloudFront wasn't able to resolve the origin domain name."],
  [502, 'OriginConnectError', "CloudFront wasn't able to connect to the origin."],
  [504, 'OriginConnectError', ERROR_CAUSES.originTimeout],
  [503, 'CapacityExceeded', ERROR_CAUSES.capacityExceeded],
  [502, 'OriginError', 'The request could not be satisfied.'],
  [500, undefined, 'The request could not be satisfied.'],
];

test.each(ROWS)('%d %p: %s', (status, detail, want) => {
  expect(errorCause(status, detail)).toBe(want);
});

test('every cause is one line of plain ASCII text', () => {
  for (const cause of Object.values(ERROR_CAUSES)) expect(cause).toMatch(/^[\x20-\x7e]+\.$/);
});
