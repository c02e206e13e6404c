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

export interface TestCa {
  readonly pem: string;
  issue(names: readonly string[], options?: IssueOptions): Promise<Certificate>;
  /** A CA below this one; what it issues comes without it. */
  intermediate(name: string, validity?: Validity): Promise<TestCa>;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface IssueOptions extends Partial<Validity> {
  /** For clients only; for anything unless set. */
  readonly forClients?: boolean;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const CURRENT: Validity = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000) };
let serial = 1;

export async function createTestCa(name = 'Test CA'): Promise<TestCa> {
  const keys = await generateKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: nextSerial(),
    name: `CN=${name}`,
    keys,
    ...CURRENT,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return authorityOf(authority, keys);
}

function authorityOf(authority: x509.X509Certificate, keys: CryptoKeyPair): TestCa {
  const sign = (
    subject: string,
    publicKey: CryptoKey,
    extensions: x509.Extension[],
    validity: Partial<Validity>,
  ): Promise<x509.X509Certificate> =>
    x509.X509CertificateGenerator.create({
      serialNumber: nextSerial(),
      subject,
      issuer: authority.subject,
      signingKey: keys.privateKey,
      publicKey,
      ...CURRENT,
      ...validity,
      signingAlgorithm: ALGORITHM,
      extensions,
    });
  return {
    pem: pem(authority),
    async issue(names, { forClients = false, ...validity } = {}) {
      const leafKeys = await generateKeys();
      const purpose = forClients ? [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])] : [];
      const leaf = await sign(`CN=${names[0]}`, leafKeys.publicKey, [alternativeNames(names), ...purpose], validity);
      return { cert: pem(leaf), key: await privateKeyPem(leafKeys) };
    },
    async intermediate(name, validity = CURRENT) {
      const ownKeys = await generateKeys();
      const extensions = [new x509.BasicConstraintsExtension(true, undefined, true)];
      return authorityOf(await sign(`CN=${name}`, ownKeys.publicKey, extensions, validity), ownKeys);
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
  return { cert: pem(certificate), key: await privateKeyPem(keys) };
}

/** With its last line ended, so that one may follow the other. */
function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
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
