import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { diskCertificates } from '../../src/adapters/certificates/disk-certificates.ts';
import { createMemoryCertificates } from '../../src/adapters/certificates/memory-certificates.ts';
import type { CertificateMaterial } from '../../src/edge/certificate-ports.ts';
import { certificateStoreContract } from './certificate-store.ts';
import { createSelfSigned } from './certificates.ts';

certificateStoreContract('memory', async () => ({ store: createMemoryCertificates(), close: async () => undefined }));

certificateStoreContract('disk', async () => {
  const data = mkdtempSync(join(tmpdir(), 'warmfront-certificates-'));
  return { store: diskCertificates(data), close: async () => rmSync(data, { recursive: true, force: true }) };
});

/** Puts one version after the other for ever, and says so after each. */
const SOURCE = join(import.meta.dir, '..', '..', 'src', 'adapters', 'certificates');
const WRITER = `
  import { diskCertificates } from ${JSON.stringify(join(SOURCE, 'disk-certificates.ts'))};
  import { createSelfSigned } from ${JSON.stringify(join(import.meta.dir, 'certificates.ts'))};
  const store = diskCertificates(process.argv.at(-1));
  const { cert: certificate, key } = await createSelfSigned(['a.example.com']);
  const newest = Math.max(0, ...(await store.list()).map(({ version }) => version));
  for (let version = newest + 1; ; version++) {
    await store.put('one', version, { certificate, key, chain: '' });
    console.log(version);
  }
`;

describe('on disk', () => {
  let data: string;
  const path = (file: string): string => join(data, 'certificates', 'acm', file);
  const mode = (file: string): string => (statSync(path(file)).mode & 0o777).toString(8);

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'warmfront-certificates-'));
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  async function material(): Promise<CertificateMaterial> {
    const { cert, key } = await createSelfSigned(['a.example.com']);
    return { certificate: `${cert.trim()}\n`, chain: '', key: `${key.trim()}\n` };
  }

  test('keys are for their owner alone, also in a folder that was open', async () => {
    mkdirSync(join(data, 'certificates'), { mode: 0o755 });
    chmodSync(join(data, 'certificates'), 0o755);
    const store = diskCertificates(data);
    await store.put('one', 1, await material());
    expect([mode('..'), mode('.'), mode('one'), mode('one/1.pem')]).toEqual(['700', '700', '700', '600']);
    expect(readdirSync(path('one'))).toEqual(['1.pem']);
  });

  test('another process, or a later one, reads what was put', async () => {
    const put = await material();
    await diskCertificates(data).put('one', 1, put);
    expect(await diskCertificates(data).read('one', 1)).toEqual(put);
  });

  test('a file cut short, or with the key of another, is damaged: which one, and what to do', async () => {
    const store = diskCertificates(data);
    await store.put('one', 1, await material());
    const whole = readFileSync(path('one/1.pem'), 'utf8');
    const { key } = await material();
    for (const text of [whole.slice(0, whole.length / 2), `${key}${whole.slice(whole.indexOf('-----BEGIN CERT'))}`, '']) {
      writeFileSync(path('one/1.pem'), text);
      await expect(store.read('one', 1)).rejects.toThrow(`${path('one/1.pem')}: is damaged; import the certificate again`);
    }
  });

  test('a half-written file of a killed process is no version, and goes', async () => {
    await diskCertificates(data).put('one', 1, await material());
    for (const file of ['one/2.pem.0b5e.new', 'two/1.pem.0b5f.new']) {
      mkdirSync(dirname(path(file)), { recursive: true });
      writeFileSync(path(file), '-----BEGIN PRIV');
      utimesSync(path(file), 1, 1);
    }
    const store = diskCertificates(data);
    expect((await store.list()).toSorted((a, b) => b.version - a.version)).toEqual([
      { id: 'one', version: 1 },
      { id: 'two', version: 0 },
    ]);
    await store.forget('one', 1);
    await store.forget('two');
    expect([readdirSync(path('.')), readdirSync(path('one'))]).toEqual([['one'], ['1.pem']]);
  });

  test('kill -9 leaves every version whole, and every one that was acknowledged', async () => {
    for (const killAfter of [1, 3, 7]) {
      const writer = Bun.spawn([process.execPath, '-e', WRITER, data], { stdout: 'pipe', stderr: 'inherit' });
      let said = '';
      for await (const chunk of writer.stdout) {
        said += Buffer.from(chunk).toString();
        if (said.split('\n').length > killAfter) writer.kill('SIGKILL');
      }
      await writer.exited;
      const acknowledged = Number(said.trim().split('\n').at(-1));
      const store = diskCertificates(data);
      const kept = await store.list();
      expect(kept.map(({ version }) => version)).toContain(acknowledged);
      for (const { id, version } of kept) expect((await store.read(id, version)).key).toContain('PRIVATE KEY');
    }
  });

  test('an id leads nowhere else', async () => {
    const store = diskCertificates(data);
    for (const id of ['../x', 'a/b', '']) expect(() => store.read(id, 1)).toThrow('is no id');
  });
});
