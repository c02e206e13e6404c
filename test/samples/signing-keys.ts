/**
 * Key pairs for tests of signed requests, made when a test file asks for them, and the options that let the test kit's distribution trust
 * them: the private key stays with the test, as a signer's does.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { DefaultCacheBehavior } from '@aws-sdk/client-cloudfront';

export interface SigningKey {
  readonly id: string;
  /** PEM. */
  readonly privateKey: string;
  readonly publicKey: string;
}

const PEM = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const;

export function rsaKey(id = 'K2JCJMDEHXQW5F', modulusLength = 2048): SigningKey {
  return { id, ...generateKeyPairSync('rsa', { modulusLength, ...PEM }) };
}

export function ecdsaKey(id = 'KEC1JMDEHXQW5F'): SigningKey {
  return { id, ...generateKeyPairSync('ec', { namedCurve: 'prime256v1', ...PEM }) };
}

export const KEY_GROUP = '55555555-5555-4555-8555-555555555555';

/** For startTestEdge: the key group KEY_GROUP of these keys. */
export function trusting(...keys: readonly SigningKey[]) {
  return {
    publicKeys: Object.fromEntries(keys.map(({ id, publicKey }) => [id, { EncodedKey: publicKey }])),
    keyGroups: { [KEY_GROUP]: { Name: 'signers', Items: keys.map(({ id }) => id) } },
  };
}

/** Of a cache behavior. */
export const PRIVATE = {
  TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: [KEY_GROUP] },
} satisfies Partial<DefaultCacheBehavior>;
