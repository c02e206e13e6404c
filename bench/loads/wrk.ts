/** HTTP/1.1, clear text and TLS, by wrk from Debian: one thread, connections kept unless the case says otherwise. */
import { join } from 'node:path';
import { output } from '../processes.ts';
import { judgeTraffic, PATIENCE, type LoadOrder, type LoadResult } from './load.ts';

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

export async function runWrk(order: LoadOrder): Promise<LoadResult> {
  const { cores, seconds, host, base } = order;
  const { connections, headers, path } = order.case;
  const url = `${base}${path}`;
  const fields = Object.entries({ Host: host, ...headers }).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const script = path.endsWith('/') ? ['-s', join(import.meta.dir, 'unique-paths.lua')] : [];
  const told = path.endsWith('/') ? ['--', crypto.randomUUID()] : [];
  const command = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', ...fields, ...script, url, ...told];
  const said = await output(['taskset', '-c', cores, ...command], seconds + PATIENCE);
  const requests = Number(/(\d+) requests in/.exec(said)?.[1]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1]);
  const [, amount, unit = ''] = /requests in [\d.]+m?s, ([\d.]+)([KMG]?B) read/.exec(said) ?? [];
  const refused = /Non-2xx or 3xx responses: \d+/.exec(said)?.[0];
  const broken = /Socket errors: (?!connect 0, read 0, write 0, timeout 0)(.*)/.exec(said)?.[0];
  if (!(requests > 0) || refused !== undefined || broken !== undefined) throw new Error(`${url}: the load failed\n${said}`);
  // wrk tells two decimals of the unit.
  judgeTraffic(Number(amount) * (UNITS[unit] ?? Number.NaN), requests, connections, order);
  return { requests, requestsPerSecond: rate };
}
