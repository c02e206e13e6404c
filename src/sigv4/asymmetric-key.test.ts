import { expect, test } from 'bun:test';
import { deriveAsymmetricKey } from './asymmetric-key.ts';

test('the key pair that AWS’s libraries derive from the same access key', () => {
  const jwk = deriveAsymmetricKey('AKISORANDOMAASORANDOM', 'q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom').export({ format: 'jwk' });
  const hex = (text = ''): string => Buffer.from(text, 'base64url').toString('hex');
  expect([hex(jwk.x), hex(jwk.y)]).toEqual([
    '15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb',
    '0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0',
  ]);
});

test('another access key, another key; the same, the same', () => {
  const one = deriveAsymmetricKey('AKID', 'secret');
  expect(deriveAsymmetricKey('AKID', 'secret')).toBe(one);
  expect(deriveAsymmetricKey('AKIE', 'secret').export({ format: 'jwk' }).d).not.toBe(one.export({ format: 'jwk' }).d as string);
});
