/**
 * The ACME authority against Pebble, over its real parts: the library, the files, the clear-text listener that answers challenges. Pebble
 * rejects one good nonce in five, as it does by default to teach clients.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAcmeAuthority } from '../../src/adapters/certificates/acme/acme-authority.ts';
import type { AcmeSettings } from '../../src/adapters/certificates/acme/acme-client.ts';
import { answerChallenges } from '../../src/adapters/certificates/acme/answer-challenges.ts';
import { challengeFiles } from '../../src/adapters/certificates/acme/challenge-files.ts';
import { openLocalCa } from '../../src/adapters/certificates/local-ca.ts';
import { createMemoryCertificates } from '../../src/adapters/certificates/memory-certificates.ts';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { createVirtualClock } from '../../src/adapters/clock/virtual-clock.ts';
import { listenClear } from '../../src/adapters/listen/listen-clear.ts';
import type { Listener } from '../../src/adapters/listen/listener.ts';
import { openState } from '../../src/control/state/open-state.ts';
import type { ViewerHandler } from '../../src/edge/answer.ts';
import { NOT_WANTED, type CertificateAuthority, type IssueRequest } from '../../src/edge/certificate-ports.ts';
import { DAY } from '../../src/model/units.ts';
import { barrier } from '../../src/testing/barrier.ts';
import { startAcmPlane } from '../api/acm-plane.ts';
import { hasPebble, startPebble, type Pebble, type PebbleOptions } from './pebble.ts';

let data: string;
let viewers: Listener;
/** What answers are kept waiting for. */
let gate: PromiseLike<unknown>;
let pebble: Pebble;
/** Orders that earlier tests have placed. */
let placedBefore: number;

beforeAll(async () => {
  if (!hasPebble) return;
  viewers = listen(0);
  pebble = await startPebble({ httpPort: viewers.port });
});

afterAll(async () => {
  if (!hasPebble) return;
  await pebble.stop();
  await viewers.stop(false);
});

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'warmfront-acme-'));
  gate = Promise.resolve();
  if (hasPebble) placedBefore = allOrders();
});

afterEach(() => rmSync(data, { recursive: true, force: true }));

/** Clear-text viewers, who get 404 for everything but a challenge of ours. */
function listen(port: number): Listener {
  const nothing: ViewerHandler = { handle: () => ({ status: 404, fields: [], body: { kind: 'none' } }) };
  const handle: ViewerHandler['handle'] = async (...request) => {
    await gate;
    return answerChallenges(nothing, challengeFiles(data)).handle(...request);
  };
  const report = (message: string, error: unknown): never => {
    throw new Error(message, { cause: error });
  };
  return listenClear({ hostname: '127.0.0.1', port, flag: 'port', handler: { handle }, report });
}

/** Runs the work with another Pebble, which goes with it. */
async function withAnother(options: Partial<PebbleOptions>, work: () => Promise<void>): Promise<void> {
  const usual = pebble;
  pebble = await startPebble({ httpPort: viewers.port, ...options });
  try {
    await work();
  } finally {
    await pebble.stop();
    pebble = usual;
  }
}

function authority(settings: Partial<AcmeSettings> = {}): CertificateAuthority {
  const own = { directory: pebble.url, email: 'web@example.org', externalAccount: undefined, authorities: [pebble.ca] };
  return createAcmeAuthority({ data, challenges: challengeFiles(data), clock: systemClock, settings: { ...own, ...settings } });
}

function asking(id: string, names: readonly string[], changes: Partial<IssueRequest> = {}): IssueRequest {
  return { id, names, keyAlgorithm: 'EC_prime256v1', signal: new AbortController().signal, ...changes };
}

const allOrders = (): number => pebble.output().match(/Added order/g)?.length ?? 0;
const orders = (): number => allOrders() - placedBefore;

