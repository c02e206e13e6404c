/** The cryptography of WAF tokens: HMAC-SHA-256, SHA-256 and random numbers of the runtime. What they are for: core/viewer-request/waf/tokens. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenCrypto } from '../../core/viewer-request/waf/tokens/token.ts';

export function createTokenCrypto(): TokenCrypto {
  const mac = (secret: string, text: string): string =>
    createHmac('sha256', Buffer.from(secret, 'base64url')).update(text).digest('base64url');
  return {
    mac,
    verifies(secret, text, shown) {
      const [wanted, given] = [Buffer.from(mac(secret, text)), Buffer.from(shown)];
      return wanted.length === given.length && timingSafeEqual(wanted, given);
    },
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    nonce: () => randomBytes(16).toString('base64url'),
  };
}
