/** WebSockets through an edge, with Bun's client and a Bun origin: facts 1.2, 7.1, 10.2, 13.1. */
import { afterAll, beforeAll, expect } from 'bun:test';
import { once } from 'node:events';
import { originItem, type TestConfig } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

let chat: Bun.Server<undefined>;
const asked: Request[] = [];
/** Lets the origin end what it has opened. */
let breakOff: (() => void) | undefined;

beforeAll(() => {
  chat = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, server) {
      asked.push(request);
      return server.upgrade(request) ? undefined : new Response('no handshake', { headers: { 'cache-control': 'max-age=60' } });
    },
    websocket: {
      open(socket) {
        breakOff = () => socket.terminate();
      },
      message(socket, message) {
        if (message === 'bye') socket.close(4001, 'as you wish');
        else socket.send(message);
      },
    },
  });
});
afterAll(() => chat.stop(true));

const config = (behavior: TestConfig['DefaultCacheBehavior'] = {}): TestConfig => ({
  Origins: { Quantity: 1, Items: [originItem('origin', { port: chat.port ?? 0 })] },
  DefaultCacheBehavior: { CachePolicyId: CACHING_DISABLED, OriginRequestPolicyId: ALL_VIEWER, ...behavior },
});

function open(port: number, host: string, path = '/chat?room=1'): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host } } as unknown as string[]);
}

async function said(socket: WebSocket): Promise<unknown> {
  const [event] = (await once(socket, 'message')) as [MessageEvent<unknown>];
  return event.data;
}

async function closed(socket: WebSocket): Promise<number> {
  const [event] = (await once(socket, 'close')) as [CloseEvent];
  return event.code;
}

scenario('messages go both ways; the log line is written at the close', { distribution: () => config() }, async (scene) => {
  const socket = open(scene.httpPort, scene.domainName);
  await once(socket, 'open');
  expect(scene.log).toHaveLength(0);
  const large = 'x'.repeat(3_000_000);
  for (const message of ['hello', large]) {
    const answer = said(socket);
    socket.send(message);
    expect(await answer).toBe(message);
  }
  scene.clock.advance('90s');
  const code = closed(socket);
  socket.send('bye');
  expect(await code).toBe(4001);
  await scene.logged(1);
  const [{ request, outcome, delivery } = never()] = scene.log;
  expect([request.upgrade, outcome.status, outcome.cache.kind, delivery.timeTaken]).toEqual(['websocket', 101, 'miss', 90_000]);
  expect(delivery.bodyBytes).toBeGreaterThan(large.length);
  expect(delivery.receivedBytes).toBeGreaterThan(large.length);
  expect(new URL(asked.at(-1)?.url ?? '').search).toBe('?room=1');
});

scenario('an origin that breaks off takes its viewer along', { distribution: () => config() }, async (scene) => {
  const socket = open(scene.httpPort, scene.domainName);
  await once(socket, 'open');
  const code = closed(socket);
  breakOff?.();
  expect(await code).toBe(1006);
  await scene.logged(1);
  expect(scene.log[0]?.outcome.status).toBe(101);
});

scenario('silence of ten minutes ends it', { distribution: () => config() }, async (scene) => {
  const socket = open(scene.httpPort, scene.domainName);
  await once(socket, 'open');
  const code = closed(socket);
  scene.clock.advance('10m');
  expect(await code).toBe(1006);
});

scenario('two hundred at once, each its own', { distribution: () => config() }, async (scene) => {
  const sockets = Array.from({ length: 200 }, () => open(scene.httpPort, scene.domainName));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const answers = sockets.map(said);
  for (const [index, socket] of sockets.entries()) socket.send(`message ${index}`);
  expect(await Promise.all(answers)).toEqual(sockets.map((_, index) => `message ${index}`));
  const codes = sockets.map(closed);
  for (const socket of sockets) socket.send('bye');
  expect(new Set(await Promise.all(codes))).toEqual(new Set([4001]));
  await scene.logged(200);
});

const REFUSED: readonly (readonly [name: string, behavior: TestConfig['DefaultCacheBehavior'], status: number])[] = [
  ['clear text where HTTPS is asked for', { ViewerProtocolPolicy: 'https-only' }, 403],
  ['clear text that is redirected', { ViewerProtocolPolicy: 'redirect-to-https' }, 301],
  ['policies that keep the handshake from the origin', { OriginRequestPolicyId: undefined }, 200],
  [
    'a cached behavior that does, and nothing is stored',
    { CachePolicyId: CACHING_OPTIMIZED, OriginRequestPolicyId: undefined },
    200,
  ],
];
for (const [name, behavior, status] of REFUSED) {
  scenario(`no WebSocket: ${name}`, { distribution: () => config(behavior) }, async (scene) => {
    for (let round = 0; round < 2; round++) {
      const socket = open(scene.httpPort, scene.domainName);
      expect(await closed(socket)).toBe(1006);
      await scene.logged(round + 1);
    }
    expect(scene.log.map(({ outcome }) => outcome.status)).toEqual([status, status]);
    expect(scene.log.map(({ outcome }) => outcome.cache.kind)).not.toContain('hit');
  });
}

function never(): never {
  throw new Error('no log line');
}
