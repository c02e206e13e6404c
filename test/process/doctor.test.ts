/**
 * `warmfront doctor` beside a running server, after its end, and where something is wrong: what it says, and that it exits 1 for problems
 * only. How each fact is judged: src/cli/doctor/judgements.test.ts.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { chmodSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { run } from '../clients/commands.ts';
import { LAUNCHER, removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';

let warmfront: RunningWarmfront;
beforeAll(async () => (warmfront = await startWarmfront({ flags: ['--demo'] })));
afterAll(() => removeData(warmfront));

const FREE = ['--http-port', '0', '--https-port', '0', '--api-port', '0', '--dns-port', '0'];

async function doctor(...flags: readonly string[]) {
  const command = [LAUNCHER, 'doctor', '--json', '--data', warmfront.data, ...FREE, ...flags];
  const { code, stdout } = await run(command, process.env as Record<string, string>);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  const about = (subject: string) => findings.filter((finding) => finding.subject.startsWith(subject));
  return { code, about, problems: findings.filter(({ level }) => level === 'problem').map(({ subject }) => subject) };
}

const mode = (file: string): number => statSync(join(warmfront.data, file)).mode & 0o777;

test('a server that runs holds its ports and shows valid certificates', async () => {
  const { code, about, problems } = await doctor();
  expect({ code, problems }).toEqual({ code: 0, problems: [] });
  expect(about('server')[0]?.found).toContain('is ready');
  expect(about('port').map(({ found }) => found.split(',')[0])).toEqual(Array.from({ length: 6 }, () => 'held by Warmfront'));
  expect(about('certificates')[0]).toMatchObject({ level: 'ok', found: expect.stringContaining('1 names') as unknown });
  expect(about('local CA')[0]?.level).toBe('ok');
  expect(about('keys')[0]?.found).toMatch(/^[4-9] files/);
});

test('a key that others may read is a problem', async () => {
  chmodSync(join(warmfront.data, 'ca-key.pem'), 0o644);
  const { code, about, problems } = await doctor();
  chmodSync(join(warmfront.data, 'ca-key.pem'), 0o600);
  expect({ code, problems }).toEqual({ code: 1, problems: ['keys and credentials'] });
  expect(about('keys')[0]?.advice).toContain(`chmod 600 ${join(warmfront.data, 'ca-key.pem')}`);
});

test('a server that is down, a port that is taken, a state that is damaged; and nothing is left behind', async () => {
  expect(await warmfront.stop()).toBe(0);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const files = readdirSync(warmfront.data);
  const whole = await doctor('--http-port', String(port));
  taken.close();
  expect({ code: whole.code, problems: whole.problems }).toEqual({ code: 1, problems: [`port ${port}/tcp`] });
  expect(whole.about('port')[0]?.found).toContain(`(process ${process.pid})`);
  expect(whole.about('state')[0]).toMatchObject({ level: 'ok', found: expect.stringMatching(/whole$/) as unknown });

  truncateSync(join(warmfront.data, 'state.db'), 5000);
  expect((await doctor()).problems).toEqual(['state']);
  expect({ files: readdirSync(warmfront.data), state: mode('state.db') }).toEqual({ files, state: mode('state.db') });
});
