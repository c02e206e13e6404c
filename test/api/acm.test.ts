/**
 * Certificate Manager: requests and their issuance, renewal under a clock that is moved, use by distributions, lists, tags, and the answers
 * on the wire. Imports: acm-import.test.ts.
 */
import { describe, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { createMemoryCertificates } from '../../src/adapters/certificates/memory-certificates.ts';
import { createApiServer } from '../../src/control/aws/api-server.ts';
import acmFile from '../../src/control/aws/models/acm.json' with { type: 'json' };
import { loadModel, type ModelFile } from '../../src/control/aws/wire/model.ts';
import { createService } from '../../src/control/aws/wire/service.ts';
import { openState } from '../../src/control/state/open-state.ts';
import { IssuanceFailure, NOT_WANTED, type IssueRequest } from '../../src/edge/certificate-ports.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/units.ts';
import { createSelfSigned } from '../contracts/certificates.ts';
import { refusalOf } from '../../src/control/aws/cloudfront/control-plane.fixture.ts';
import { ACCOUNT, freshAcmPlane, principal, startAcmPlane } from './acm-plane.ts';
import { goldenPairs } from './golden-pair.ts';

const at = freshAcmPlane();

describe('request', () => {
  test('the local CA issues before the call is answered', async () => {
    const arn = await at.request(['www.example.com', '*.example.com', 'example.com'], { KeyAlgorithm: undefined });
    const certificate = await at.describeOne(arn);
    expect(certificate).toMatchObject({
      Status: 'ISSUED',
      Type: 'AMAZON_ISSUED',
      KeyAlgorithm: 'RSA_2048',
      Issuer: 'Warmfront',
      RenewalEligibility: 'ELIGIBLE',
      SubjectAlternativeNames: ['www.example.com', '*.example.com', 'example.com'],
    });
    const options = certificate.DomainValidationOptions!;
    expect(options.map(({ ValidationStatus }) => ValidationStatus)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    const { Name, Type, Value } = options[0]!.ResourceRecord!;
    expect(`${Name} ${Type} ${Value}`).toMatch(
      /^_[0-9a-f]{32}\.www\.example\.com\. CNAME _[0-9a-f]{32}\.[a-z]{10}\.acm-validations\.aws\.$/,
    );
    // ACM: a wildcard and its domain are proved by one record.
    expect(options[1]!.ResourceRecord).toEqual(options[2]!.ResourceRecord);
    const issued = new X509Certificate((await at.acm.handlers.GetCertificate!({ CertificateArn: arn }, at.call())).Certificate!);
    expect(issued.verify(new X509Certificate(at.localCa.certificate).publicKey)).toBe(true);
    expect(issued.subjectAltName).toBe('DNS:www.example.com, DNS:*.example.com, DNS:example.com');
  });

  test('keys of the kind that is asked for', async () => {
    for (const KeyAlgorithm of ['RSA_2048', 'EC_secp384r1'])
      expect((await at.describeOne(await at.request(['a.test'], { KeyAlgorithm }))).KeyAlgorithm).toBe(
        KeyAlgorithm as 'RSA_2048',
      );
  });

  test('one token within the hour is one certificate, another or a later one is another', async () => {
    const first = await at.request(['a.test'], { IdempotencyToken: 'one' });
    expect(await at.request(['a.test'], { IdempotencyToken: 'one' })).toBe(first);
    expect(await at.request(['a.test'], { IdempotencyToken: 'two' })).not.toBe(first);
    expect(await at.request(['b.test'], { IdempotencyToken: 'one' })).not.toBe(first);
    at.clock.advance(HOUR);
    expect(await at.request(['a.test'], { IdempotencyToken: 'one' })).not.toBe(first);
  });

  test('by mail, to a domain above', async () => {
    const DomainValidationOptions = [{ DomainName: 'www.example.com', ValidationDomain: 'example.com' }];
    const arn = await at.request(['www.example.com'], { ValidationMethod: 'EMAIL', DomainValidationOptions });
    const [option] = (await at.describeOne(arn)).DomainValidationOptions!;
    expect(option).toMatchObject({ ValidationMethod: 'EMAIL', ValidationDomain: 'example.com' });
    expect(option!.ValidationEmails).toContain('hostmaster@example.com');
  });

  const rows: [name: string, names: [string, ...string[]], changes: object, want: RegExp][] = [
    ['a name that is none', ['a.test', 'b_.test'], {}, /^ValidationException: b_\.test/],
    ['a star in the middle', ['a.test', 'b.*.test'], {}, /^ValidationException/],
    [
      'a validation domain beside',
      ['a.test'],
      { DomainValidationOptions: [{ DomainName: 'a.test', ValidationDomain: 'b.test' }] },
      /^InvalidDomainValidationOptionsException/,
    ],
    ['a kind of key that is not issued', ['a.test'], { KeyAlgorithm: 'RSA_4096' }, /^InvalidParameterException/],
    ['HTTP validation', ['a.test'], { ValidationMethod: 'HTTP' }, /^InvalidParameterException/],
    [
      'a private authority',
      ['a.test'],
      { CertificateAuthorityArn: 'arn:aws:acm-pca:us-east-1:0:certificate-authority/a' },
      /^NotImplemented/,
    ],
    ['a certificate to export', ['a.test'], { Options: { Export: 'ENABLED' } }, /^NotImplemented/],
    ['a reserved tag', ['a.test'], { Tags: [{ Key: 'aws:x', Value: '' }] }, /^InvalidTagException/],
  ];
  test.each(rows)('%s', async (_, names, changes, want) => {
    expect(await refusalOf(() => at.request(names, changes))).toMatch(want);
    expect(at.acm.states()).toEqual([]);
  });
});

describe('issuance', () => {
  test('a failure is told and tried again, with ever longer pauses, until it succeeds', async () => {
    let asked = 0;
    at.scripted.issue = async () => {
      asked += 1;
      throw new IssuanceFailure('the authority is away', false);
    };
    const arn = await at.request(['a.test']);
    expect(await at.describeOne(arn)).toMatchObject({ Status: 'PENDING_VALIDATION' });
    expect(await refusalOf(() => at.acm.handlers.GetCertificate!({ CertificateArn: arn }, at.call()))).toContain(
      'RequestInProgressException',
    );
    expect(at.acm.states()).toMatchObject([{ problem: 'the authority is away', notAfter: undefined }]);
    await at.pass(90 * MINUTE, MINUTE);
    // At 2, 6, 14, 30 and 62 minutes, each up to a fifth later.
    expect(asked).toBe(6);
    at.scripted.issue = undefined;
    await at.pass(6 * HOUR);
    expect(await at.describeOne(arn)).toMatchObject({ Status: 'ISSUED' });
    expect(at.reports[0]).toContain('could not be issued by local CA: the authority is away');
  });

  test('a request that nobody validates is given up after 72 hours', async () => {
    at.scripted.issue = () => Promise.reject(new IssuanceFailure('no answer', false));
    const arn = await at.request(['a.test']);
    await at.pass(4 * DAY, 6 * HOUR);
    expect((await at.describeOne(arn)).Status).toBe('VALIDATION_TIMED_OUT');
  });

  test('a refusal for good is told with its reason', async () => {
    at.scripted.issue = () => Promise.reject(new IssuanceFailure('CAA forbids it', true, 'CAA_ERROR'));
    const arn = await at.request(['a.test']);
    expect(await at.describeOne(arn)).toMatchObject({ Status: 'FAILED', FailureReason: 'CAA_ERROR' });
    await at.pass(10 * DAY, DAY);
    expect((await at.describeOne(arn)).Status).toBe('FAILED');
  });

  test('renewed at two thirds of its life; until then, and while that fails, the old one is shown', async () => {
    const arn = await at.request(['a.example.com']);
    await at.distribution(arn, 'a.example.com');
    const before = (await at.describeOne(arn)).Serial;
    await at.pass(240 * DAY, 8 * DAY);
    expect((await at.describeOne(arn)).Serial).toBe(before);
    at.scripted.issue = () => Promise.reject(new IssuanceFailure('no answer', false));
    await at.pass(30 * DAY, DAY);
    expect(await at.describeOne(arn)).toMatchObject({
      Serial: before,
      Status: 'ISSUED',
      RenewalSummary: { RenewalStatus: 'PENDING_AUTO_RENEWAL' },
    });
    expect(at.acm.states()).toMatchObject([{ problem: 'no answer', renewsItself: true }]);
    at.scripted.issue = undefined;
    await at.pass(DAY);
    const after = await at.describeOne(arn);
    expect(after).toMatchObject({ Status: 'ISSUED', RenewalSummary: { RenewalStatus: 'SUCCESS' } });
    expect(after.Serial).not.toBe(before);
    await at.cloudFront.publisher.settled();
    expect(at.snapshots.at(-1)?.distributions[0]?.viewerCertificate?.version).toBe(2);
    // Every edge has it: the old key is gone.
    expect(await at.store.list()).toMatchObject([{ version: 2 }]);
  });

  test('RenewCertificate does not wait', async () => {
    const arn = await at.request(['a.test']);
    const before = (await at.describeOne(arn)).Serial;
    await at.acm.handlers.RenewCertificate!({ CertificateArn: arn }, at.call());
    expect((await at.describeOne(arn)).Serial).not.toBe(before);
    const imported = await at.importPair(await createSelfSigned(['b.test']));
    expect(await refusalOf(() => at.acm.handlers.RenewCertificate!({ CertificateArn: imported }, at.call()))).toContain(
      'not eligible',
    );
  });

  test('an imported certificate expires', async () => {
    const arn = await at.importPair(await createSelfSigned(['a.test']));
    at.clock.advance(2 * DAY);
    expect((await at.describeOne(arn)).Status).toBe('EXPIRED');
    expect(at.acm.states()).toMatchObject([{ status: 'EXPIRED', isNearEnd: true, renewsItself: false }]);
  });

  test('a certificate that is deleted while it is issued leaves nothing', async () => {
    const held = Promise.withResolvers<void>();
    const asked: IssueRequest[] = [];
    const begun = new Set<string>();
    const abandon = async (id: string): Promise<void> => void begun.delete(id);
    const authority = { ...at.localCa.authority, abandon };
    const store = createMemoryCertificates();
    const plane = await startAcmPlane({ ...at, state: openState({ path: ':memory:' }), store, authority });
    plane.scripted.issue = async (one) => {
      asked.push(one);
      await held.promise;
      // An authority that was writing down its order just then.
      begun.add(one.id);
      return at.localCa.authority.issue(one);
    };
    const requested = plane.request(['a.test']);
    const [state] = plane.acm.states();
    await plane.acm.handlers.DeleteCertificate!({ CertificateArn: state!.arn }, plane.call());
    expect(asked[0]!.signal.reason).toBe(NOT_WANTED);
    held.resolve();
    await requested;
    expect([plane.acm.states(), await store.list(), [...begun]]).toEqual([[], [], []]);
  });

  test('what another authority has issued is not replaced by the local CA unasked', async () => {
    const parts = {
      clock: at.clock,
      localCa: at.localCa,
      state: openState({ path: ':memory:' }),
      store: createMemoryCertificates(),
    };
    const authority = { ...at.localCa.authority, name: 'acme.example', isLocal: false };
    const before = await startAcmPlane({ ...parts, authority });
    const arn = await before.request(['a.test']);
    await before.acm.issuance.settled();
    before.acm.issuance.stop();
    const plane = await startAcmPlane(parts);
    const { Serial } = await plane.describeOne(arn);
    await plane.pass(300 * DAY, 5 * DAY);
    expect((await plane.describeOne(arn)).Serial).toBe(Serial);
    const [state] = plane.acm.states();
    expect(state?.source).toBe('acme.example');
    expect(state?.problem).toStartWith('it was issued by acme.example; start with --acme-directory');
    await plane.acm.handlers.RenewCertificate!({ CertificateArn: arn }, plane.call());
    expect((await plane.describeOne(arn)).Serial).not.toBe(Serial!);
    expect(plane.acm.states()).toMatchObject([{ source: 'local CA', problem: undefined }]);
  });
});

describe('use', () => {
  test('an alias needs a certificate of its name, issued, in us-east-1', async () => {
    const self = await createSelfSigned(['*.example.com']);
    const there = await at.importPair(self, undefined, undefined, 'eu-west-1');
    expect(await refusalOf(() => at.distribution(there, 'www.example.com'))).toStartWith(
      'InvalidViewerCertificate: The specified SSL',
    );
    const here = await at.importPair(self);
    expect(await refusalOf(() => at.distribution(here, 'a.b.example.com'))).toContain("doesn't cover the alternate domain name");
    expect(await refusalOf(() => at.distribution(here, 'www.example.com'))).toBe('accepted');
    at.scripted.issue = () => Promise.reject(new IssuanceFailure('no answer', false));
    const pending = await at.request(['p.example.com']);
    expect(await refusalOf(() => at.distribution(pending, 'p.example.com'))).toStartWith(
      'InvalidViewerCertificate: The specified SSL',
    );
    at.clock.advance(2 * DAY);
    expect(await refusalOf(() => at.distribution(here, 'other.example.com'))).toStartWith(
      'InvalidViewerCertificate: The specified SSL',
    );
  });

  test('while a distribution shows it, it says so and stays', async () => {
    const arn = await at.importPair(await createSelfSigned(['www.example.com']));
    const user = await at.distribution(arn, 'www.example.com');
    expect((await at.describeOne(arn)).InUseBy).toEqual([user]);
    expect(await refusalOf(() => at.acm.handlers.DeleteCertificate!({ CertificateArn: arn }, at.call()))).toBe(
      `ResourceInUseException: Certificate ${arn} in account ${ACCOUNT} is in use.`,
    );
    expect(at.snapshots.at(-1)?.distributions[0]?.viewerCertificate).toEqual({ id: arn.split('/')[1]!, version: 1 });
    await at.importPair(await createSelfSigned(['www.example.com']), undefined, arn);
    await at.cloudFront.publisher.settled();
    expect(at.snapshots.at(-1)?.distributions[0]?.viewerCertificate?.version).toBe(2);
  });

  test('no key of a certificate that nothing names outlives a start', async () => {
    const state = openState({ path: ':memory:' });
    const kept = createMemoryCertificates();
    const parts = { clock: at.clock, localCa: at.localCa, state, store: kept };
    const first = await startAcmPlane(parts);
    const arn = await first.importPair(await createSelfSigned(['a.test']));
    const id = arn.split('/')[1]!;
    const { key, cert: certificate } = await createSelfSigned(['b.test']);
    await kept.put('never-named', 1, { key, certificate, chain: '' });
    await kept.put(id, 2, { key, certificate, chain: '' });
    const second = await startAcmPlane(parts);
    expect(await kept.list()).toEqual([{ id, version: 1 }]);
    await second.importPair(await createSelfSigned(['c.test']), undefined, arn);
    expect(await kept.list()).toEqual([{ id, version: 2 }]);
  });
});

describe('lists and tags', () => {
  const list = async (input: object = {}, region?: string) =>
    (await at.acm.handlers.ListCertificates!(input, at.call(region))).CertificateSummaryList!.map(({ DomainName }) => DomainName);

  test('filters, regions and order', async () => {
    await at.request(['a.test'], { KeyAlgorithm: 'RSA_2048' });
    await at.importPair(await createSelfSigned(['b.test']));
    await at.importPair(await createSelfSigned(['c.test']), undefined, undefined, 'eu-west-1');
    at.scripted.issue = () => Promise.reject(new IssuanceFailure('no answer', false));
    await at.request(['d.test'], { KeyAlgorithm: 'RSA_2048' });
    // ACM: RSA of 1024 and 2048 bits unless others are asked for.
    expect(await list()).toEqual(['a.test', 'd.test']);
    expect(await list({ SortBy: 'CREATED_AT', SortOrder: 'DESCENDING' })).toEqual(['d.test', 'a.test']);
    expect(await list({ CertificateStatuses: ['PENDING_VALIDATION'] })).toEqual(['d.test']);
    expect(await list({ Includes: { keyTypes: ['EC_prime256v1'] } })).toEqual(['b.test']);
    expect(await list({ Includes: { keyTypes: ['EC_prime256v1'] } }, 'eu-west-1')).toEqual(['c.test']);
    expect(await list({ Includes: { extendedKeyUsage: ['TLS_WEB_SERVER_AUTHENTICATION'] } })).toEqual(['a.test']);
    expect(await list({ Includes: { keyUsage: ['CRL_SIGNING'] } })).toEqual([]);
  });

  test('pages hold everything once', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await at.request([`${name}.test`]);
    const Includes = { keyTypes: ['EC_prime256v1' as const] };
    const seen: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await at.acm.handlers.ListCertificates!({ Includes, MaxItems: 2, ...(NextToken && { NextToken }) }, at.call());
      seen.push(...page.CertificateSummaryList!.map(({ DomainName }) => DomainName));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    expect(seen).toEqual(['a.test', 'b.test', 'c.test', 'd.test', 'e.test']);
    expect(await refusalOf(() => at.acm.handlers.ListCertificates!({ NextToken: 'x' }, at.call()))).toContain(
      'ValidationException',
    );
  });

  test('tags come and go, in both spellings', async () => {
    const arn = await at.request(['a.test'], { Tags: [{ Key: 'a', Value: '1' }] });
    const { handlers } = at.acm;
    await handlers.AddTagsToCertificate!({ CertificateArn: arn, Tags: [{ Key: 'b', Value: '2' }, { Key: 'c' }] }, at.call());
    await handlers.RemoveTagsFromCertificate!(
      { CertificateArn: arn, Tags: [{ Key: 'a', Value: 'other' }, { Key: 'c' }] },
      at.call(),
    );
    await handlers.TagResource!({ ResourceArn: arn, Tags: [{ Key: 'd', Value: '4' }] }, at.call());
    await handlers.UntagResource!({ ResourceArn: arn, TagKeys: ['b'] }, at.call());
    const want = [
      { Key: 'a', Value: '1' },
      { Key: 'd', Value: '4' },
    ];
    expect((await handlers.ListTagsForCertificate!({ CertificateArn: arn }, at.call())).Tags).toEqual(want);
    expect((await handlers.ListTagsForResource!({ ResourceArn: arn }, at.call())).Tags).toEqual(want);
    const many = Array.from({ length: 49 }, (_, n) => ({ Key: `k${n}`, Value: '' }));
    expect(await refusalOf(() => handlers.AddTagsToCertificate!({ CertificateArn: arn, Tags: many }, at.call()))).toContain(
      'TooManyTags',
    );
  });
});

goldenPairs('acm', 'acm', () => {
  const user = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00' };
  const report = (): void => undefined;
  const services = [createService(loadModel(acmFile as unknown as ModelFile), at.acm.handlers, { accountId: ACCOUNT, report })];
  const credentials = { lookup: () => ({ secretAccessKey: user.secretAccessKey, principal }) };
  return { api: createApiServer({ services, credentials, now: () => at.clock.now(), report }), user, now: at.clock.now() };
});
