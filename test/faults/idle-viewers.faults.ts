/**
 * Ten thousand viewers who keep their connections and say nothing, in clear text and over TLS, beside others who ask all the time:
 * nobody is refused, the silent ones are answered when they ask again, and what they have cost in memory is theirs alone and little.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { findProgram, succeed } from '../clients/commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { residentMemory } from '../process/process-facts.ts';
import { cloudFrontOf, createSite } from '../process/site.ts';

const CLEAR = 8_500;
const SECURE = 1_500;
/** How many are connected at the same moment. */
const AT_ONCE = 250;
/** Octets for each; measured: 7.5 KiB in clear text, 8.3 KiB over TLS. */
const ENOUGH = 32 * 1024;

// Bun raises the soft limit to the hard one by itself.
const files = Number(await succeed(['sh', '-c', 'ulimit -Hn'], process.env as Record<string, string>)) || Infinity;
const hasFiles = files > 1.25 * (CLEAR + SECURE);
if (!hasFiles) console.warn(`idle-viewers.faults.ts skipped: a process may open ${files} files only (ulimit -Hn)`);
const H2LOAD = await findProgram('/usr/bin/h2load');
if (H2LOAD === undefined)
  console.warn('idle-viewers.faults.ts skipped: h2load is not installed (apt-get install nghttp2-client)');

let warmfront: RunningWarmfront;
let origin: Server;
let host: string;

beforeAll(async () => {
  const answer = 'HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: 2\r\n\r\nok';
  origin = createServer((socket) => {
    socket.on('data', () => void socket.write(answer));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront({ flags: ['--workers', '2'] });
  host = (await createSite(cloudFrontOf(warmfront), { originPort: (origin.address() as AddressInfo).port })).domainName;
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

interface Viewer {
  /** Resolves with the head of the answer; rejects when there is none. */
  ask(): Promise<string>;
  leave(): void;
}

async function arrive(secure: boolean): Promise<Viewer> {
  let answered = Promise.withResolvers<string>();
  const agreed = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: secure ? warmfront.httpsPort : warmfront.httpPort,
    ...(secure && { tls: { serverName: host, rejectUnauthorized: false } }),
    socket: {
      open: () => void (secure || agreed.resolve()),
      handshake: () => agreed.resolve(),
      data: (_, octets) => answered.resolve(octets.toString('latin1')),
      close: () => answered.reject(new Error('the connection was closed')),
    },
  });
  await agreed.promise;
  return {
    ask() {
      answered = Promise.withResolvers();
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      return answered.promise;
    },
    leave() {
      answered.promise.catch(() => undefined);
      socket.terminate();
    },
  };
}

/** So many arrive, ask once, and stay. */
async function arriveAll(count: number, secure: boolean): Promise<Viewer[]> {
  const viewers: Viewer[] = [];
  while (viewers.length < count) {
    const next = await Promise.all(Array.from({ length: AT_ONCE }, () => arrive(secure)));
    await askAll(next);
    viewers.push(...next);
  }
  return viewers;
}

async function askAll(viewers: readonly Viewer[]): Promise<void> {
  const heads = await Promise.all(viewers.map((viewer) => viewer.ask()));
  expect(heads.filter((head) => !head.startsWith('HTTP/1.1 200 '))).toEqual([]);
}

test.skipIf(!hasFiles || H2LOAD === undefined)('ten thousand silent viewers, and others who ask', async () => {
  await Promise.all((await arriveAll(AT_ONCE, true)).map((viewer) => viewer.leave()));
  const before = residentMemory(warmfront);
  const viewers = [...(await arriveAll(CLEAR, false)), ...(await arriveAll(SECURE, true))];
  const each = (residentMemory(warmfront) - before) / viewers.length;
  const asking = [H2LOAD!, '-n', '5000', '-c', '20', '-m', '10', `--connect-to=127.0.0.1:${warmfront.httpsPort}`];
  const report = await succeed([...asking, `https://${host}/`], warmfront.environment);
  expect(report).toContain('status codes: 5000 2xx');
  for (let at = 0; at < viewers.length; at += AT_ONCE) await askAll(viewers.slice(at, at + AT_ONCE));
  for (const viewer of viewers) viewer.leave();
  expect(each).toBeLessThan(ENOUGH);
});
