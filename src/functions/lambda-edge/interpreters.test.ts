import { afterAll, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInterpreters } from './interpreters.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'interpreters-')));
const program = join(folder, 'bin', 'python3');
mkdirSync(join(folder, 'bin'));
writeFileSync(program, '');
chmodSync(program, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['a home elsewhere', '/home/ann', program],
  ['a home beside its name', `${folder}-2/ann`, program],
  ['that is the home', folder, undefined],
  ['that the home lies in', join(folder, 'home', 'ann'), undefined],
])('a program of an installation: %s', async (_, home, want) => {
  const isOurs = ({ program: found }: { readonly program: string }) => Promise.resolve(found === program);
  expect((await findInterpreters(join(folder, 'bin'), isOurs, home)).python?.program).toBe(want);
});
