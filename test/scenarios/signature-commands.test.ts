/**
 * `warmfront sign` and `warmfront inspect-signature`: the command line, over the real admin API, asking a real edge. What is signed opens the
 * edge; what does not is told part by part.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { behavior, startTestEdge, type TestEdge } from '../../src/testing/index.ts';
import { ecdsaKey, PRIVATE, rsaKey, trusting } from '../samples/signing-keys.ts';
import { commandLineOf, type EdgeCommandLine, type Said } from './command-line-of-edge.ts';

const rsa = rsaKey();
const ecdsa = ecdsaKey();
const other = rsaKey('KOTHERAAAAAAAA');
const host = 'd0123456789abc.cloudfront.localhost';
let edge: TestEdge;
let commandLine: EdgeCommandLine;

beforeAll(async () => {
  const items = [behavior('/public/*')];
  const distribution = { DefaultCacheBehavior: PRIVATE, CacheBehaviors: { Quantity: 1, Items: items } };
  edge = await startTestEdge({ ...trusting(rsa, ecdsa), distribution });
  edge.origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'open'));
  commandLine = commandLineOf(edge);
  for (const key of [rsa, ecdsa, other]) writeFileSync(inData(`${key.id}.pem`), key.privateKey);
});
afterAll(async () => {
  await commandLine.stop();
  await edge.stop();
});

const inData = (name: string): string => join(commandLine.data, name);
const warmfront = (...argv: string[]): Promise<Said> => commandLine.warmfront(argv);

async function sign(url: string, key: { readonly id: string }, ...flags: string[]): Promise<string> {
  const said = await warmfront('sign', url, '--key', `${key.id}.pem`, '--key-pair-id', key.id, ...flags);
  expect({ code: said.code, errors: said.errors }).toEqual({ code: 0, errors: '' });
  return said.out;
}

const inspect = (url: string, ...flags: string[]) => warmfront('inspect-signature', url, '--data', commandLine.data, ...flags);
const pathOf = (url: string): string => url.slice(url.indexOf(host) + host.length);
const FILM = `http://${host}/films/a b.mp4?sub=ü`;

describe('what is signed opens the edge', () => {
  const rows: [name: string, key: { id: string }, flags: string[]][] = [
    ['canned', rsa, ['--expires', '2026-01-02']],
    ['canned, epoch seconds, SHA-256', rsa, ['--expires', '1767229200', '--hash', 'sha256']],
    ['ECDSA', ecdsa, ['--expires', '2026-01-01T01:00:00Z']],
    ['custom', ecdsa, ['--expires', '2026-01-02', '--starts', '2025-12-31', '--ip', '127.0.0.0/8', '--hash', 'SHA-256']],
    ['a resource', rsa, ['--expires', '2026-01-02', '--resource', `http://${host}/films/*`]],
  ];
  test.each(rows)('%s', async (_, key, flags) => {
    const url = await sign(FILM, key, ...flags);
    (await edge.viewer.get(pathOf(url))).expect({ status: 200, body: 'open' });
    const cookie = await sign(FILM, key, ...flags, '--cookies');
    (await edge.viewer.get('/films/a%20b.mp4?sub=%C3%BC', { headers: { cookie } })).expect({ status: 200, body: 'open' });
    const said = await inspect(url);
    expect([said.code, said.out.split('\n')[0]]).toEqual([0, 'granted']);
    expect((await inspect(`http://${host}/films/a b.mp4?sub=ü`, '-H', `Cookie: ${cookie}`)).code).toBe(0);
  });

  test('a whole policy from a file, as it is', async () => {
    const text = `{\r\n "Statement": [{"Resource":"*", "Condition":{"DateLessThan":{"AWS:EpochTime":1767312000}}}]}\r\n`;
    writeFileSync(inData('policy.json'), text);
    const url = await sign(FILM, rsa, '--policy', 'policy.json');
    (await edge.viewer.get(pathOf(url))).expect({ status: 200 });
  });

  test('until when counts from now', async () => {
    const [, expires = ''] = /Expires=(\d+)/.exec(await sign(FILM, rsa, '--expires', '2h')) ?? [];
    expect(Math.abs(Number(expires) - Date.now() / 1000 - 7200)).toBeLessThan(60);
  });
});

describe('which part fails, and why', () => {
  const later = ['--expires', '2026-01-02'];
  const rows: [name: string, url: () => Promise<string>, want: string[], flags?: string[]][] = [
    ['nothing is signed', () => Promise.resolve(FILM), ['refused (MissingKey): key-pair-id missing', 'there is no Key-Pair-Id']],
    [
      'expired',
      () => sign(FILM, rsa, '--expires', '2025-12-31T23:59:00Z'),
      ['date expired', 'expired 60 s ago, at 2025-12-31T23:59:00.000Z'],
    ],
    [
      'too early',
      () => sign(FILM, rsa, ...later, '--starts', '2026-01-01T00:01:00Z'),
      ['date not-yet-valid', 'not valid for another 61 s'],
    ],
    [
      'an unknown key',
      async () => (await sign(FILM, rsa, ...later)).replace(rsa.id, other.id),
      ['(InvalidKey)', `trusted here: ${rsa.id}, ${ecdsa.id}`],
    ],
    [
      'the wrong hash',
      async () => `${await sign(FILM, rsa, ...later)}&Hash-Algorithm=SHA256`,
      ['signature wrong', 'it does not verify, but would with Hash-Algorithm SHA1'],
    ],
    [
      'the wrong key',
      async () => (await sign(FILM, ecdsa, ...later)).replace(ecdsa.id, rsa.id),
      [`but would with Key-Pair-Id ${ecdsa.id}`],
    ],
    [
      'the other scheme',
      () => sign(FILM.replace('http:', 'https:'), rsa, ...later).then((url) => url.replace('https:', 'http:')),
      [`but would for https://${host}/films`],
    ],
    [
      'another private key',
      async () => (await sign(FILM, other, ...later)).replace(other.id, rsa.id),
      ['the key did not sign this policy'],
    ],
    [
      'another resource',
      () => sign(FILM, rsa, ...later, '--resource', `http://${host}/filmz/*`),
      ['resource mismatch', 'its path differs, from octet 47 on, "s/a%20b.mp4'],
    ],
    [
      'another address',
      () => sign(FILM, rsa, ...later, '--ip', '192.0.2.0/24'),
      ['address outside', 'the viewer’s address 198.51.100.1 is not in 192.0.2.0/24'],
      ['--from', '198.51.100.1'],
    ],
    [
      'a policy that is no policy',
      () => Promise.resolve(`${FILM}&Policy=e30_&Signature=YQ__&Key-Pair-Id=${rsa.id}`),
      ['(MalformedPolicy)', 'the policy lacks a member: Statement (at its octet 0)'],
    ],
    [
      'a signature that is none',
      () => Promise.resolve(`${FILM}&Expires=1&Signature=a+b&Key-Pair-Id=${rsa.id}`),
      ['(MalformedSignature)', 'not whole base64'],
    ],
    [
      'an unknown hash',
      async () => `${await sign(FILM, rsa, ...later)}&Hash-Algorithm=MD5`,
      ['hash-algorithm unknown', 'not "MD5"'],
    ],
  ];
  test.each(rows)('%s', async (_, url, want, flags = []) => {
    const said = await inspect(await url(), ...(Array.isArray(flags) ? flags : []));
    expect({ code: said.code, errors: said.errors }).toEqual({ code: 1, errors: '' });
    for (const words of want) expect(said.out).toContain(words);
  });

  test('each part is judged by itself, as a page and as JSON', async () => {
    const url = (await sign(FILM, other, '--expires', '2025-12-31', '--ip', '127.0.0.1')).replace(other.id, rsa.id);
    const verdicts = JSON.parse((await inspect(url, '--json')).out) as { checks: { part: string; verdict: string }[] };
    expect(verdicts).toMatchObject({
      decision: 'refused',
      code: 'AccessDenied',
      part: 'signature',
      reason: 'wrong',
      form: 'url',
    });
    expect(Object.fromEntries(verdicts.checks.map(({ part, verdict }) => [part, verdict]))).toEqual({
      'key-pair-id': 'holds',
      'hash-algorithm': 'holds',
      policy: 'holds',
      signature: 'fails',
      resource: 'holds',
      date: 'fails',
      address: 'holds',
    });
  });

  test('a path that is not private, and a host that nobody has', async () => {
    const open = await inspect(`http://${host}/public/a?Expires=1`);
    expect([open.code, open.out]).toEqual([
      0,
      'not private: the cache behavior /public/* trusts no signers, and asks for no signature',
    ]);
  });
});

test('explain tells the step, and of a granted request the key without the signature', async () => {
  const refused = await edge.explain('/a');
  expect(refused.verdict).toMatchObject({ kind: 'refused', reason: 'signature', status: 403 });
  expect(refused.steps.at(-1)).toMatchObject({ step: 'signature', decision: 'refused' });
  const granted = await edge.explain(pathOf(await sign(FILM, rsa, '--expires', '2026-01-02')));
  expect(granted.steps.find(({ step }) => step === 'signature')?.sentence).toBe(
    `signed with ${rsa.id}, a canned policy in the URL`,
  );
  expect(granted.cacheKey?.uri).toBe('/films/a%20b.mp4');
  expect(JSON.stringify(granted.cacheKey)).not.toContain('Signature');
});

describe('sign refuses', () => {
  const key = ['--key', `${rsa.id}.pem`, '--key-pair-id', rsa.id];
  const rows: [name: string, argv: string[], want: string][] = [
    ['no URL', key, 'say what to sign'],
    ['two URLs', [FILM, FILM, ...key], 'is one too many'],
    ['a path', ['/film', ...key, '--expires', '1h'], 'give an absolute URL'],
    ['no end', [FILM, ...key], 'say until when'],
    ['no time', [FILM, ...key, '--expires', 'soon'], '--expires must be epoch seconds'],
    ['no key', [FILM, '--key-pair-id', rsa.id, '--expires', '1h'], 'say which private key'],
    ['no key id', [FILM, '--key', `${rsa.id}.pem`, '--expires', '1h'], 'say which public key'],
    ['a key id that is none', [FILM, '--key', 'x', '--key-pair-id', 'k?', '--expires', '1h'], 'cannot be the id of a key'],
    [
      'a file that is no key',
      [FILM, '--key', 'run.json', '--key-pair-id', rsa.id, '--expires', '1h'],
      'cannot read a private key',
    ],
    ['an unknown hash', [FILM, ...key, '--expires', '1h', '--hash', 'md5'], '--hash must be sha1 or sha256'],
    ['a policy and an end', [FILM, ...key, '--policy', 'p', '--expires', '1h'], '--policy is the whole policy'],
    ['a policy that is not there', [FILM, ...key, '--policy', 'nosuch'], 'cannot read the policy'],
    ['a policy that is none', [FILM, ...key, '--policy', 'run.json'], 'no edge understands the policy'],
    ['a network that is none', [FILM, ...key, '--expires', '1h', '--ip', '10.0.0.0/33'], 'not-a-network in Condition.IpAddress'],
    ['a URL that is signed', [`${FILM}&Expires=1`, ...key, '--expires', '1h'], 'the URL has the parameter Expires'],
  ];
  test.each(rows)('%s', async (_, argv, want) => {
    const said = await warmfront('sign', ...argv);
    expect([said.code, said.out]).toEqual([2, '']);
    expect(said.errors).toContain(want);
  });
});
