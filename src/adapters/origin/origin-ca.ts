/**
 * The certificates of `--origin-ca`, and of `--acme-ca`, which reads the same: certification authorities that origins with certificates of their own have, such as a company's
 * or a developer's. Trusted beside Mozilla's and the system's (tls.ts), never instead of them. Ours: CloudFront knows public CAs only.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sentence } from '../../model/sentence.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Every certificate of a PEM file, each as PEM. Throws with a sentence that names the file and the flag. */
export function readOriginCa(path: string, flag = '--origin-ca'): readonly string[] {
  const refused = (reason: string): Error =>
    new Error(`cannot use ${path} (${flag}): ${reason}; it must hold the CA's certificate in PEM form`);
  const certificates = textOf(path, refused).match(CERTIFICATE);
  if (certificates === null) throw refused('there is no certificate in it');
  const damaged = certificates.findIndex((certificate) => !isCertificate(certificate));
  if (damaged >= 0) throw refused(`certificate ${damaged + 1} of ${certificates.length} in it is damaged`);
  return certificates;
}

function textOf(path: string, refused: (reason: string) => Error): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw refused(sentence(error));
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
