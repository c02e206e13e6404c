import { expect, test } from 'bun:test';
import type { CertificateMaterial } from '../../edge/certificate-ports.ts';
import { areSame, createViewerCertificates } from './viewer-certificates.ts';

type Named = Parameters<ReturnType<typeof createViewerCertificates>>[0][number];

const named = (id: string, aliases: string[], version?: number): Named => ({
  id,
  domainName: `d${id}.cloudfront.localhost`,
  aliases,
  viewerCertificate: version === undefined ? undefined : { id: `cert-${id}`, version },
});

function bench() {
  const reads: string[] = [];
  const reports: string[] = [];
  const asked: string[] = [];
  const damaged = new Set([13]);
  const show = createViewerCertificates({
    certificatesFor: async (hosts) => hosts.map((serverName) => ({ serverName, cert: 'local', key: 'local' })),
    store: {
      async read(id, version): Promise<CertificateMaterial> {
        reads.push(`${id}/${version}`);
        if (damaged.has(version)) throw new Error('damaged');
        return { certificate: `${id}/${version}`, chain: '+chain', key: `key-${id}` };
      },
    },
    ownHosts: ['localhost'],
    report: (message, error) => reports.push(`${message}: ${String(error)}`),
    askAgain: () => asked.push('again'),
  });
  const shown = async (...distributions: Named[]): Promise<string[]> =>
    (await show(distributions)).map(({ serverName, cert }) => `${serverName} ${cert}`);
  return { show, shown, reads, reports, asked, damaged };
}

test('a distribution’s own certificate for its aliases, the local one for everything else', async () => {
  const { shown } = bench();
  expect(await shown(named('a', ['www.example.com', '*.example.com'], 1), named('b', ['b.example.org']))).toEqual([
    'localhost local',
    '*.cloudfront.localhost local',
    'b.example.org local',
    'www.example.com cert-a/1+chain',
    '*.example.com cert-a/1+chain',
  ]);
});

test('an alias that goes takes its name along; a version is read once while it is shown', async () => {
  const { shown, reads } = bench();
  await shown(named('a', ['a.example.com'], 1));
  await shown(named('a', ['a.example.com', 'b.example.com'], 1));
  expect(await shown(named('a', ['b.example.com'], 2))).toContain('b.example.com cert-a/2+chain');
  expect(await shown(named('a', [], 2))).toEqual(['localhost local', '*.cloudfront.localhost local']);
  await shown(named('a', ['a.example.com'], 2));
  expect(reads).toEqual(['cert-a/1', 'cert-a/2', 'cert-a/2']);
});

test('a certificate that cannot be read is told, and others are shown', async () => {
  const { shown, reports } = bench();
  expect(await shown(named('a', ['a.example.com'], 13), named('b', ['b.example.com'], 1))).toEqual([
    'localhost local',
    '*.cloudfront.localhost local',
    'b.example.com cert-b/1+chain',
  ]);
  expect(reports).toEqual(['distribution a: its certificate cannot be shown to viewers of a.example.com: Error: damaged']);
});

test('while a new version cannot be read, the one before is shown, and the new one is looked for again', async () => {
  const { shown, reports, asked, damaged } = bench();
  const at = (version: number): Promise<string[]> => shown(named('a', ['a.example.com'], version), named('b', [], undefined));
  await at(1);
  expect(await at(13)).toContain('a.example.com cert-a/1+chain');
  expect(await at(13)).toContain('a.example.com cert-a/1+chain');
  expect(reports[0]).toBe(
    'distribution a: its certificate cannot be shown to viewers of a.example.com; the one before is shown: Error: damaged',
  );
  expect(asked).toEqual(['again', 'again']);
  damaged.clear();
  expect(await at(13)).toContain('a.example.com cert-a/13+chain');
  expect(asked).toHaveLength(2);
});

test('a certificate that a distribution has left is not shown for it again', async () => {
  const { shown } = bench();
  await shown(named('a', ['a.example.com'], 1));
  const other = { ...named('a', ['a.example.com']), viewerCertificate: { id: 'other', version: 13 } };
  expect((await shown(other)).join()).not.toContain('a.example.com');
});

test('listeners are told of a change, and of nothing else', async () => {
  const { show } = bench();
  const before = await show([named('a', ['a.example.com'], 1)]);
  expect(areSame(before, await show([named('a', ['a.example.com'], 1)]))).toBe(true);
  expect(areSame(before, await show([named('a', ['a.example.com'], 2)]))).toBe(false);
  expect(areSame(before, await show([named('a', ['b.example.com'], 1)]))).toBe(false);
  expect(areSame(before, await show([]))).toBe(false);
});
