import { expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { openWafLog, type WafLogFiles } from './waf-log-files.ts';

test('a file that is renamed is left behind: what comes later is in a new one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'warmfront-waf-log-'));
  try {
    const reports: string[] = [];
    const log = openWafLog({ folder, clock: createVirtualClock(), report: (message) => reports.push(message) });
    type Written = Parameters<WafLogFiles['write']>;
    const write = (action: string): Promise<void> => {
      log.write({ name: 'site' } as Written[0], { action });
      return log.flush();
    };
    await write('ALLOW');
    renameSync(join(folder, 'site.log'), join(folder, 'site.log.1'));
    await write('BLOCK');
    const linesOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
    expect([linesOf('site.log.1'), linesOf('site.log')]).toEqual(['{"action":"ALLOW"}\n', '{"action":"BLOCK"}\n']);
    expect(reports).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
