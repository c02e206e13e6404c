/**
 * The unit, as systemd itself judges it, and what it promises: the program says when it is ready, under the notification that Type=notify
 * waits for.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/commands.ts';
import { readArguments } from '../../src/cli/read-arguments.ts';
import { readSettings } from '../../src/cli/read-settings.ts';

const UNIT = readFileSync(join(import.meta.dir, '../../packaging/systemd/warmfront.service'), 'utf8');
const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(UNIT)?.[1] ?? '';

/** Ours: systemd's own scale, from 0 (closed) to 10. */
const MOST_EXPOSED = 2;

let folder: string;
let unit: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'warmfront-unit-'));
  unit = join(folder, 'warmfront.service');
  // systemd looks whether the program is there.
  const program = join(folder, 'warmfront');
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o755);
  writeFileSync(unit, UNIT.replaceAll('/usr/local/bin/warmfront', program));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function systemdAnalyze(...args: readonly string[]) {
  const asked = Bun.spawnSync(['systemd-analyze', ...args, unit]);
  return { code: asked.exitCode, says: asked.stdout.toString() + asked.stderr.toString() };
}

test('systemd has nothing to say against the unit', () => {
  expect(systemdAnalyze('verify')).toEqual({ code: 0, says: '' });
});

test('systemd finds it closed', () => {
  const { code, says } = systemdAnalyze('security', '--offline=true', `--threshold=${MOST_EXPOSED * 10}`, '--no-pager');
  expect({ code, says: code === 0 ? '' : says }).toEqual({ code: 0, says: '' });
});

test('it starts with settings that are read as they are meant', () => {
  const [program = '', command, ...flags] = value('ExecStart').split(' ');
  const environment = Object.fromEntries([value('Environment').split('=') as [string, string]]);
  const { settings, warnings } = readSettings(readArguments(flags, COMMANDS.up), environment, folder);
  expect({ program, command, warnings }).toEqual({ program: '/usr/local/bin/warmfront', command: 'up', warnings: [] });
  const { data, httpPort, httpsPort } = settings;
  expect({ data, httpPort, httpsPort }).toEqual({ data: `/var/lib/${value('StateDirectory')}`, httpPort: 80, httpsPort: 443 });
});
