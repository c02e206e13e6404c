/**
 * What cannot start says so in one line, on standard error, with what to do, and leaves nothing behind: exit 1 for the world,
 * 2 for the command line. Issue: "A full disk, an unreadable data directory, a taken port". What is wrong with the data directory, file by
 * file: test/faults/unusable-data.faults.ts.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../clients/commands.ts';
import { LAUNCHER, removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { copyData, expectRefusal, FREE_PORTS, up } from './failing-start.ts';

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

test('a damaged state.db', async () => {
  const data = copyData(running, join(folder, 'damaged'));
  rmSync(join(data, 'state.db-wal'), { force: true });
  writeFileSync(join(data, 'state.db'), 'neither this nor that, '.repeat(200));
  await expectRefusal(data, join(data, 'state.db'), 'not a file of ours', 'move the file away');
});

test('an access log that is a directory', async () => {
  const data = copyData(running, join(folder, 'log-directory'));
  rmSync(join(data, 'access.log'));
  mkdirSync(join(data, 'access.log'));
  await expectRefusal(data, join(data, 'access.log'), 'it is a directory', 'move it away');
});

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
