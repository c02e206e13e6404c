/**
 * The Dockerfile cannot be built everywhere; what can be known without is held here: every path and command that it names is there, and the rules
 * of hadolint that bear on it (pinned bases, exec forms, no root, one place for what is copied).
 */
import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS, isCommandName } from '../../src/cli/commands.ts';
import { readArguments } from '../../src/cli/read-arguments.ts';
import { readSettings } from '../../src/cli/read-settings.ts';
import { parseDockerfile, stagesOf, type Instruction } from './dockerfile.ts';

const ROOT = join(import.meta.dir, '../..');
const instructions = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
const [build = [], final = []] = stagesOf(instructions);
const named = (stage: readonly Instruction[], name: string) => stage.filter((instruction) => instruction.name === name);
const first = (stage: readonly Instruction[], name: string): Instruction =>
  named(stage, name)[0] ?? { name, flags: [], words: [], isExec: false };

/** What `docker run` would start with. */
const environment = Object.fromEntries(
  named(final, 'ENV').flatMap(({ words }) => words.map((word) => word.split('=') as [string, string])),
);
const settings = () => {
  const [command = '', ...flags] = first(final, 'CMD').words;
  if (!isCommandName(command)) throw new Error(`CMD runs no command of Warmfront: ${command}`);
  return readSettings(readArguments(flags, COMMANDS[command]), environment, ROOT);
};

test('the bases are pinned, and none is the latest of something', () => {
  for (const { words } of named(instructions, 'FROM')) expect(words[0]).toMatch(/^[^:@]+[:@](?!latest)/);
});

test('what is copied from here exists, and is not left out of the context', () => {
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  expect(ignored).toContain('*');
  const copied = named(instructions, 'COPY').filter(({ flags }) => !flags.some((flag) => flag.startsWith('--from=')));
  const sources = copied.flatMap(({ words }) => words.slice(0, -1));
  expect(sources.length).toBeGreaterThan(5);
  for (const source of sources) {
    expect({ source, exists: existsSync(join(ROOT, source)) }).toEqual({ source, exists: true });
    expect(ignored).toContain(`!${source}`);
  }
});

test('what is copied from the first stage is made there', () => {
  const made = named(final, 'COPY').filter(({ flags }) => flags.includes('--from=build'));
  expect(first(build, 'FROM').words.slice(1)).toEqual(['AS', 'build']);
  expect(made.map(({ words }) => words[0])).toEqual(['/src/dist/warmfront', '/data', '/src/dist/THIRD-PARTY-LICENSES']);
  const steps = named(build, 'RUN').map(({ words }) => words.join(' '));
  expect(steps.join('\n')).toContain('npm run build');
  expect(steps.join('\n')).toContain('mkdir /data');
  const builder = readFileSync(join(ROOT, packageJson.scripts.build.split(' ').at(-1) ?? ''), 'utf8');
  for (const file of ['dist/warmfront', 'dist/THIRD-PARTY-LICENSES']) expect(builder).toContain(`'${file}'`);
});

test('it runs as a user who is not root, who owns the data', () => {
  const [user] = first(final, 'USER').words;
  expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  const data = named(final, 'COPY').find(({ words }) => words.at(-1) === environment['WARMFRONT_DATA']);
  expect(data?.flags).toContain(`--chown=${user}`);
  expect(first(final, 'VOLUME').words).toEqual([environment['WARMFRONT_DATA'] ?? '']);
});

test('it starts what was copied, without a shell', () => {
  const entry = first(final, 'ENTRYPOINT');
  expect({ isExec: entry.isExec, words: entry.words }).toEqual({ isExec: true, words: ['/usr/local/bin/warmfront'] });
  expect(named(final, 'COPY').map(({ words }) => words.at(-1))).toContain(entry.words[0]);
  expect(first(final, 'CMD').isExec).toBe(true);
});

test('its settings are read as they are meant, and every port is exposed', () => {
  const { settings: read, warnings } = settings();
  expect(warnings).toEqual([]);
  const { data, host, logFormat, httpPort, httpsPort, apiPort } = read;
  expect({ data, host, logFormat }).toEqual({ data: '/data', host: '0.0.0.0', logFormat: 'json' });
  expect(first(final, 'EXPOSE').words).toEqual([`${httpPort}`, `${httpsPort}`, `${httpsPort}/udp`, `${apiPort}`]);
});

test('its health is asked of a command that exists', () => {
  const { isExec, words } = first(final, 'HEALTHCHECK');
  expect({ isExec, program: words[0] }).toEqual({ isExec: true, program: '/usr/local/bin/warmfront' });
  expect(isCommandName(words[1] ?? '')).toBe(true);
});

describe('what hadolint would say', () => {
  const rows: [rule: string, holds: (instruction: Instruction) => boolean][] = [
    ['DL3020: COPY instead of ADD', ({ name }) => name !== 'ADD'],
    ['DL3004: no sudo', ({ words }) => !words.includes('sudo')],
    ['DL3000: WORKDIR is absolute', ({ name, words }) => name !== 'WORKDIR' || words[0]?.startsWith('/') === true],
    ['DL4000: no MAINTAINER', ({ name }) => name !== 'MAINTAINER'],
    ['DL3025: CMD and ENTRYPOINT as JSON', ({ name, isExec }) => !/^(?:CMD|ENTRYPOINT)$/.test(name) || isExec],
    ['npm installs what the lockfile says', ({ words }) => !words.join(' ').includes('npm install')],
  ];
  test.each(rows)('%s', (_, holds) => {
    expect(instructions.filter((instruction) => !holds(instruction))).toEqual([]);
  });
});
