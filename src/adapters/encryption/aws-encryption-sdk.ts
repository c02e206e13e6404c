/**
 * Encrypts fields in the message format of the AWS Encryption SDK, by that SDK itself: a data key of its own for each field, wrapped with
 * RSA-OAEP (SHA-256 and MGF1) for whoever holds the private key. Facts: data plane 10.7. Which fields: core's matter.
 */
import { buildEncrypt } from '@aws-crypto/encrypt-node';
import { AlgorithmSuiteIdentifier, CommitmentPolicy } from '@aws-crypto/material-management-node';
import { RawRsaKeyringNode } from '@aws-crypto/raw-rsa-keyring-node';
import type { FieldEncryptor } from '../../edge/ports.ts';
import type { EncryptionKey } from '../../model/field-level-encryption.ts';
import { FIELDS_ARE_NOT_SIGNED } from '../../model/assumptions.ts';

// CloudFront: the format is older than key commitment; applications with any version of the SDK can read it.
const { encrypt } = buildEncrypt(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);
const suiteId = FIELDS_ARE_NOT_SIGNED
  ? AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA256
  : AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384;

export function createFieldEncryptor(): FieldEncryptor {
  // A key that is in no snapshot any more takes its keyring along.
  const keyrings = new WeakMap<EncryptionKey, RawRsaKeyringNode>();

  function keyringOf(key: EncryptionKey): RawRsaKeyringNode {
    const known = keyrings.get(key);
    if (known !== undefined) return known;
    const keyring = new RawRsaKeyringNode({
      keyName: key.name,
      keyNamespace: key.provider,
      rsaKey: { publicKey: key.pem },
      oaepHash: 'sha256',
    });
    keyrings.set(key, keyring);
    return keyring;
  }

  return {
    async encrypt(key, value) {
      const { result } = await encrypt(keyringOf(key), value, { suiteId });
      return result;
    },
  };
}
