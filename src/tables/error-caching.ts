/**
 * What CloudFront does with each status of 400 and above: when it is cached, whether a custom error page may replace it, and
 * what becomes of the viewer's connection. Source: the guide's page on error caching and custom error responses.
 * For how long an error is cached is decided in core/cache/error-caching.ts; which page is used, in core/viewer-response/custom-error.ts.
 */
import type { Duration } from '../model/units.ts';
import { SECOND } from '../model/units.ts';

export interface ErrorStatusRow {
  readonly cached: 'always' | 'with-max-age' | 'never';
  readonly customPage: boolean;
  /** Undefined where CloudFront documents nothing. */
  readonly connection: 'close' | 'keep-alive' | undefined;
}

/** CloudFront: the error caching minimum TTL of a status that has no entry of its own. */
export const DEFAULT_ERROR_CACHING_MIN_TTL: Duration = 10 * SECOND;

const ROWS: ReadonlyMap<number, ErrorStatusRow> = new Map<number, ErrorStatusRow>([
  [400, { cached: 'with-max-age', customPage: true, connection: 'close' }],
  [403, { cached: 'with-max-age', customPage: true, connection: 'keep-alive' }],
  [404, { cached: 'always', customPage: true, connection: 'keep-alive' }],
  [405, { cached: 'with-max-age', customPage: true, connection: 'close' }],
  [412, { cached: 'with-max-age', customPage: false, connection: undefined }],
  [414, { cached: 'always', customPage: true, connection: 'close' }],
  [415, { cached: 'with-max-age', customPage: false, connection: undefined }],
  [416, { cached: 'never', customPage: true, connection: 'close' }],
  [500, { cached: 'always', customPage: true, connection: 'close' }],
  [501, { cached: 'always', customPage: true, connection: 'close' }],
  [502, { cached: 'always', customPage: true, connection: 'keep-alive' }],
  [503, { cached: 'always', customPage: true, connection: 'keep-alive' }],
  [504, { cached: 'always', customPage: true, connection: 'keep-alive' }],
]);

// CloudFront: every other 4xx (401, 409, 410, 429 ...) is passed on and forgotten.
const OTHER: ErrorStatusRow = { cached: 'never', customPage: false, connection: undefined };

/** The row of a status; a row that caches nothing for statuses CloudFront does not list. */
export function errorStatusRow(status: number): ErrorStatusRow {
  return ROWS.get(status) ?? OTHER;
}

/** The statuses for which a CustomErrorResponse may be configured. */
export const CUSTOM_ERROR_STATUSES: readonly number[] = [...ROWS].filter(([, row]) => row.customPage).map(([status]) => status);
