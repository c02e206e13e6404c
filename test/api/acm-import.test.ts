/**
 * ImportCertificate: what is taken, what is refused and in which words, and what a second import under the same ARN may change.
 */
import { beforeAll, describe, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { DAY } from '../../src/model/units.ts';
import { createSelfSigned, createTestCa, type Certificate, type TestCa } from '../contracts/certificates.ts';
import { refusalOf } from '../../src/control/aws/cloudfront/control-plane.fixture.ts';
import { freshAcmPlane, octets } from './acm-plane.ts';

const at = freshAcmPlane();

describe('import', () => {
  let ca: TestCa;
  let middle: TestCa;
  let leaf: Certificate;

  beforeAll(async () => {
    ca = await createTestCa();
    middle = await ca.intermediate('Middle CA');
    leaf = await middle.issue(['www.example.com', '*.example.com']);
  });

  test('what was imported is described, and its key goes to the store alone', async () => {
    const arn = await at.importPair(leaf, `${middle.pem}\n${ca.pem}`);
    expect(await at.describeOne(arn)).toMatchObject({
      DomainName: 'www.example.com',
      SubjectAlternativeNames: ['www.example.com', '*.example.com'],
      Issuer: 'Middle CA',
      Subject: 'CN=www.example.com',
      Status: 'ISSUED',
      Type: 'IMPORTED',
      KeyAlgorithm: 'EC_prime256v1',
      SignatureAlgorithm: 'SHA256WITHECDSA',
      RenewalEligibility: 'INELIGIBLE',
      InUseBy: [],
    });
    const { Certificate: pem, CertificateChain } = await at.acm.handlers.GetCertificate!({ CertificateArn: arn }, at.call());
    expect(new X509Certificate(pem!).fingerprint256).toBe(new X509Certificate(leaf.cert).fingerprint256);
    expect(CertificateChain?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect((await at.store.read(arn.split('/')[1]!, 1)).key).toContain('BEGIN PRIVATE KEY');
  });

  const YESTERDAY = new Date(Date.now() - DAY);
  const rows: [name: string, give: () => Promise<[Certificate, string?]>, want: RegExp][] = [
    ['a certificate that signs itself needs no chain', async () => [await createSelfSigned(['a.test'])], /^accepted$/],
    ['an intermediate without its root', async () => [leaf, middle.pem], /^accepted$/],
    ['no chain', async () => [leaf], /not a valid self signed/],
    ['the chain of another', async () => [leaf, (await createTestCa()).pem], /chain.*does not certify the certificate/],
    [
      'a chain in the wrong order',
      async () => [leaf, `${ca.pem}\n${middle.pem}`],
      /Certificate 1 of the certificate chain \(CN=Test CA\) does not/,
    ],
    [
      'a chain that holds the certificate',
      async () => [leaf, `${leaf.cert}\n${middle.pem}`],
      /must not hold the certificate itself/,
    ],
    ['a leaf as an authority', async () => [leaf, (await ca.issue(['Middle CA'])).cert], /does not certify/],
    ['a chain that is no PEM', async () => [leaf, 'chain'], /The certificate chain is not PEM-encoded/],
    ['a chain with a key', async () => [leaf, `${middle.pem}\n${leaf.key}`], /The certificate chain is not PEM-encoded/],
    ['a chain without end', async () => [leaf, `${middle.pem}\n`.repeat(11)], /more than 10/],
    ['the key of another', async () => [{ ...leaf, key: (await ca.issue(['b.test'])).key }, middle.pem], /does not match/],
    ['the certificate as its key', async () => [{ ...leaf, key: leaf.cert }, middle.pem], /The private key is not PEM-encoded/],
    ['garbage as its key', async () => [{ ...leaf, key: 'key' }, middle.pem], /The private key is not PEM-encoded/],
    ['two certificates', async () => [{ ...leaf, cert: `${leaf.cert}\n${middle.pem}` }], /more than one certificate/],
    ['garbage', async () => [{ ...leaf, cert: 'certificate' }], /The certificate is not PEM-encoded/],
    [
      'a PEM of garbage',
      async () => [{ ...leaf, cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }],
      /The certificate is not PEM-encoded/,
    ],
    [
      'one that has expired',
      async () => [await ca.issue(['a.test'], { notBefore: new Date(Date.now() - 9 * DAY), notAfter: YESTERDAY }), ca.pem],
      /The certificate has expired: it was valid until/,
    ],
    [
      'one that is not valid yet',
      async () => [
        await ca.issue(['a.test'], { notBefore: new Date(Date.now() + DAY), notAfter: new Date(Date.now() + 2 * DAY) }),
        ca.pem,
      ],
      /The certificate is not valid yet/,
    ],
    [
      'an intermediate that has expired',
      async () => {
        const old = await ca.intermediate('Old CA', { notBefore: new Date(Date.now() - 9 * DAY), notAfter: YESTERDAY });
        return [await old.issue(['a.test']), old.pem];
      },
      /Certificate 1 of the certificate chain has expired/,
    ],
  ];
  test.each(rows)('%s', async (_, give, want) => {
    const [pair, chain] = await give();
    const verdict = await refusalOf(() => at.importPair(pair, chain));
    expect(verdict).toMatch(want);
    if (verdict === 'accepted') return;
    expect(verdict).toStartWith('ValidationException: ');
    expect(await at.store.list()).toEqual([]);
  });

  test('again under its ARN: the same kind of key, no tags, and only what was imported', async () => {
    const arn = await at.importPair(leaf, middle.pem);
    const again = await middle.issue(['www.example.com', 'new.example.com']);
    expect(await at.importPair(again, middle.pem, arn)).toBe(arn);
    expect((await at.describeOne(arn)).SubjectAlternativeNames).toEqual(['www.example.com', 'new.example.com']);
    expect(await at.store.list()).toEqual([{ id: arn.split('/')[1]!, version: 2 }]);
    const given = { Certificate: octets(again.cert), PrivateKey: octets(again.key), CertificateChain: octets(middle.pem) };
    const tagged = { ...given, CertificateArn: arn, Tags: [{ Key: 'a', Value: 'b' }] };
    expect(await refusalOf(() => at.acm.handlers.ImportCertificate!(tagged, at.call()))).toContain('Tagging is not permitted');
    expect(await refusalOf(async () => at.importPair(again, middle.pem, await at.request(['a.test'])))).toContain(
      'was requested',
    );
    expect(await refusalOf(() => at.importPair(again, middle.pem, arn, 'eu-west-1'))).toContain('ResourceNotFoundException');
  });

  test('again, and deleted meanwhile: it is not found', async () => {
    const arn = await at.importPair(leaf, middle.pem);
    const verdict = refusalOf(() => at.importPair(leaf, middle.pem, arn));
    await at.acm.handlers.DeleteCertificate!({ CertificateArn: arn }, at.call());
    expect(await verdict).toStartWith('ResourceNotFoundException: ');
    expect(await at.store.list()).toEqual([]);
  });

  test('of many imports under one ARN at once, one stays whole', async () => {
    const arn = await at.importPair(leaf, middle.pem);
    const others = await Promise.all(Array.from({ length: 5 }, (_, n) => middle.issue([`n${n}.example.com`])));
    await Promise.all(others.map((other) => at.importPair(other, middle.pem, arn)));
    const [kept, ...more] = await at.store.list();
    expect(more).toEqual([]);
    const { Serial } = await at.describeOne(arn);
    const shown = new X509Certificate((await at.store.read(kept!.id, kept!.version)).certificate);
    expect(Serial?.replaceAll(':', '')).toBe(shown.serialNumber.toLowerCase());
  });
});
