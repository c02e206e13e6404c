/**
 * A data directory that cannot be used, file by file: `up` says in one line which file, what is wrong with it and what to do, exits 1 and
 * leaves nothing behind. That such a line comes at all, and what stands in the way of a start otherwise: test/process/start-up.test.ts.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../clients/commands.ts';
import { LAUNCHER, removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { copyData, expectRefusal, FREE_PORTS } from '../process/failing-start.ts';

let folder: string;
/** A Warmfront that runs, and whose data others are copied from. */
let running: RunningWarmfront;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'warmfront-unusable-'));
  running = await startWarmfront();
});

afterAll(async () => {
  await running.stop();
  removeData(running);
  rmSync(folder, { recursive: true, force: true });
});

const DAMAGED: readonly (readonly [file: string, ...words: string[]])[] = [
  ['buckets/buckets.sqlite', 'not a file of ours', 'move the file away'],
  ['credentials.json', 'is not JSON', 'remove it'],
  ['ca.pem', 'no valid certificate', 'restore it'],
  ['ca-key.pem', 'no valid P-256 private key', 'restore it'],
  ['certificates/localhost.pem', 'no valid private key and certificate', 'delete it'],
];

for (const [file, ...words] of DAMAGED) {
  test(`a damaged ${file}`, async () => {
    const data = copyData(running, join(folder, `damaged-${file.replace('/', '-')}`));
    rmSync(join(data, `${file}-wal`), { force: true });
    writeFileSync(join(data, file), 'neither this nor that, '.repeat(200));
    await expectRefusal(data, join(data, file), ...words);
  });
}

test('a state file with a damaged page', async () => {
  const whole = await startWarmfront();
  await whole.stop();
  const path = join(whole.data, 'state.db');
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4096);
  writeFileSync(path, bytes);
  await expectRefusal(whole.data, path, 'is damaged', 'restore it from a backup');
  truncateSync(path, 4096);
  await expectRefusal(whole.data, path, 'is damaged');
  removeData(whole);
});

// Root reads and writes whatever the mode says; so these run as somebody else.
const isRoot = process.getuid?.() === 0;
const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

for (const [name, path, mode] of [
  ['an unreadable data directory', '', 0o700],
  ['a data directory that cannot be written', '', 0o755],
  ['unreadable credentials', 'credentials.json', 0o600],
  ['an unreadable state file', 'state.db', 0o600],
  ['an unreadable access log', 'access.log', 0o600],
] as const) {
  test.skipIf(!isRoot)(name, async () => {
    const data = copyData(running, join(folder, name.replaceAll(' ', '-')));
    chmodSync(folder, 0o755);
    // All of it is theirs, but what the test is about.
    Bun.spawnSync(['chown', '-R', '65534:65534', data]);
    chownSync(join(data, path), 0, 0);
    chmodSync(join(data, path), mode);
    const command = [...AS_NOBODY, LAUNCHER, 'up', '--data', data, ...FREE_PORTS];
    const { code, stdout, stderr } = await run(command, { ...process.env, HOME: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^warmfront: [^\n]+\n$/);
    expect(stderr).toContain(join(data, path));
    expect(stderr).toMatch(/--data|check/);
  });
}
