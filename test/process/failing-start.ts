/**
 * A start that is meant to fail, as a user meets it: `up` on a data directory and free ports, what it says, and that it leaves no process
 * behind.
 */
import { expect } from 'bun:test';
import { cpSync } from 'node:fs';
import { run, type Finished } from '../clients/commands.ts';
import { LAUNCHER, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { processesNaming } from './process-facts.ts';

export const FREE_PORTS: readonly string[] = ['--http-port', '0', '--https-port', '0', '--api-port', '0', '--no-demo'];

export async function up(data: string, flags = FREE_PORTS): Promise<Finished> {
  const finished = await run([LAUNCHER, 'up', '--data', data, ...flags], process.env as Record<string, string>);
  expect(processesNaming(data)).toEqual([]);
  return finished;
}

/** One line on standard error, nothing on standard output, exit 1. */
export async function expectRefusal(data: string, ...words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await up(data);
  expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
  for (const word of words) expect(stderr).toContain(word);
}

/** What a Warmfront that runs would leave behind if it were killed now, at `copy`, which is returned. */
export function copyData({ data }: Pick<RunningWarmfront, 'data'>, copy: string): string {
  cpSync(data, copy, { recursive: true, filter: (path) => !/\/(bodies|cache|sockets)$/.test(path) });
  return copy;
}
