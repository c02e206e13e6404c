/**
 * What cannot start says so in one line, on standard error, with what to do, and leaves nothing behind: exit 1 for the world,
 * 2 for the command line. Issue: "A full disk, an unreadable data directory, a taken port".
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type Finished } from '../clients/commands.ts';
import { LAUNCHER, removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { processesNaming } from './process-facts.ts';

const FREE_PORTS = ['--http-port', '0', '--https-port', '0', '--api-port', '0', '--no-demo'];

let folder: string;
/** A Warmfront that runs, and whose data others are copied from. */
let running: RunningWarmfront;
let taken: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'warmfront-start-'));
  running = await startWarmfront();
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await running.stop();
  removeData(running);
  taken.close();
  rmSync(folder, { recursive: true, force: true });
});

async function up(data: string, flags: readonly string[] = FREE_PORTS): Promise<Finished> {
  const finished = await run([LAUNCHER, 'up', '--data', data, ...flags], process.env as Record<string, string>);
  expect(processesNaming(data)).toEqual([]);
  return finished;
}

/** One line on standard error, nothing on standard output, exit 1. */
async function expectRefusal(data: string, ...words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await up(data);
  expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
  for (const word of words) expect(stderr).toContain(word);
}

function copyOfData(name: string): string {
  const copy = join(folder, name);
  cpSync(running.data, copy, { recursive: true, filter: (path) => !/\/(bodies|cache|sockets)$/.test(path) });
  return copy;
}

for (const flag of ['--http-port', '--https-port', '--api-port']) {
  test(`a taken port: ${flag}`, async () => {
    const { port } = taken.address() as AddressInfo;
    const others = FREE_PORTS.filter((_, index) => FREE_PORTS[index - 1] !== flag && FREE_PORTS[index] !== flag);
    const { code, stderr } = await up(join(folder, `taken${flag}`), [...others, flag, String(port)]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `warmfront: cannot listen on 127.0.0.1 TCP port ${port} (${flag}): the port is taken; stop what uses it or choose another with ${flag}\n`,
    );
  });
}

test('a port that another Warmfront has', async () => {
  for (const [flag, url] of [
    ['--http-port', `http://127.0.0.1:${running.httpPort}`],
    ['--https-port', `https://127.0.0.1:${running.httpsPort}`],
    ['--api-port', running.apiUrl],
  ] as const) {
    const { port } = new URL(url);
    const { code, stderr } = await up(join(folder, `shared${flag}`), [...FREE_PORTS, flag, port]);
    expect(code).toBe(1);
    expect(stderr).toContain(`TCP port ${port} (${flag}): the port is taken`);
  }
});

test('an address that this machine does not have', async () => {
  for (const host of ['192.0.2.1', 'nowhere.invalid']) {
    const { code, stderr } = await up(join(folder, 'address'), [...FREE_PORTS, '--host', host]);
    expect(code).toBe(1);
    expect(stderr).toEndWith('this machine has no such address; see --host\n');
  }
});

test('a data directory that another Warmfront uses', async () => {
  const before = readFileSync(join(running.data, 'run.json'), 'utf8');
  const { code, stderr } = await run(
    [LAUNCHER, 'up', '--data', running.data, ...FREE_PORTS],
    process.env as Record<string, string>,
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/^warmfront: [^\n]*state\.db is in use by another process[^\n]*choose another data directory\n$/);
  expect(readFileSync(join(running.data, 'run.json'), 'utf8')).toBe(before);
  expect((await fetch(new URL('/_warmfront/health', running.environment['AWS_ENDPOINT_URL']))).status).toBe(200);
});

test('a data directory that is a file, or lies below one', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expectRefusal(file, file, 'it is no directory', '--data');
  await expectRefusal(join(file, 'below'), join(file, 'below'), 'no directory', '--data');
});

const DAMAGED: readonly (readonly [file: string, ...words: string[]])[] = [
  ['state.db', 'not a file of ours', 'move the file away'],
  ['buckets/buckets.sqlite', 'not a file of ours', 'move the file away'],
  ['credentials.json', 'is not JSON', 'remove it'],
  ['ca.pem', 'no valid certificate', 'restore it'],
  ['ca-key.pem', 'no valid P-256 private key', 'restore it'],
  ['certificates/localhost.pem', 'no valid private key and certificate', 'delete it'],
];

for (const [file, ...words] of DAMAGED) {
  test(`a damaged ${file}`, async () => {
    const data = copyOfData(`damaged-${file.replace('/', '-')}`);
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

test('an access log that is a directory', async () => {
  const data = copyOfData('log-directory');
  rmSync(join(data, 'access.log'));
  mkdirSync(join(data, 'access.log'));
  await expectRefusal(data, join(data, 'access.log'), 'it is a directory', 'move it away');
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
    const data = copyOfData(name.replaceAll(' ', '-'));
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

const BAD_FLAGS: readonly (readonly [flags: readonly string[], words: string])[] = [
  [['--prot', '3'], 'unknown flag --prot'],
  [['--http-port', '99999'], '--http-port must be a port'],
  [['--memory', 'lots'], '--memory must be a size'],
  [['--http-port'], '--http-port'],
];

test('bad flags: one line, exit 2', async () => {
  for (const [flags, words] of BAD_FLAGS) {
    const { code, stdout, stderr } = await up(join(folder, 'flags'), flags);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^warmfront: [^\n]+\n$/);
    expect(stderr).toContain(words);
  }
});
