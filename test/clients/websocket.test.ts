/**
 * WebSockets through a Warmfront as users run it, with a client that they use: Debian's python3-websockets. The lines of the access log
 * are read when the connections have ended.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHING_DISABLED, cloudFrontOf, createSite, type Site } from '../process/site.ts';
import { run, succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

const PYTHON = '/usr/bin/python3';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

const SCHEMES = ['ws', 'wss'];
const isHere = (await run([PYTHON, '-c', 'import websockets'], {}).catch(() => ({ code: 1 }))).code === 0;
if (!isHere) console.warn('websocket.test.ts: python3-websockets is not installed (apt-get install python3-websockets)');

let origin: Bun.Server<undefined>;
let warmfront: RunningWarmfront;
let site: Site;

beforeAll(async () => {
  origin = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, server) => (server.upgrade(request, { headers: protocol(request) }) ? undefined : new Response('no')),
    websocket: {
      maxPayloadLength: 16 * 1024 ** 2,
      message(socket, message) {
        if (message === 'bye') socket.close(4001, 'as you wish');
        else socket.send(message);
      },
    },
  });
  warmfront = await startWarmfront();
  const behavior = { CachePolicyId: CACHING_DISABLED, OriginRequestPolicyId: ALL_VIEWER };
  site = await createSite(cloudFrontOf(warmfront), { originPort: origin.port ?? 0, originHost: '127.0.0.1', behavior });
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  await origin.stop(true);
});

function protocol(request: Request): Record<string, string> {
  return request.headers.get('sec-websocket-protocol') === 'chat' ? { 'Sec-WebSocket-Protocol': 'chat' } : {};
}

test.skipIf(!isHere).each(SCHEMES)('Debian’s python3-websockets over %s', async (scheme) => {
  const port = scheme === 'ws' ? warmfront.httpPort : warmfront.httpsPort;
  const url = `${scheme}://${site.domainName}:${port}/chat`;
  const ca = scheme === 'ws' ? [] : [join(warmfront.data, 'ca.pem')];
  const output = await succeed([PYTHON, join(import.meta.dir, 'websocket_client.py'), url, ...ca], warmfront.environment);
  expect(JSON.parse(output)).toEqual({
    subprotocol: 'chat',
    text: 'hello',
    binary: true,
    large: true,
    pieces: 'in three pieces',
    close: [4001, 'as you wish'],
    many: true,
  });
});

test('the access log has a line for each, when it has ended', async () => {
  // Lines are written within a second or so, and all of them at the end.
  expect(await warmfront.stop()).toBe(0);
  const lines = readFileSync(join(warmfront.data, 'access.log'), 'utf8').split('\n');
  const fields = (lines.find((line) => line.startsWith('#Fields: ')) ?? '').slice('#Fields: '.length).split(' ');
  const records = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => Object.fromEntries(line.split('\t').map((value, index) => [fields[index] ?? '', value])));
  const [largest] = records.toSorted((one, other) => Number(other['sc-bytes']) - Number(one['sc-bytes']));
  expect(records.map((record) => record['sc-status'])).toEqual(records.map(() => '101'));
  expect(records).toHaveLength(isHere ? 51 * SCHEMES.length : 0);
  expect(new Set(records.map((record) => record['cs-protocol']))).toEqual(new Set(isHere ? SCHEMES : []));
  if (isHere) expect(Number(largest?.['cs-bytes'])).toBeGreaterThan(5_000_000);
});
