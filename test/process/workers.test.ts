/**
 * The processes that serve, together and one by one: they are one cache to viewers and to the origin, none of them is missed when it
 * dies, and all of them can be replaced without anybody noticing. docs/architecture.md: Processes.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent, createServer, get, type Server } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { run } from '../clients/commands.ts';
import { LAUNCHER, removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { loggedLines } from './access-log.ts';
import { serverPid, workerPids } from './process-facts.ts';
import { cloudFrontOf, createSite, type Site } from './site.ts';

let warmfront: RunningWarmfront;
let origin: Server;
let asked: string[] = [];
let edition = 1;
let site: Site;
/** What viewers keep open: a worker that leaves would wait for them while they idle. */
const kept: { destroy(): void }[] = [];

afterEach(() => {
  for (const connection of kept.splice(0)) connection.destroy();
});

beforeAll(async () => {
  origin = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('cache-control', 'max-age=600');
    // Long enough for everybody to come while it is asked.
    if (request.url?.startsWith('/slow') === true) setTimeout(() => response.end(`edition ${edition}`), 300);
    else response.end(`edition ${edition}`);
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

interface Got {
  readonly status: number;
  readonly cache: string;
  readonly text: string;
}

/** Without an agent, over a connection of its own: the kernel deals it to either worker. */
function ask(path: string, agent?: Agent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const headers = { host: site.domainName };
    get({ host: '127.0.0.1', port: warmfront.httpPort, path, headers, agent: agent ?? false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('error', reject);
      response.on('end', () => {
        const cache = String(response.headers['x-cache']).split(' ')[0] ?? '';
        if (response.complete) resolve({ status: response.statusCode ?? 0, cache, text });
        else reject(new Error('broke off'));
      });
    }).on('error', reject);
  });
}

const askAll = (path: string, count: number): Promise<readonly Got[]> =>
  Promise.all(Array.from({ length: count }, () => ask(path)));

async function edges(): Promise<readonly string[]> {
  const health = (await (await fetch(`${warmfront.apiUrl}/_warmfront/health`)).json()) as {
    ready: boolean;
    edges: { id: string }[];
  };
  return health.ready ? health.edges.map(({ id }) => id).toSorted() : [];
}

const command = (...words: readonly string[]) =>
  run([LAUNCHER, ...words, '--data', warmfront.data], process.env as Record<string, string>);

/** Asks again and again until told to stop; what went wrong, for each of the viewers. */
async function viewersDuring(viewers: readonly (() => Promise<Got>)[], work: () => Promise<void>): Promise<readonly string[][]> {
  let isOver = false;
  const watching = viewers.map(async (viewer) => {
    const wrong: string[] = [];
    while (!isOver) {
      const got = await viewer().catch((error: unknown) => ({ status: 0, text: String(error) }));
      if (got.status !== 200) wrong.push(`${got.status} ${got.text}`);
    }
    return wrong;
  });
  await work().finally(() => (isOver = true));
  return Promise.all(watching);
}

const overKeptConnection = (path: string) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  kept.push(agent);
  return () => ask(path, agent);
};

/** A session that is told to go away takes no new requests; its successor does, as in every browser. */
function overHttp2(path: string): () => Promise<Got> {
  let session: ClientHttp2Session | undefined;
  const open = (): ClientHttp2Session => {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const fresh = connectHttp2(`https://127.0.0.1:${warmfront.httpsPort}`, {
      rejectUnauthorized: false,
      servername: site.domainName,
    });
    kept.push(fresh);
    fresh.on('error', () => {});
    fresh.on('goaway', () => session === fresh && (session = undefined));
    return (session = fresh);
  };
  const viewer = (): Promise<Got> =>
    new Promise((resolve, reject) => {
      const stream = open().request({ ':path': path, ':authority': site.domainName });
      let got = { status: 0, cache: '', text: '' };
      stream.on('response', (headers) => (got = { ...got, status: Number(headers[':status']) }));
      stream.on('data', (chunk) => (got = { ...got, text: got.text + String(chunk) }));
      stream.on('end', () => resolve(got));
      stream.on('error', (error: NodeJS.ErrnoException) => {
        // The GOAWAY came between two requests, and this one was never sent.
        if (error.code !== 'ERR_HTTP2_GOAWAY_SESSION') return reject(error);
        session = undefined;
        resolve(viewer());
      });
    });
  return viewer;
}

test('all who ask at once for one cold object share one origin request, whichever worker they came to', async () => {
  expect(workerPids(warmfront).length).toBe(2);
  asked = [];
  const paths = Array.from({ length: 6 }, (_, index) => `/slow/${index}`);
  for (const got of await Promise.all(paths.map((path) => askAll(path, 30)))) {
    expect(got.filter(({ cache }) => cache === 'Miss').length).toBe(1);
    expect(got.filter(({ cache, status }) => cache === 'Hit' && status === 200).length).toBe(29);
  }
  expect(asked.toSorted()).toEqual(paths);
});

