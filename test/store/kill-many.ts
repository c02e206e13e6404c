/** `bun test/store/kill-many.ts [times] [seed]`: the kill -9 test at random moments, each after the other on the same directory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../src/model/units.ts';
import { killAndCheck } from './kill-and-check.ts';

const [times = 20, seed = Date.now() % 100_000] = process.argv.slice(2).map(Number);
console.log(`seed ${seed}`);
const directory = mkdtempSync(join(process.cwd(), '.kill-many-'));
try {
  for (let turn = 0; turn < times; turn++) {
    const operations = (Bun.hash.crc32(`${seed} ${turn}`) % 4000) + 1;
    const served = await killAndCheck(directory, 32 * MIB, seed + turn, operations);
    console.log(`killed after ${operations} operations: ${served} objects, all whole`);
  }
} finally {
  rmSync(directory, { recursive: true });
}
