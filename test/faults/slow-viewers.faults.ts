/**
 * Debian's slowhttptest in all its modes, at once and on both viewer ports: heads that do not end, bodies that do not end, answers that
 * are hardly read, ranges without number. Other viewers are answered meanwhile, and when it is over every descriptor has been given
 * back. How slow a viewer may be: src/adapters/listen/lane-limits.ts.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findProgram, succeed } from '../clients/commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { workerPids } from '../process/process-facts.ts';
import { cloudFrontOf, createSite, type Site } from '../process/site.ts';

const SLOWHTTPTEST = await findProgram('/usr/bin/slowhttptest');
if (SLOWHTTPTEST === undefined)
  console.warn('slow-viewers.faults.ts skipped: slowhttptest is not installed (apt-get install slowhttptest)');

const LASTING = ['-l', '8', '-c', '100', '-r', '100', '-p', '5'];

let warmfront: RunningWarmfront;
let origin: Server;
let site: Site;

beforeAll(async () => {
  const large = Buffer.alloc(4_000_000, 'l');
  origin = createServer((request, response) => {
    response.setHeader('cache-control', 'max-age=600');
    if (request.url === '/large') response.end(large);
    // A body that is never whole is never answered.
    else request.resume().once('end', () => response.end('small'));
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront({ flags: ['--workers', '1'] });
  const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;
  const behavior = {
    AllowedMethods: { Quantity: 7, Items: [...methods], CachedMethods: { Quantity: 2, Items: methods.slice(0, 2) } },
  };
  site = await createSite(cloudFrontOf(warmfront), { originPort: (origin.address() as AddressInfo).port, behavior });
  await askOnce('/large');
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.closeAllConnections();
  origin.close();
});

/** One viewer over each protocol, who has other things to do than to wait. */
async function askOnce(path: string): Promise<void> {
  const clear = ['-H', `Host: ${site.domainName}`, `http://127.0.0.1:${warmfront.httpPort}${path}`];
  const secure = [
    '--resolve',
    `${site.domainName}:${warmfront.httpsPort}:127.0.0.1`,
    `https://${site.domainName}:${warmfront.httpsPort}${path}`,
  ];
  for (const where of [clear, ['--http1.1', ...secure], ['--http2', ...secure]]) {
    const args = ['-s', '-S', '-f', '-o', '/dev/null', '-w', '%{http_code}', '--max-time', '20', ...where];
    expect(await succeed(['curl', ...args], warmfront.environment)).toBe('200');
  }
}

function descriptors(): number {
  return workerPids(warmfront).reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
}

test.skipIf(SLOWHTTPTEST === undefined)('slowhttptest does not reach other viewers', async () => {
  // Through a "proxy" slowhttptest connects where we listen, and names the host in the target.
  const named = (path: string): string[] => ['-d', `127.0.0.1:${warmfront.httpPort}`, '-u', `http://${site.domainName}${path}`];
  const clear = ['-u', `http://127.0.0.1:${warmfront.httpPort}/`];
  const secure = ['-u', `https://127.0.0.1:${warmfront.httpsPort}/`];
  const modes = [
    ['-H', '-i', '2', ...clear],
    ['-H', '-i', '2', ...secure],
    ['-B', '-i', '2', '-s', '65536', '-x', '20', ...named('/upload')],
    ['-B', '-i', '2', '-s', '65536', '-x', '20', ...secure],
    ['-X', '-w', '10', '-y', '20', '-n', '2', '-z', '32', ...named('/large')],
    ['-X', '-w', '10', '-y', '20', '-n', '2', '-z', '32', '-k', '3', ...secure],
    ['-R', '-a', '5', '-b', '3000', '-t', 'HEAD', ...named('/large')],
  ];
  const before = descriptors();
  let isUnderWay = true;
  const attacks = Promise.all(modes.map((mode) => succeed([SLOWHTTPTEST!, ...LASTING, ...mode], warmfront.environment)));
  const watched = attacks.finally(() => (isUnderWay = false));
  let most = before;
  while (isUnderWay) {
    await askOnce('/small');
    most = Math.max(most, descriptors());
  }
  for (const report of await watched) expect(report).toMatch(/service available:.*YES/);
  // It was an attack: hundreds were connected at a time.
  expect(most - before).toBeGreaterThan(300);
  while (descriptors() > before) await askOnce('/small');
});
