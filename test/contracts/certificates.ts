/**
 * Throw-away certificates for tests: a CA and leaves under it, or alone. ECDSA, because making them is quick.
 * reflect-metadata comes first: the certificate library does not load without it.
 */
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface TestCa {
  readonly pem: string;
  issue(names: readonly string[], validity?: Validity): Promise<Certificate>;
  /** An authority that this one certifies. */
  certify(name: string, validity?: Validity): Promise<TestCa>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const CURRENT = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000) };
let serial = 1;

export async function createTestCa(): Promise<TestCa> {
  const keys = await generateKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: nextSerial(),
    name: 'CN=Test CA',
    keys,
    ...CURRENT,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return testCa(keys, authority);
}

function testCa(keys: CryptoKeyPair, authority: x509.X509Certificate): TestCa {
  const signed = { issuer: authority.subject, signingKey: keys.privateKey, signingAlgorithm: ALGORITHM };
  return {
    pem: authority.toString('pem'),
    async certify(name, validity = CURRENT) {
      const ownKeys = await generateKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        ...signed,
        serialNumber: nextSerial(),
        subject: `CN=${name}`,
        publicKey: ownKeys.publicKey,
        ...validity,
        extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
      });
      return testCa(ownKeys, certificate);
    },
    async issue(names, validity = CURRENT) {
      const leafKeys = await generateKeys();
      const leaf = await x509.X509CertificateGenerator.create({
        ...signed,
        serialNumber: nextSerial(),
        subject: `CN=${names[0]}`,
        publicKey: leafKeys.publicKey,
        ...validity,
        extensions: [alternativeNames(names)],
      });
      return { cert: leaf.toString('pem'), key: await privateKeyPem(leafKeys) };
    },
  };
}

export async function createSelfSigned(names: readonly string[]): Promise<Certificate> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: nextSerial(),
    name: `CN=${names[0]}`,
    keys,
    ...CURRENT,
    signingAlgorithm: ALGORITHM,
    extensions: [alternativeNames(names)],
  });
  return { cert: certificate.toString('pem'), key: await privateKeyPem(keys) };
}

function alternativeNames(names: readonly string[]): x509.SubjectAlternativeNameExtension {
  return new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })));
}

function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function privateKeyPem(keys: CryptoKeyPair): Promise<string> {
  const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}

function nextSerial(): string {
  serial += 1;
  return serial.toString(16).padStart(4, '0');
}
