import { expect, test } from 'bun:test';
import { CUSTOM_ERROR_STATUSES, errorStatusRow } from './error-caching.ts';

const ROWS: ReadonlyArray<[status: number, cached: string, customPage: boolean, connection: string | undefined]> = [
  [400, 'with-max-age', true, 'close'],
  [401, 'never', false, undefined],
  [403, 'with-max-age', true, 'keep-alive'],
  [404, 'always', true, 'keep-alive'],
  [405, 'with-max-age', true, 'close'],
  [409, 'never', false, undefined],
  [410, 'never', false, undefined],
  [412, 'with-max-age', false, undefined],
  [414, 'always', true, 'close'],
  [415, 'with-max-age', false, undefined],
  [416, 'never', true, 'close'],
  [429, 'never', false, undefined],
  [500, 'always', true, 'close'],
  [501, 'always', true, 'close'],
  [502, 'always', true, 'keep-alive'],
  [503, 'always', true, 'keep-alive'],
  [504, 'always', true, 'keep-alive'],
  [599, 'never', false, undefined],
];

test.each(ROWS)('%d is cached %s, custom page %p, connection %p', (status, cached, customPage, connection) => {
  expect(errorStatusRow(status) as unknown).toEqual({ cached, customPage, connection });
});

test('custom error responses exist for exactly the documented statuses', () => {
  expect(CUSTOM_ERROR_STATUSES).toEqual([400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]);
});
