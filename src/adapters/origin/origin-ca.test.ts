import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { readOriginCa } from './origin-ca.ts';

const folder = mkdtempSync(join(tmpdir(), 'warmfront-origin-ca-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [first = '', second = ''] = rootCertificates;
const DAMAGED = first.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA');

const FILES: readonly (readonly [name: string, content: string, want: readonly string[] | string])[] = [
  ['one certificate', first, [first]],
  ['a bundle with remarks', `# Corp CA\n${first}\n# Other\n${second}\n`, [first, second]],
  ['no certificate', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'there is no certificate in it'],
  ['an empty file', '', 'there is no certificate in it'],
  ['a damaged one among others', `${second}\n${DAMAGED}\n`, 'certificate 2 of 2 in it is damaged'],
];

for (const [name, content, want] of FILES) {
  test(name, () => {
    const path = join(folder, 'ca.pem');
    writeFileSync(path, content);
    if (typeof want === 'string') expect(() => readOriginCa(path)).toThrow(`cannot use ${path} (--origin-ca): ${want}`);
    else expect(readOriginCa(path)).toEqual(want);
  });
}

test('a file that is not there', () => {
  expect(() => readOriginCa(join(folder, 'nosuch.pem'))).toThrow(/cannot use .*nosuch\.pem \(--origin-ca\): ENOENT/);
});
