import { expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moveConnections } from './move-connections.ts';

const rows: [name: string, before: string | undefined, after: string | undefined, lines: number][] = [
  ['what is off is put on, and told', '0\n', '1', 1],
  ['what is on stays on', '1\n', '1\n', 0],
  ['a kernel without it is left alone', undefined, undefined, 0],
];
test.each(rows)('%s', (_name, before, after, lines) => {
  const folder = mkdtempSync(join(tmpdir(), 'warmfront-kernel-'));
  const path = before === undefined ? join(folder, 'none', 'switch') : join(folder, 'switch');
  if (before !== undefined) writeFileSync(path, before);
  const told: string[] = [];
  moveConnections({ info: (line) => void told.push(line) }, path);
  expect(told.length).toBe(lines);
  if (after !== undefined) expect(readFileSync(path, 'utf8')).toBe(after);
  rmSync(folder, { recursive: true, force: true });
});
