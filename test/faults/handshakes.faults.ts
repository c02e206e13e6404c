/**
 * 1,500 TLS handshakes at once: everybody is served, whoever was there before goes on being served meanwhile, and when they have gone
 * their descriptors have, too.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { cloudFrontOf, createSite, type Site } from '../process/site.ts';

const VIEWERS = 1500;

let warmfront: RunningWarmfront;
let site: Site;
let ca = '';
const origin = Bun.serve({ port: 0, fetch: () => new Response('x', { headers: { 'cache-control': 'max-age=600' } }) });

beforeAll(async () => {
  warmfront = await startWarmfront({ flags: ['--workers', '1'] });
  ca = readFileSync(`${warmfront.data}/ca.pem`, 'utf8');
  site = await createSite(cloudFrontOf(warmfront), { originPort: origin.port! });
});
afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  await origin.stop(true);
});

function arrive(): Promise<TLSSocket> {
  const socket = connect({ port: warmfront.httpsPort, host: '127.0.0.1', servername: site.domainName, ca });
  return new Promise((resolve, reject) => socket.once('secureConnect', () => resolve(socket)).once('error', reject));
}

/** The status line of the answer to one request, once it is whole. */
function ask(socket: TLSSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const left = (): void => reject(new Error('the connection was dropped'));
    const take = (octets: Buffer): void => {
      answer += octets.toString('latin1');
      if (!answer.endsWith('\r\n\r\nx')) return;
      socket.off('close', left).off('data', take);
      resolve(answer.split('\r\n', 1)[0]!);
    };
    socket.once('close', left).on('data', take);
    socket.write(`GET / HTTP/1.1\r\nHost: ${site.domainName}\r\n\r\n`);
  });
}

/** Descriptors of the processes that serve: the supervisor's children. */
function descriptors(): number {
  const { pid } = JSON.parse(readFileSync(`${warmfront.data}/run.json`, 'utf8')) as { pid: number };
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return workers.reduce((sum, worker) => sum + readdirSync(`/proc/${worker}/fd`).length, 0);
}

test('a burst of handshakes', async () => {
  const early = await arrive();
  expect(await ask(early)).toBe('HTTP/1.1 200 OK');
  const before = descriptors();
  let isOver = false;
  const meanwhile = (async () => {
    let answers = 0;
    for (; !isOver; answers++) expect(await ask(early)).toBe('HTTP/1.1 200 OK');
    return answers;
  })();
  const viewers = await Promise.all(Array.from({ length: VIEWERS }, arrive));
  const answers = await Promise.all(viewers.map(ask));
  isOver = true;
  expect(answers.filter((line) => line !== 'HTTP/1.1 200 OK')).toEqual([]);
  expect(await meanwhile).toBeGreaterThan(0);
  expect(descriptors()).toBeGreaterThanOrEqual(before + VIEWERS);

  const gone = viewers.map((viewer) => new Promise((resolve) => viewer.once('close', resolve)));
  for (const viewer of viewers) viewer.end();
  await Promise.all(gone);
  // The worker has heard of the last to leave when it answers somebody who comes after.
  const late = await arrive();
  expect(await ask(late)).toBe('HTTP/1.1 200 OK');
  expect(descriptors()).toBeLessThan(before + 100);
  for (const viewer of [early, late]) viewer.destroy();
});