describe.skipIf(!hasPebble)('an ACME authority', () => {
  test('issues for several names, with keys of either kind; keys are for their owner alone, and nothing is left', async () => {
    const acme = authority();
    const [ecdsa, rsa] = await Promise.all([
      acme.issue(asking('one', ['a.example.org', 'b.example.org'])),
      acme.issue(asking('two', ['c.example.org'], { keyAlgorithm: 'RSA_2048' })),
    ]);
    const leaf = new X509Certificate(ecdsa.certificate);
    expect(leaf.subjectAltName).toBe('DNS:a.example.org, DNS:b.example.org');
    expect(leaf.verify(new X509Certificate(ecdsa.chain).publicKey)).toBe(true);
    expect(new X509Certificate(rsa.certificate).publicKey.asymmetricKeyType).toBe('rsa');
    const [folder] = readdirSync(join(data, 'certificates', 'acme')).filter((name) => name !== 'challenges');
    const mode = (file: string): string => (statSync(join(data, 'certificates', 'acme', folder!, file)).mode & 0o777).toString(8);
    expect([mode('.'), mode('account-key.pem'), mode('account.json')]).toEqual(['700', '600', '600']);
    expect(readdirSync(join(data, 'certificates', 'acme', folder!, 'orders'))).toEqual([]);
    expect(readdirSync(join(data, 'certificates', 'acme', 'challenges'))).toEqual([]);
  });

  test('a process that ends takes nothing along: the next goes on with the same order', async () => {
    const held = barrier();
    gate = held;
    const ended = await authority()
      .issue(asking('one', ['a.example.org'], { signal: AbortSignal.abort() }))
      .catch(String);
    expect(ended).toContain('stopping');
    const later = authority().issue(asking('one', ['a.example.org']));
    held.open();
    expect(new X509Certificate((await later).certificate).subjectAltName).toBe('DNS:a.example.org');
    expect(orders()).toBe(1);
  });

  test('a certificate that is deleted while it is issued leaves no key and no answer, whenever it was', async () => {
    const held = barrier();
    gate = held;
    const acme = authority();
    const deleted = new AbortController();
    const asked = acme.issue(asking('one', ['a.example.org'], { signal: deleted.signal })).catch(String);
    const kept = authority().issue(asking('two', ['b.example.org'], { signal: AbortSignal.abort() }));
    expect(await kept.catch(String)).toContain('stopping');
    deleted.abort(NOT_WANTED);
    expect(await asked).toMatch(/not wanted|stopping/);
    await acme.abandon('one');
    const [folder] = readdirSync(join(data, 'certificates', 'acme')).filter((name) => name !== 'challenges');
    const saved = (): string[] => readdirSync(join(data, 'certificates', 'acme', folder!, 'orders'));
    expect(saved()).toEqual(['two.json']);
    await authority().sweep((id) => id !== 'two');
    expect(saved()).toEqual([]);
    held.open();
    const placed = orders();
    const late = AbortSignal.abort(NOT_WANTED);
    expect(await acme.issue(asking('three', ['c.example.org'], { signal: late })).catch(String)).toContain('not wanted');
    expect([orders(), saved()]).toEqual([placed, []]);
  });

  test('a name that does not lead here is refused, and may be asked for again', async () => {
    const elsewhere = listen(0);
    await elsewhere.stop(false);
    await withAnother({ httpPort: elsewhere.port }, async () => {
      const failure = await authority()
        .issue(asking('one', ['a.example.org']))
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'IssuanceFailure', isFinal: false });
      expect(String(failure)).toContain('a.example.org could not be proved');
      expect(authority().refuses('*.example.org')).toContain('a wildcard cannot be proved over HTTP');
      expect(authority().refuses('a.example.org')).toBeUndefined();
    });
  });

  test('an authority that is away is said so', async () => {
    const failure = await authority({ directory: 'https://127.0.0.1:1/dir' })
      .issue(asking('one', ['a.example.org']))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ isFinal: false });
    expect(String(failure)).toContain('the authority cannot be asked');
  });

  test('an account that the authority has forgotten is made anew', async () => {
    await authority().issue(asking('one', ['a.example.org']));
    const [folder] = readdirSync(join(data, 'certificates', 'acme')).filter((name) => name !== 'challenges');
    const url = `${new URL(pebble.url).origin}/my-account/gone`;
    writeFileSync(join(data, 'certificates', 'acme', folder!, 'account.json'), JSON.stringify({ url }));
    expect((await authority().issue(asking('two', ['b.example.org']))).certificate).toContain('BEGIN CERTIFICATE');
  });

  test('an external account is bound where the authority asks for one', async () => {
    const hmacKey = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W';
    await withAnother({ externalAccounts: { 'kid-1': hmacKey } }, async () => {
      const stranger = await authority()
        .issue(asking('one', ['a.example.org']))
        .catch(String);
      expect(stranger).toContain('the authority refuses');
      const bound = authority({ externalAccount: { keyId: 'kid-1', hmacKey } });
      expect((await bound.issue(asking('one', ['a.example.org']))).certificate).toContain('BEGIN CERTIFICATE');
    });
  });

  test('ACM has it renewed in time; while that fails, the old certificate stays', async () => {
    const clock = createVirtualClock(Date.now());
    const localCa = await openLocalCa(data, clock);
    const parts = { clock, localCa, state: openState({ path: ':memory:' }), store: createMemoryCertificates() };
    const { acm, request, describeOne, pass } = await startAcmPlane({ ...parts, authority: authority() });
    const arn = await request(['a.example.org']);
    expect((await describeOne(arn)).Status).toBe('PENDING_VALIDATION');
    await acm.issuance.settled();
    const first = await describeOne(arn);
    expect(first).toMatchObject({ Status: 'ISSUED', SubjectAlternativeNames: ['a.example.org'] });
    const lifetime = first.NotAfter!.getTime() - first.NotBefore!.getTime();
    const { port } = viewers;
    await viewers.stop(false);
    await pass(lifetime * 0.7, lifetime * 0.1);
    expect(await describeOne(arn)).toMatchObject({ Serial: first.Serial!, Status: 'ISSUED' });
    expect(acm.states()[0]?.problem).toContain('a.example.org could not be proved');
    viewers = listen(port);
    await pass(DAY, DAY / 4);
    expect(await describeOne(arn)).toMatchObject({ Status: 'ISSUED', RenewalSummary: { RenewalStatus: 'SUCCESS' } });
    expect((await describeOne(arn)).Serial).not.toBe(first.Serial);
    acm.issuance.stop();
  });
});
