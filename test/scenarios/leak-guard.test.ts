/**
 * The leak and poison guard as operators see it: its modes, its proofs, and what it leaves alone. That the literature's techniques do not
 * work is test/poisoning's business.
 */
import { expect } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { functionAssociations, type TestEdgeOptions } from '../../src/testing/index.ts';
import { commandLineOf } from './command-line-of-edge.ts';
import { scenario, type Scene } from './scenario.ts';

const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
const HTML = { 'content-type': 'text/html' };
const forwarding = (guard?: string): TestEdgeOptions => ({
  distribution: { DefaultCacheBehavior: { OriginRequestPolicyId: ALL_VIEWER } },
  ...(guard !== undefined && { tags: { 'warmfront:guard': guard } }),
});

/** Repeats a header as an address, and a parameter as a word. */
function weak({ origin }: Scene): void {
  origin.on('*', (tx) => {
    const word = new URLSearchParams(tx.target.split('?')[1]).get('word') ?? '';
    tx.respond(200, HTML, `<script src="//${tx.headers['x-cdn'] ?? 'cdn'}/a.js"></script>${word}`);
  });
}

scenario('a finding is proved by its request', forwarding(), async (scene) => {
  weak(scene);
  await scene.viewer.get('/page?token=0123456789abcdef0123', { headers: { 'x-cdn': 'evil.example' } });
  await scene.settled();
  expect(scene.findings().length).toBe(1);
  expect(scene.findings()[0]!.latest).toMatchObject({
    rule: 'reflected-input',
    certainty: 'certain',
    action: 'refused',
    method: 'GET',
    url: `http://${scene.domainName}/page?token=...`,
    status: 200,
    pathPattern: '*',
    input: { kind: 'header', name: 'x-cdn', value: 'evil.example', length: 12 },
    seenIn: 'body',
    offset: 15,
  });
});

scenario('a secret is told by its name alone', forwarding(), async ({ origin, viewer, settled, findings }) => {
  origin.on('*', (tx) => tx.respond(200, HTML, tx.headers['cookie'] ?? ''));
  await viewer.get('/', { headers: { cookie: 'sid=5f2e8a7c9b1d4e3f6a0c' } });
  await settled();
  expect(findings().map(({ latest }) => [latest.rule, latest.action, latest.input])).toEqual([
    ['personal-response', 'refused', { kind: 'cookie', name: 'sid', length: 20 }],
    ['personal-response', 'shared', { kind: 'cookie', name: 'sid', length: 20 }],
  ]);
  expect(JSON.stringify(findings())).not.toContain('5f2e8a7c9b1d4e3f6a0c');
});

const MODES: readonly (readonly [mode: string | undefined, address: string, word: string])[] = [
  [undefined, 'Miss', 'Hit'],
  ['certain', 'Miss', 'Hit'],
  ['refuse', 'Miss', 'Miss'],
  ['warn', 'Hit', 'Hit'],
  ['off', 'Hit', 'Hit'],
];
const BOTH: readonly string[] = ['refused', 'shared'];
for (const [mode, address, word] of MODES) {
  scenario(`warmfront:guard = ${mode ?? '(nothing)'}`, forwarding(mode), async (scene) => {
    weak(scene);
    const { viewer, settled } = scene;
    await viewer.get('/address', { headers: { 'x-cdn': 'evil.example' } });
    await viewer.get('/word?word=a-word-that-is-long');
    await settled();
    expect((await viewer.get('/address')).cache).toBe(address);
    expect((await viewer.get('/word')).cache).toBe(word);
    const actions = scene
      .findings()
      .map(({ latest }) => latest.action)
      .toSorted();
    const expected = new Map(Object.entries({ off: [], warn: ['shared'], refuse: ['refused'] })).get(mode ?? '') ?? BOTH;
    expect<readonly string[]>([...new Set(actions)]).toEqual(expected);
  });
}

type Documented = readonly [what: string, headers: Record<string, string>, answer: Record<string, string>, body: string];
const DOCUMENTED: readonly Documented[] = [
  ['what a field says that is forwarded and not keyed', { 'x-colour': 'blue-green' }, { ...HTML }, 'you like blue-green'],
  ['Set-Cookie where cookies are forwarded', { cookie: 'lang=en' }, { ...HTML, 'set-cookie': 'lang=en' }, 'page'],
  ['private for MinTTL', {}, { ...HTML, 'cache-control': 'private' }, 'page'],
  ['whatever Vary names', { 'accept-language': 'de' }, { ...HTML, vary: 'Accept-Language' }, 'Seite'],
  ['a page for whoever is counted', { cookie: '_ga=GA1.2.1234567890.1690000000' }, { ...HTML }, 'page'],
  [
    'CORS by the list of an origin',
    { origin: 'https://shop.example' },
    { 'content-type': 'image/png', 'access-control-allow-origin': 'https://shop.example', vary: 'Origin' },
    'image',
  ],
];
for (const [what, headers, answer, body] of DOCUMENTED) {
  scenario(`by default, CloudFront's own is shared: ${what}`, forwarding(), async ({ origin, viewer }) => {
    origin.on('*', (tx) => tx.respond(200, answer, body));
    (await viewer.get('/', { headers })).expectMiss();
    (await viewer.get('/', { headers })).expectHit().expect({ body });
  });
}

