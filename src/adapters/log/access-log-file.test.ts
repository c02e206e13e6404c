import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '../../core/outcome.ts';
import type { ViewerRequest } from '../../core/request.ts';
import { LOG_HEAD } from '../../tables/log-line.ts';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { openAccessLog, type AccessLogFile } from './access-log-file.ts';
import { createMemoryLog } from './memory-log.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warmfront-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const request = (path: string): ViewerRequest => ({
  method: 'GET',
  scheme: 'http',
  httpVersion: '1.1',
  host: 'a.test',
  path,
  query: undefined,
  fields: [],
  viewerAddress: '127.0.0.1',
  viewerPort: 1,
  body: { kind: 'none' },
});
const outcome: Outcome = {
  requestId: 'id',
  receivedAt: 0,
  distributionId: undefined,
  pathPattern: undefined,
  cacheKey: undefined,
  cache: { kind: 'none' },
  answeredBy: 'edge',
  redirected: false,
  status: 200,
  errorDetail: undefined,
  originId: undefined,
};
const delivery = { bodyBytes: 0, timeToFirstByte: 0, timeTaken: 0, complete: true };

async function start(path = join(folder, 'logs', 'access.log')) {
  const clock = createVirtualClock();
  const reports: string[] = [];
  const context = { edgeLocation: 'TST50-P1', domainNameOf: () => undefined };
  const log = await openAccessLog({ path, clock, context, report: (message) => reports.push(message) });
  return { log, clock, reports, path };
}
const write = (log: AccessLogFile, path: string): void => log.write(request(path), outcome, delivery);
/** The paths of the lines, after the head. */
async function paths(file: string): Promise<(string | undefined)[]> {
  const text = await readFile(file, 'utf8');
  expect(text).toStartWith(LOG_HEAD);
  return text
    .slice(LOG_HEAD.length)
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t')[7]);
}

describe('access log file', () => {
  test('gathers lines and writes them when a second has passed', async () => {
    const { log, clock, path } = await start();
    write(log, '/1');
    write(log, '/2');
    expect(await paths(path)).toEqual([]);
    clock.advance(1000);
    await log.flush();
    expect(await paths(path)).toEqual(['/1', '/2']);
    expect(clock.waiting).toBe(0);
    await log.close();
  });

  test('writes by size without waiting for the clock', async () => {
    const { log, clock, path } = await start();
    const long = `/${'x'.repeat(1000)}`;
    for (let line = 0; line < 70; line++) write(log, long);
    expect(clock.waiting).toBe(1);
    await log.close();
    expect(await paths(path)).toHaveLength(70);
  });

  test('closing writes what is gathered; what comes later is counted', async () => {
    const { log, path } = await start();
    write(log, '/1');
    await log.close();
    write(log, '/late');
    expect(await paths(path)).toEqual(['/1']);
    expect(log.dropped).toBe(1);
  });

  test('reopening goes on in a new file, with its head; nothing is lost or written twice', async () => {
    const { log, path } = await start();
    write(log, '/1');
    await log.flush();
    write(log, '/2');
    await rename(path, `${path}.1`);
    const reopened = log.reopen();
    write(log, '/3');
    await reopened;
    await log.close();
    expect(await paths(`${path}.1`)).toEqual(['/1', '/2']);
    expect(await paths(path)).toEqual(['/3']);
  });

  test('an existing file is continued, without a second head', async () => {
    const first = await start();
    write(first.log, '/1');
    await first.log.close();
    const second = await start();
    write(second.log, '/2');
    await second.log.close();
    expect(await paths(first.path)).toEqual(['/1', '/2']);
  });

  test('a disk that takes no more costs lines, told once, and is used again when it does', async () => {
    const broken = await start();
    await rm(join(folder, 'logs'), { recursive: true });
    await Bun.write(join(folder, 'logs'), 'a file where the folder was');
    await broken.log.reopen();
    write(broken.log, '/1');
    await broken.log.flush();
    write(broken.log, '/2');
    await broken.log.flush();
    expect(broken.log.dropped).toBe(2);
    expect(broken.reports).toHaveLength(1);
    expect(broken.reports[0]).toContain('access log lines are being lost');
    await rm(join(folder, 'logs'));
    await mkdir(join(folder, 'logs'));
    write(broken.log, '/3');
    await broken.log.flush();
    expect(await paths(broken.path)).toEqual(['/3']);
    expect(broken.reports[1]).toContain('written again (2 were lost)');
    await broken.log.close();
  });

  test('a file that cannot be opened is an error at the start', async () => {
    await Bun.write(join(folder, 'file'), '');
    await expect(start(join(folder, 'file', 'access.log'))).rejects.toThrow();
  });
});

test('the memory log keeps records in order', () => {
  const log = createMemoryLog();
  log.write(request('/1'), outcome, delivery);
  log.write(request('/2'), outcome, delivery);
  expect(log.entries.map((entry) => entry.request.path)).toEqual(['/1', '/2']);
});
