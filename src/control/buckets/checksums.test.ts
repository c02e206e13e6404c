import { expect, test } from 'bun:test';
import { newDigest } from './checksums.ts';

// The catalogue of parametrised CRC algorithms: the check value is over '123456789'.
test.each([
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
  ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
] as const)('%s over chunks', (algorithm, want) => {
  const digest = newDigest(algorithm);
  for (const text of ['1234', '', '56789']) digest.update(Buffer.from(text));
  expect(Buffer.from(digest.digest()).toString('hex')).toBe(want);
});
