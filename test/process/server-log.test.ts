/**
 * The server's own log as a collector reads it: JSON on standard error from start to end, while standard output keeps its contract.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../clients/commands.ts';
import { LAUNCHER, startWarmfront } from '../clients/running-warmfront.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'warmfront-log-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what cannot start says so as JSON', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const flags = ['--http-port', `${port}`, '--https-port', '0', '--api-port', '0', '--log-format', 'json'];
  const { code, stdout, stderr } = await run([LAUNCHER, 'up', '--data', join(folder, 'taken'), ...flags], process.env as never);
  taken.close();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(JSON.parse(stderr)).toMatchObject({ level: 'error', message: expect.stringContaining(`TCP port ${port}`) as unknown });
});

test('an orderly end is told, and every line that is not for scripts is JSON', async () => {
  const warmfront = await startWarmfront({ data: join(folder, 'data'), flags: ['--log-format', 'json'] });
  expect(await warmfront.stop()).toBe(0);
  const lines = warmfront.output().trimEnd().split('\n');
  const logged = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { message: string });
  expect(logged.map(({ message }) => message)).toEqual(['SIGTERM: stopping', 'stopped']);
  expect(lines.filter((line) => !line.startsWith('{')).map((line) => line.split(' ')[0])).toEqual([
    'viewers',
    'viewers',
    'viewers',
    'api',
    'names',
    'ready',
  ]);
});
