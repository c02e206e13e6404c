import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY } from '../../model/units.ts';
import { openLocalCa } from './local-ca.ts';

const START = Date.UTC(2026, 0, 1);

let data = '';
let now = START;
const clock = { now: () => now };

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'warmfront-ca-'));
  now = START;
});
afterEach(() => rm(data, { recursive: true, force: true }));

describe('local CA', () => {
  test.each([
    ['a name', 'cdn.example.com', 'DNS:cdn.example.com'],
    ['a wildcard', '*.cloudfront.localhost', 'DNS:*.cloudfront.localhost'],
    ['an address', '127.0.0.1', 'IP Address:127.0.0.1'],
    ['a version 6 address', '::1', 'IP Address:0:0:0:0:0:0:0:1'],
    ['a name too long for a common name', `${'a'.repeat(60)}.example.com`, `DNS:${'a'.repeat(60)}.example.com`],
  ])('%s gets a leaf that chains to the authority', async (_name, host, alternativeName) => {
    const ca = await openLocalCa(data, clock);
    const [made] = await ca.certificatesFor([host]);
    const [authority, leaf] = [new X509Certificate(ca.certificate), new X509Certificate(made!.cert)];
    expect(made!.serverName).toBe(host);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.subjectAltName).toBe(alternativeName);
    expect([authority.ca, leaf.ca]).toEqual([true, false]);
  });

  test('openssl accepts the chain', async () => {
    const ca = await openLocalCa(data, clock);
    await ca.certificatesFor(['cdn.example.com']);
    const leaf = join(data, 'certificates', 'cdn.example.com.pem');
    const seconds = String(START / 1000 + 10);
    const openssl = Bun.spawn(
      ['openssl', 'verify', '-x509_strict', '-attime', seconds, '-verify_hostname', 'cdn.example.com', '-CAfile', ca.path, leaf],
      { stdout: 'pipe', stderr: 'pipe' },
    );
    expect(await new Response(openssl.stdout).text()).toBe(`${leaf}: OK\n`);
  });

  test('keys are for their owner alone; nothing half-written is left', async () => {
    const ca = await openLocalCa(data, clock);
    await ca.certificatesFor(['a.test', '*.a.test']);
    const mode = async (file: string): Promise<string> => ((await stat(join(data, file))).mode & 0o777).toString(8);
    expect((await readdir(data)).toSorted()).toEqual(['ca-key.pem', 'ca.pem', 'certificates']);
    expect((await readdir(join(data, 'certificates'))).toSorted()).toEqual(['_.a.test.pem', 'a.test.pem']);
    expect([await mode('ca-key.pem'), await mode('certificates/a.test.pem'), await mode('ca.pem')]).toEqual([
      '600',
      '600',
      '644',
    ]);
  });

  test('hosts are answered once each, whatever their case; serial numbers differ', async () => {
    const ca = await openLocalCa(data, clock);
    const made = await ca.certificatesFor(['A.test', 'a.test', 'b.test']);
    expect(made.map(({ serverName }) => serverName)).toEqual(['a.test', 'b.test']);
    expect(new Set(made.map(({ cert }) => new X509Certificate(cert).serialNumber)).size).toBe(2);
  });

  test('authority and leaves survive a restart', async () => {
    const before = await openLocalCa(data, clock);
    const leaves = await before.certificatesFor(['a.test']);
    const after = await openLocalCa(data, clock);
    expect(after.certificate).toBe(before.certificate);
    expect(await after.certificatesFor(['a.test'])).toEqual(leaves);
  });

  test('a leaf is renewed before it expires, in the running process and after a restart', async () => {
    const ca = await openLocalCa(data, clock);
    const serial = async (of: typeof ca): Promise<string> =>
      new X509Certificate((await of.certificatesFor(['a.test']))[0]!.cert).serialNumber;
    const first = await serial(ca);
    now = START + 330 * DAY;
    expect(await serial(ca)).toBe(first);
    now = START + 340 * DAY;
    const second = await serial(ca);
    expect(second).not.toBe(first);
    expect(await serial(await openLocalCa(data, clock))).toBe(second);
  });

  test('a leaf of an earlier authority is replaced', async () => {
    const [old] = await (await openLocalCa(data, clock)).certificatesFor(['a.test']);
    await rm(join(data, 'ca.pem'));
    await rm(join(data, 'ca-key.pem'));
    const [made] = await (await openLocalCa(data, clock)).certificatesFor(['a.test']);
    expect(made!.cert).not.toBe(old!.cert);
  });

  test.each([
    ['a corrupted certificate', 'ca.pem', 'garbage', /ca\.pem: is no valid certificate; restore it, or delete/],
    ['a corrupted key', 'ca-key.pem', 'garbage', /ca-key\.pem: is no valid P-256 private key; restore it/],
    ['a missing key', 'ca-key.pem', undefined, /ca-key\.pem: is missing, though its certificate is there; restore it/],
    ['a missing certificate', 'ca.pem', undefined, /ca\.pem: is missing, though its key is there; restore it/],
  ])('%s is one clear error, and nothing is overwritten', async (_name, file, content, message) => {
    await openLocalCa(data, clock);
    if (content === undefined) await rm(join(data, file));
    else await writeFile(join(data, file), content);
    await expect(openLocalCa(data, clock)).rejects.toThrow(message);
    if (content !== undefined) expect(await readFile(join(data, file), 'utf8')).toBe(content);
  });

  test('the key of another authority is refused', async () => {
    await openLocalCa(data, clock);
    const other = join(data, 'other');
    await openLocalCa(other, clock);
    await writeFile(join(data, 'ca-key.pem'), await readFile(join(other, 'ca-key.pem')));
    await expect(openLocalCa(data, clock)).rejects.toThrow(/ca-key\.pem: is not the key of .*ca\.pem; restore it/);
  });

  test('an expired authority is not used', async () => {
    await openLocalCa(data, clock);
    now = START + 3651 * DAY;
    await expect(openLocalCa(data, clock)).rejects.toThrow(/ca\.pem: expired on 2035-12-30/);
  });

  test('a corrupted leaf names its file; once it is deleted, the next call makes it anew', async () => {
    await (await openLocalCa(data, clock)).certificatesFor(['a.test']);
    const path = join(data, 'certificates', 'a.test.pem');
    await writeFile(path, '-----BEGIN PRIVATE KEY-----\nx');
    const ca = await openLocalCa(data, clock);
    await expect(ca.certificatesFor(['a.test'])).rejects.toThrow(
      /a\.test\.pem: is no valid private key and certificate; .*delete it/,
    );
    await rm(path);
    expect(await ca.certificatesFor(['a.test'])).toHaveLength(1);
  });

  test('a data directory that is a file is one clear error', async () => {
    await writeFile(join(data, 'file'), '');
    await expect(openLocalCa(join(data, 'file'), clock)).rejects.toThrow(/ca.*pem: cannot be read \(ENOTDIR\)/);
  });

  test.each(['../../etc/passwd', 'a b', ''])('%p is no host and touches no file', async (host) => {
    const ca = await openLocalCa(data, clock);
    await expect(ca.certificatesFor([host])).rejects.toThrow('is no host name');
    expect(await readdir(data)).not.toContain('certificates');
  });
});
