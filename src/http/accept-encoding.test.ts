import { expect, test } from 'bun:test';
import { normaliseAcceptEncoding, type Codings } from './accept-encoding.ts';

const BOTH: Codings = { gzip: true, brotli: true };
const GZIP: Codings = { gzip: true, brotli: false };
const BROTLI: Codings = { gzip: false, brotli: true };

const rows: [wanted: Codings, value: string | undefined, want: string | undefined][] = [
  [BOTH, 'gzip, deflate, br', 'br,gzip'],
  [BOTH, 'gzip, deflate, br, zstd', 'br,gzip'],
  [BOTH, 'br;q=1.0, gzip;q=0.8, *;q=0.1', 'br,gzip'],
  [BOTH, 'gzip', 'gzip'],
  [BOTH, 'GZip', 'gzip'],
  [BOTH, 'br', 'br'],
  [GZIP, 'gzip, br', 'gzip'],
  [GZIP, 'br', 'identity'],
  [BROTLI, 'gzip, br', 'br'],
  [BROTLI, 'gzip', 'identity'],
  [BOTH, 'deflate', 'identity'],
  [BOTH, 'identity', 'identity'],
  [BOTH, '*', 'identity'],
  [BOTH, 'xgzip, brx', 'identity'],
  [BOTH, '', 'identity'],
  [BOTH, undefined, undefined],
  [BOTH, 'gzip;q=0, br', 'br'],
  [BOTH, 'gzip; q=0.000', 'identity'],
  [BOTH, 'gzip;q=0.001', 'gzip'],
];

test.each(rows)('%o, viewer sends %p: %p', (wanted, value, want) =>
  expect(normaliseAcceptEncoding(value, wanted)).toBe(want as never),
);