scenario(
  'what a proxy in front says of this very request is left alone',
  forwarding(),
  async ({ origin, viewer, domainName }) => {
    origin.on('*', (tx) => tx.respond(200, HTML, `<a href="https://${tx.headers['x-forwarded-host']}/">`));
    const headers = { 'x-forwarded-host': domainName, 'x-forwarded-scheme': 'https', 'x-forwarded-port': '443' };
    await viewer.get('/', { headers });
    (await viewer.get('/', { headers })).expectHit();
  },
);

scenario(
  'what a function adds is the operator’s',
  {
    ...forwarding(),
    functions: { add: `function handler(e) { e.request.headers['x-original-url'] = { value: '/was' }; return e.request; }` },
    distribution: {
      DefaultCacheBehavior: {
        OriginRequestPolicyId: ALL_VIEWER,
        FunctionAssociations: functionAssociations({ viewerRequest: 'add' }),
      },
    },
  },
  async ({ origin, viewer, findings }) => {
    origin.on('*', (tx) => tx.respond(200, HTML, tx.headers['x-original-url']));
    await viewer.get('/');
    (await viewer.get('/')).expectHit();
    expect(findings()).toEqual([]);
  },
);

scenario('a body that comes compressed is looked through, too', forwarding(), async ({ origin, viewer, settled }) => {
  origin.on('*', (tx) => {
    const body = gzipSync(`<script src="//${tx.headers['x-cdn'] ?? 'cdn'}/a.js"></script>`);
    tx.respond(200, { ...HTML, 'content-encoding': 'gzip' }, body);
  });
  await viewer.get('/', { headers: { 'x-cdn': 'evil.example', 'accept-encoding': 'gzip' } });
  await settled();
  (await viewer.get('/', { headers: { 'accept-encoding': 'gzip' } })).expectMiss();
});

scenario('more than are looked for are not looked for', forwarding('warn'), async (scene) => {
  weak(scene);
  const padding = Array.from({ length: 128 }, (_, index) => `p${index}=x`).join('&');
  await scene.viewer.get(`/page?${padding}`, { headers: { 'x-cdn': 'evil.example' } });
  await scene.settled();
  expect(scene.findings().map(({ latest }) => [latest.rule, latest.action])).toEqual([['too-many-inputs', 'shared']]);
});

scenario('explain tells the mode, what is not keyed, and what was found', forwarding(), async (scene) => {
  weak(scene);
  await scene.viewer.get('/', { headers: { 'x-cdn': 'evil.example' } });
  await scene.settled();
  const { guard } = await scene.explain('/', { headers: { 'x-forwarded-host': 'evil.example' } });
  expect(guard).toMatchObject({ mode: 'certain', isSetApart: true, ofRequest: [{ rule: 'request-override' }] });
  expect(guard!.unkeyed).toContain('header x-forwarded-host');
  expect(guard!.findings.map(({ latest }) => latest.rule)).toEqual(['reflected-input']);
});

scenario('an error is kept for those who send the same', forwarding(), async ({ origin, viewer, explain }) => {
  origin.on('*', (tx) => tx.respond(tx.headers['x-app'] === undefined ? 200 : 500, HTML, 'page'));
  const app = { headers: { 'x-app': '7' } };
  await viewer.get('/', app);
  (await viewer.get('/', app)).expectError(500);
  origin.expectRequests(1);
  const { verdict, stored } = await explain('/');
  expect([verdict.kind, verdict.reason]).toEqual(['miss', 'vary-miss']);
  expect(stored!.reuse.sentence).toContain('for those who send x-app');
  (await viewer.get('/')).expectMiss().expect({ status: 200 });
});

scenario('warmfront findings prints the proof', forwarding(), async (scene) => {
  weak(scene);
  const commandLine = commandLineOf(scene);
  const say = async (...words: string[]): Promise<string> =>
    (await commandLine.warmfront([...words, '--data', commandLine.data])).out;
  expect(await say('findings')).toBe('nothing has been found since the workers started');
  await scene.viewer.get('/', { headers: { 'x-cdn': 'evil.example' } });
  await scene.settled();
  const page = await say('findings');
  expect(page).toStartWith('reflected-input (certain), refused at E1TESTDISTRIB1 *, once: ');
  expect(page).toContain('not keyed  header x-cdn: "evil.example"');
  expect(page).toContain('seen in    body, octet 15');
  expect(JSON.parse(await say('findings', '--json'))).toEqual(scene.findings());
  const explained = await say('explain', `http://${scene.domainName}/`, '-H', 'x-forwarded-host: evil.example');
  expect(explained).toContain('nobody shares the answer to this request');
  expect(explained).toContain('reflected-input, refused, once');
  await commandLine.stop();
});
