/**
 * Is this a key that CloudFront verifies signatures with? Facts: data plane 9.1, aws-api B5: one PEM block of a public key, RSA or ECDSA
 * P-256. The text is kept as it was given, since clients compare it (facts A5); it is read again at each edge.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { RSA_KEY_LENGTHS } from '../../../../model/assumptions.ts';
import type { Defined } from '../filled-config.ts';
import { checkConstraints, length, required } from '../validate/constraints.ts';
import type { Constraint } from '../validate/constraints.ts';
import { invalidArgument } from '../validate/references.ts';

export type PublicKeyConfig = Defined<Sdk.PublicKeyConfig>;

const CONSTRAINTS: readonly Constraint[] = [
  ['CallerReference', required],
  ['CallerReference', length(1, 256)],
  ['Name', required],
  ['Name', length(1, 128)],
  ['EncodedKey', required],
  ['Comment', length(0, 128)],
];

const PEM = /^\s*-----BEGIN PUBLIC KEY-----[ \t]*\r?\n[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;

/** Throws ApiError, which says what is wrong with the key. */
export function acceptPublicKey(config: Sdk.PublicKeyConfig): PublicKeyConfig {
  checkConstraints(config, 'publicKeyConfig', CONSTRAINTS);
  const accepted = config as PublicKeyConfig;
  const fault = keyFault(accepted.EncodedKey);
  if (fault !== undefined) throw invalidArgument(`The parameter EncodedKey is not valid: ${fault}`);
  return accepted;
}

function keyFault(pem: string): string | undefined {
  if (pem.includes('PRIVATE KEY-----')) return 'it is a private key, which nobody but the signer may have; send the public one.';
  if (!PEM.test(pem)) return 'it must be one block in PEM that begins with -----BEGIN PUBLIC KEY-----.';
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return 'what stands between its first and last line is no public key.';
  }
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && RSA_KEY_LENGTHS.includes(modulusLength)) return undefined;
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return undefined;
  const kind = [key.asymmetricKeyType, modulusLength || undefined, namedCurve].filter((word) => word !== undefined).join(' ');
  return `it must be RSA with ${RSA_KEY_LENGTHS.join(', ')} bits or ECDSA on P-256, and is ${kind}.`;
}
