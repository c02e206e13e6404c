/**
 * Verifies signatures with the runtime's cryptography: RSASSA-PKCS1-v1_5 and ECDSA in DER (facts 9.1). Which key and which text: the edge's
 * matter. A key that cannot be read verifies nothing; that keys are good ones is settled when they are created (control/aws/cloudfront).
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { PreparedKey, SignatureVerifier } from '../../edge/ports.ts';

const DIGESTS = { SHA1: 'sha1', SHA256: 'sha256' } as const;

export interface CryptoVerifierOptions {
  /** Told of a key that cannot be read. */
  readonly report: (message: string, error: unknown) => void;
}

export function createCryptoVerifier({ report }: CryptoVerifierOptions): SignatureVerifier {
  return {
    prepare(pem) {
      try {
        return preparedKey(createPublicKey(pem));
      } catch (error) {
        report('a trusted public key cannot be read; what is signed with it is refused', error);
        return { verifies: () => false };
      }
    },
  };
}

function preparedKey(key: KeyObject): PreparedKey {
  return {
    verifies(hash, signed, signature) {
      try {
        return verify(DIGESTS[hash], Buffer.from(signed, 'latin1'), key, Buffer.from(signature, 'latin1'));
      } catch {
        // A signature that is none, for a key of its kind.
        return false;
      }
    },
  };
}
