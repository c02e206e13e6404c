/**
 * Workers are killed and reloaded in turn while viewers ask for objects that are cold, warm, purged and large: nobody ever gets a server
 * error or wrong octets, and only a kill breaks connections. docs/architecture.md: Processes.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { run } from '../clients/commands.ts';
import { LAUNCHER, removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { workerPids } from '../process/process-facts.ts';
import { cloudFrontOf, createSite, type Site } from '../process/site.ts';

const ROUNDS = 3;
const VIEWERS = 12;

let warmfront: RunningWarmfront;
let origin: Server;
let site: Site;

/** What an object is follows from its path; every fourth is large. */
const objectOf = (path: string): Buffer => {
  const seed = createHash('sha256').update(path).digest();
  return Buffer.alloc(path.endsWith('0') ? 3 * 1024 * 1024 : 2000, seed);
};

beforeAll(async () => {
  origin = createServer((request, response) => {
    response.setHeader('cache-control', 'max-age=600');
    response.end(objectOf(request.url ?? ''));
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront({ flags: ['--workers', '2'] });
  site = await createSite(cloudFrontOf(warmfront), { originPort: (origin.address() as AddressInfo).port });
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

function ask(path: string, agent: Agent): Promise<'right' | 'wrong' | 'broken' | number> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: warmfront.httpPort, path, agent, headers: { host: site.domainName } };
    get(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve('broken'));
      response.on('end', () => {
        if (response.statusCode !== 200) resolve(response.statusCode ?? 0);
        else resolve(Buffer.concat(chunks).equals(objectOf(path)) ? 'right' : 'wrong');
      });
    }).on('error', () => resolve('broken'));
  });
}

const command = (...words: readonly string[]) =>
  run([LAUNCHER, ...words, '--data', warmfront.data], process.env as Record<string, string>);

test('kills and reloads under load', async () => {
  let isOver = false;
  let turn = 0;
  const counts: Record<string, number> = {};
  const viewers = Array.from({ length: VIEWERS }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!isOver) {
      turn += 1;
      const got = await ask(`/${turn % 40}`, agent);
      counts[got] = (counts[got] ?? 0) + 1;
    }
    agent.destroy();
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    const [victim = 0] = workerPids(warmfront);
    process.kill(victim, 'SIGKILL');
    while ((await fetch(`${warmfront.apiUrl}/_warmfront/health`)).status !== 200);
    expect((await command('purge', site.id, '/*')).code).toBe(0);
    expect((await command('reload')).code).toBe(0);
  }
  isOver = true;
  await Promise.all(viewers);
  const { right = 0, broken = 0, ...others } = counts;
  expect(others).toEqual({});
  expect(right).toBeGreaterThan(100);
  // A viewer has one connection, which a kill may break; and what it was being sent through the one that died.
  expect(broken).toBeLessThanOrEqual(VIEWERS * ROUNDS);
}, 120_000);
