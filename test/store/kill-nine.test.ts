/** Killed at any moment, the disk store comes back with whole objects only. Twenty times over: kill-many.ts. */
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MIB } from '../../src/model/units.ts';
import { killAndCheck } from './kill-and-check.ts';

test('kill -9 while it is filled: what is served afterwards is whole, and what was stored is mostly there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'warmfront-kill-'));
  try {
    for (const [seed, operations] of [200, 1000, 400, 1600, 800].entries()) {
      const served = await killAndCheck(directory, 16 * MIB, seed + 1, operations);
      expect(served).toBeGreaterThan(5);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 30_000);
