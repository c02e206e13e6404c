/**
 * 500 viewers ask at once for one cold object of 5 MB: the origin is asked once, every body is the object byte for byte, and memory
 * stays in proportion. Over HTTP/1.1 and HTTP/2, from an origin that announces the length and from one that does not.
 * docs/architecture.md: waiters stream as bytes arrive.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { createServer, get as httpGet, Agent, type Server, type ServerResponse } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { peakMemory } from '../process/process-facts.ts';
import { cloudFrontOf, createSite, type Site } from '../process/site.ts';

const VIEWERS = 500;
const OBJECT = randomBytes(5 * 1024 * 1024);
/**
 * Ours: what the process may grow to; 500 copies of the object would take 2.6 GB. Those who share the fetch take 100 MB together;
 * those who come later read the object from the disk cache, each in pieces of its own.
 */
const MEMORY_BOUND = 1536 * 1024 * 1024;

let warmfront: RunningWarmfront;
let origin: Server;
let site: Site;
let asked: string[] = [];

beforeAll(async () => {
  origin = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('cache-control', 'max-age=600');
    if (request.url?.includes('length')) response.setHeader('content-length', OBJECT.length);
    trickle(response, 0);
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront();
  site = await createSite(cloudFrontOf(warmfront), { originPort: (origin.address() as AddressInfo).port });
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

/** In pieces, so that viewers join before, while and after the body grows. */
function trickle(response: ServerResponse, from: number): void {
  if (from >= OBJECT.length) return void response.end();
  const piece = OBJECT.subarray(from, from + 256 * 1024);
  response.write(piece, () => setImmediate(() => trickle(response, from + piece.length)));
}

/** Compares each chunk with the object where it belongs. */
function comparing(): { take(chunk: Buffer): void; verdict(): string } {
  let at = 0;
  let same = true;
  return {
    take(chunk) {
      same &&= OBJECT.subarray(at, at + chunk.length).equals(chunk);
      at += chunk.length;
    },
    verdict: () => (same && at === OBJECT.length ? 'whole' : `${same ? 'short' : 'different'} after ${at}`),
  };
}

function overHttp1(path: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: warmfront.httpPort, path, agent, headers: { host: site.domainName } };
    httpGet(options, (response) => {
      const body = comparing();
      response.on('data', body.take);
      response.on('end', () => resolve(`${response.statusCode} ${body.verdict()}`));
      response.on('error', (error) => resolve(String(error)));
    }).on('error', (error) => resolve(String(error)));
  });
}

function overHttp2(path: string, session: ClientHttp2Session): Promise<string> {
  return new Promise((resolve) => {
    const stream = session.request({ ':path': path, ':authority': site.domainName });
    const body = comparing();
    let status: unknown;
    stream.on('response', (headers) => (status = headers[':status']));
    stream.on('data', body.take);
    stream.on('end', () => resolve(`${String(status)} ${body.verdict()}`));
    stream.on('error', (error) => resolve(String(error)));
  });
}

function counted(verdicts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const verdict of verdicts) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

for (const framing of ['length', 'chunked']) {
  test(`HTTP/1.1, ${framing}`, async () => {
    asked = [];
    const path = `/h1-${framing}`;
    const agent = new Agent({ maxSockets: VIEWERS });
    const verdicts = await Promise.all(Array.from({ length: VIEWERS }, () => overHttp1(path, agent)));
    agent.destroy();
    expect(counted(verdicts)).toEqual({ '200 whole': VIEWERS });
    expect(asked).toEqual([path]);
    expect(peakMemory(warmfront)).toBeLessThan(MEMORY_BOUND);
  }, 60_000);

  test(`HTTP/2, ${framing}`, async () => {
    asked = [];
    const path = `/h2-${framing}`;
    const options = { rejectUnauthorized: false, servername: site.domainName };
    const sessions = Array.from({ length: 20 }, () => connect(`https://127.0.0.1:${warmfront.httpsPort}`, options));
    const verdicts = await Promise.all(
      Array.from({ length: VIEWERS }, (_, index) => overHttp2(path, sessions[index % sessions.length]!)),
    );
    for (const session of sessions) session.destroy();
    expect(counted(verdicts)).toEqual({ '200 whole': VIEWERS });
    expect(asked).toEqual([path]);
    expect(peakMemory(warmfront)).toBeLessThan(MEMORY_BOUND);
  }, 60_000);
}
