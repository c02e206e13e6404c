/**
 * How a running Warmfront ends: the first signal finishes what is under way and takes nothing new, the second ends at once.
 * docs/architecture.md: SIGTERM drains and exits 0.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { serverPid } from './process-facts.ts';
import { cloudFrontOf, createSite, type Site } from './site.ts';

const HALF = 3 * 1024 * 1024;

let origin: Server;
let data: string;
let site: Site;
/** Called when the test lets the origin send its second half. */
let finish: () => void = () => {};

beforeAll(async () => {
  origin = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 * HALF}\r\nCache-Control: max-age=60\r\n\r\n`);
      socket.write(Buffer.alloc(HALF, 1));
      finish = () => socket.write(Buffer.alloc(HALF, 2));
    });
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const first = await startWarmfront();
  ({ data } = first);
  site = await createSite(cloudFrontOf(first), { originPort: (origin.address() as AddressInfo).port });
  await first.stop();
});

afterAll(() => {
  removeData({ data } as RunningWarmfront);
  origin.close();
});

/** A download that has begun: its first half has arrived. */
async function begunDownload({ httpPort }: RunningWarmfront): Promise<{ readonly whole: Promise<number> }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { host: '127.0.0.1', port: httpPort, path: `/${crypto.randomUUID()}`, headers: { host: site.domainName } };
    httpGet(options, resolve).on('error', reject);
  });
  let received = 0;
  const half = Promise.withResolvers<void>();
  const whole = new Promise<number>((resolve) => {
    response.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received >= HALF) half.resolve();
    });
    response.on('close', () => resolve(received));
    response.on('error', () => resolve(received));
  });
  await half.promise;
  return { whole };
}

/** Resolves with true when the port takes a connection. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function refused(port: number): Promise<void> {
  while (await accepts(port));
}

function signalled(warmfront: RunningWarmfront, signal: NodeJS.Signals): void {
  process.kill(serverPid(warmfront), signal);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} finishes downloads, refuses new connections, and exits 0`, async () => {
    const warmfront = await startWarmfront({ data });
    const download = await begunDownload(warmfront);
    signalled(warmfront, signal);
    await Promise.all([refused(warmfront.httpPort), refused(warmfront.httpsPort)]);
    finish();
    expect(await download.whole).toBe(2 * HALF);
    expect(await warmfront.ended).toBe(0);
  });
}

test('a second signal ends at once', async () => {
  const warmfront = await startWarmfront({ data });
  const download = await begunDownload(warmfront);
  signalled(warmfront, 'SIGTERM');
  await refused(warmfront.httpPort);
  signalled(warmfront, 'SIGINT');
  expect(await warmfront.ended).toBe(130);
  expect(await download.whole).toBeLessThan(2 * HALF);
});
