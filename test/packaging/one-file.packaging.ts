/**
 * `npm run build` tried out: the binary alone, in an empty directory, with an empty environment: it serves the demo, answers its API, tells
 * systemd that it is ready, and is not led astray by what lies in the directory it is started from.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { productionPackages } from '../../tools/third-party-licenses.ts';
import { run, succeed } from '../clients/commands.ts';
import { receiveNotifications, type NotifyReceiver } from './notify-receiver.ts';

const ROOT = join(import.meta.dir, '../..');
const ENVIRONMENT = { PATH: '/usr/bin:/bin' };
let folder: string;
let binary: string;
let place: string;
let server: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;
let systemd: NotifyReceiver;
let output = '';
const exported: Record<string, string> = {};

beforeAll(async () => {
  await succeed(['npm', 'run', '--silent', 'build'], process.env as Record<string, string>, ROOT);
  folder = mkdtempSync(join(tmpdir(), 'warmfront-one-file-'));
  binary = join(folder, 'warmfront');
  copyFileSync(join(ROOT, 'dist/warmfront'), binary);
  place = join(folder, 'empty');
  mkdirSync(place);
  // None of this is ours to read.
  writeFileSync(join(place, '.env'), 'WARMFRONT_HTTP_PORT=1\n');
  writeFileSync(join(place, 'bunfig.toml'), 'preload = ["./not-there.ts"]\n');
  writeFileSync(join(place, 'tsconfig.json'), 'not json');

  const socket = join(folder, 'notify');
  systemd = await receiveNotifications(socket);
  const flags = ['--http-port', '0', '--https-port', '0', '--api-port', '0', '--demo'];
  server = Bun.spawn([binary, 'up', '--data', 'data', ...flags], {
    cwd: place,
    env: { ...ENVIRONMENT, NOTIFY_SOCKET: socket },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  for await (const chunk of server.stdout.pipeThrough(new TextDecoderStream())) {
    output += chunk;
    if (/^ready$/m.test(output)) break;
  }
  const { stdout } = await run([binary, 'env', '--data', 'data'], ENVIRONMENT, place);
  for (const [, name = '', text = ''] of stdout.matchAll(/^export (\w+)=(.*)$/gm)) exported[name] = text;
});
afterAll(async () => {
  server.kill('SIGKILL');
  systemd.stop();
  await server.exited;
  rmSync(folder, { recursive: true, force: true });
});

const demoHost = (): string => /(d\w{13}\.cloudfront\.localhost)/.exec(output)?.[1] ?? '';
const viewed = (path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${exported['WARMFRONT_HTTP_PORT']}${path}`, { headers: { host: demoHost(), ...headers } });

test('it is ready, and has told systemd so', async () => {
  expect(output).toContain('\nready\n');
  expect(await systemd.next()).toBe('READY=1');
});

test('it serves the demo from its cache', async () => {
  const answers = [await viewed('/hello.html'), await viewed('/hello.html')];
  expect(answers.map(({ status, headers }) => `${status} ${headers.get('x-cache')}`)).toEqual([
    '200 Miss from cloudfront',
    '200 Hit from cloudfront',
  ]);
});

test('it answers fields longer than the runtime takes by itself', async () => {
  expect((await viewed('/hello.html', { 'x-long': 'a'.repeat(36_000) })).status).toBe(494);
});

test('the API answers the credentials of `env`', async () => {
  const answer = await succeed(
    ['aws', '--endpoint-url', exported['AWS_ENDPOINT_URL'] ?? '', 'cloudfront', 'list-distributions', '--output', 'json'],
    { ...ENVIRONMENT, ...exported },
    place,
  );
  expect(answer).toContain(demoHost());
});

test('status, doctor and explain run from it, too', async () => {
  const json = async (...words: readonly string[]): Promise<unknown> =>
    JSON.parse(await succeed([binary, ...words, '--data', 'data', '--json'], ENVIRONMENT, place));
  expect(await json('status')).toMatchObject({ ready: true });
  expect(await json('doctor', '--http-port', '0', '--https-port', '0', '--api-port', '0')).toMatchObject({ problems: 0 });
  expect(await json('explain', `http://${demoHost()}/hello.html`)).toMatchObject({ distribution: { kind: 'matched' } });
});

test('it brings what functions run in', async () => {
  const request = { method: 'GET', uri: '/a', querystring: {}, headers: {}, cookies: {} };
  const event = { version: '1.0', context: { eventType: 'viewer-request' }, viewer: { ip: '192.0.2.1' }, request };
  writeFileSync(join(place, 'event.json'), JSON.stringify(event));
  writeFileSync(
    join(place, 'rewrite.js'),
    "function handler(event) { event.request.uri += '/index.html'; return event.request; }",
  );
  const ran = await succeed([binary, 'functions', 'run', 'rewrite.js', '--event', 'event.json'], ENVIRONMENT, place);
  expect(ran).toContain('"uri": "/a/index.html"');
});

test('the licences of all that is in it are beside it', () => {
  const text = readFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES'), 'utf8');
  const headings = productionPackages(ROOT).map(({ name, version, license }) => `\n${name} ${version} (${license})\n`);
  expect(headings.length).toBeGreaterThan(20);
  expect(headings.filter((heading) => !text.includes(heading))).toEqual([]);
  for (const want of ['IP Geolocation by DB-IP', 'Fabrice Bellard', 'JavaScriptCore', 'Nathan Rajlich'])
    expect(text).toContain(want);
});

test('SIGTERM ends it in order', async () => {
  server.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  expect(await systemd.next()).toBe('STOPPING=1');
});
