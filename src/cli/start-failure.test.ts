import { expect, test } from 'bun:test';
import { startFailure } from './start-failure.ts';
import { UsageError } from './usage-error.ts';

const refused = (code: string, path?: string) => Object.assign(new Error('the words of the system'), { code, path });

test.each([
  ['EACCES', 'permission denied; make it readable and writable for this user'],
  ['EISDIR', 'it is a directory; move it away'],
  ['EEXIST', 'it is no directory; choose another data directory with --data'],
  ['ENOTDIR', 'it lies below something that is no directory; choose'],
  ['ENOSPC', 'the disk is full; free disk space'],
])('%s: what, where, and what to do', (code, want) => {
  const failure = startFailure(refused(code, '/data/state.db'));
  expect(failure.exitCode).toBe(1);
  expect(failure.message).toStartWith(`cannot use /data/state.db: ${want}`);
});

test.each([
  ['what has no path', refused('EACCES'), 'the words of the system'],
  ['another code', refused('EXYZ', '/data'), 'the words of the system'],
  ['no error', 'only a text', 'only a text'],
])('%s is told as it is', (_, error, want) => {
  expect(startFailure(error).message).toBe(want);
});

test('what was already said for the user stays, exit code and all', () => {
  const said = new UsageError('unknown flag --prot', 2);
  expect(startFailure(said)).toBe(said);
});