test('a purge is proved by every worker, and no copy of any of them answers afterwards', async () => {
  edition = 1;
  await askAll('/purged', 30);
  edition = 2;
  const { stdout, code } = await command('purge', site.id, '/purged');
  expect(code).toBe(0);
  for (const edge of await edges()) expect(stdout).toContain(`edge ${edge} `);
  const texts = new Set((await askAll('/purged', 30)).map(({ text }) => text));
  expect([...texts]).toEqual(['edition 2']);
});

test('status adds up, explain is told by the worker that answers for the key', async () => {
  await askAll('/explained', 20);
  const { stdout } = await command('explain', `http://${site.domainName}/explained`, '--json');
  expect((JSON.parse(stdout) as { verdict: { kind: string } }).verdict.kind).toBe('hit');
  const status = await command('status', '--json');
  expect(status.stdout).toContain('"objects"');
});

test('a worker that is killed under load costs its connections, and is replaced', async () => {
  const before = await edges();
  const [victim = 0, other = 0] = workerPids(warmfront);
  const viewers = Array.from({ length: 12 }, () => overKeptConnection('/load'));
  const wrong = await viewersDuring(viewers, async () => {
    process.kill(victim, 'SIGKILL');
    for (let now = await edges(); now.length < 2 || now.join() === before.join(); now = await edges());
  });
  // Each viewer has one connection, and may lose it once.
  for (const errors of wrong) expect(errors.length).toBeLessThanOrEqual(1);
  expect(workerPids(warmfront)).toContain(other);
  expect(workerPids(warmfront)).not.toContain(victim);
  expect(warmfront.output()).toContain(`(process ${victim}) has ended: SIGKILL; another takes its place`);
});

test('a reload replaces every worker, and no request fails', async () => {
  await ask('/load');
  const before = workerPids(warmfront);
  const viewers = [
    ...Array.from({ length: 8 }, () => overKeptConnection('/load')),
    ...Array.from({ length: 4 }, () => () => ask('/load')),
    ...Array.from({ length: 4 }, () => overHttp2('/load')),
  ];
  const wrong = await viewersDuring(viewers, async () => {
    const { code, stdout, stderr } = await command('reload');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^reloaded in \d+ ms: FRA-1\.\d+, FRA-2\.\d+\n$/);
  });
  expect(wrong.flat()).toEqual([]);
  for (const pid of workerPids(warmfront)) expect(before).not.toContain(pid);
  expect((await ask('/load')).cache).toBe('Hit');
});

test('SIGHUP reloads, too', async () => {
  const before = await edges();
  const reloads = warmfront.output().match(/reloaded in/g)?.length ?? 0;
  process.kill(serverPid(warmfront), 'SIGHUP');
  await warmfront.printed((output) => (output.match(/reloaded in/g)?.length ?? 0) > reloads);
  const now = await edges();
  expect(now.length).toBe(2);
  for (const edge of now) expect(before).not.toContain(edge);
});

test('SIGUSR2 goes on in a new access log', async () => {
  renameSync(join(warmfront.data, 'access.log'), join(warmfront.data, 'access.log.1'));
  process.kill(serverPid(warmfront), 'SIGUSR2');
  const wrong = await viewersDuring([() => ask('/reopened')], async () => void (await loggedLines(warmfront, '/reopened', 1)));
  expect(wrong.flat()).toEqual([]);
});

test('what the workers write to the access log are whole lines', async () => {
  await Promise.all([askAll('/logged', 40), askAll('/logged', 40)]);
  const lines = await loggedLines(warmfront, '/logged', 80);
  const columns = readFileSync(join(warmfront.data, 'access.log'), 'latin1').split('\n')[1]!.split(' ').length - 1;
  expect(new Set(lines.map((line) => line.split('\t').length))).toEqual(new Set([columns]));
});

test('a reload reads the settings again; wrong ones are refused, and what serves goes on', async () => {
  const config = join(warmfront.data, 'changing.json');
  writeFileSync(config, JSON.stringify({ workers: 1 }));
  const own = await startWarmfront({ flags: ['--config', config] });
  const reload = () => run([LAUNCHER, 'reload', '--data', own.data], process.env as Record<string, string>);
  const [first] = workerPids(own);
  writeFileSync(config, JSON.stringify({ workers: 2, 'domain-suffix': 'example.test' }));
  const { code, stdout, stderr } = await reload();
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'warmfront: warning: --domain-suffix has changed and needs a new start\n',
  });
  expect(stdout).toMatch(/: FRA-1\.2, FRA-2\n$/);
  const before = workerPids(own);
  expect(before.length).toBe(2);
  expect(before).not.toContain(first);
  writeFileSync(config, JSON.stringify({ workers: 'many' }));
  const refused = await reload();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('"workers" in ');
  expect(workerPids(own)).toEqual(before);
  expect(await own.stop()).toBe(0);
  removeData(own);
});

test('a supervisor that is killed takes its workers along', async () => {
  const own = await startWarmfront({ flags: ['--workers', '2'] });
  const workers = workerPids(own);
  expect(workers.length).toBe(2);
  await own.kill();
  for (const port of [own.httpPort, own.httpsPort]) while (await accepts(port));
  for (const pid of workers) while (lives(pid));
  removeData(own);
});

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
