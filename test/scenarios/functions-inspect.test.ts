/**
 * `warmfront functions inspect` and `replay`: the command line, over the real admin API, beside an edge that serves viewers.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionReplay, FunctionTrace } from '../../src/model/function-trace.ts';
import { functionAssociations, startTestEdge, type TestEdge } from '../../src/testing/index.ts';
import { commandLineOf, type EdgeCommandLine, type Said } from './command-line-of-edge.ts';

const SPA = `function handler(event) {
  var request = event.request;
  console.log('at ' + new Date().toISOString());
  if (request.uri === '/fail') return request.headers.nothing.value;
  if (request.uri === '/login') return { statusCode: 302, headers: { location: { value: '/sso' } } };
  if (request.uri.endsWith('/')) request.uri += 'index.html';
  return request;
}`;
const MARK = `import cf from 'cloudfront';
async function handler(event) {
  event.response.headers['x-mark'] = { value: await cf.kvs().get('mark') };
  if (await cf.kvs('marks').exists('none')) return null;
  return event.response;
}`;

let edge: TestEdge;
let commandLine: EdgeCommandLine;
const ids: Record<string, string> = {};

beforeAll(async () => {
  edge = await startTestEdge({
    functions: { spa: SPA, mark: { code: MARK, keyValueStore: 'marks' } },
    keyValueStores: { marks: { mark: 'yes' } },
    distribution: {
      DefaultCacheBehavior: { FunctionAssociations: functionAssociations({ viewerRequest: 'spa', viewerResponse: 'mark' }) },
    },
  });
  edge.origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'page'));
  commandLine = commandLineOf(edge);
  for (const path of ['/blog/?a=1&a=2', '/login', '/fail']) {
    const { headers } = await edge.viewer.get(path, { headers: { cookie: 'who=me', 'x-y': 'z' } });
    ids[path] = headers['x-amz-cf-id'] ?? '';
    edge.clock.advance('1s');
  }
});
afterAll(async () => {
  await commandLine.stop();
  await edge.stop();
});

function warmfront(line: string): Promise<Said> {
  return commandLine.warmfront(['functions', ...line.split(' '), '--data', commandLine.data]);
}

function save(name: string, code: string): string {
  writeFileSync(join(commandLine.data, name), code);
  return name;
}

test('of a request that was served: each function’s event, what it changed, its log', async () => {
  const { code, out } = await warmfront(`inspect --request-id ${ids['/blog/?a=1&a=2']}`);
  expect(code).toBe(0);
  const rows = [
    '    querystring: a=1&a=2',
    '    cookie who: me',
    '    header x-y: z',
    '  - uri: /blog/',
    '  + uri: /blog/index.html',
    '  log: at 2026-01-01T00:00:00.000Z',
    '    header cache-control: max-age=60',
    '  + header x-mark: yes',
    '  read: mark',
    '  read: none, which is not there',
  ];
  for (const row of rows) expect(out.split('\n')).toContain(row);
  expect(out).toMatch(/\nviewer-request: spa changes it; compute utilization: \d/);
  expect(out).toMatch(/\nviewer-response: mark changes it; compute utilization: \d/);
});

test('of a request that a function answered, or failed', async () => {
  const login = await warmfront(`inspect --request-id ${ids['/login']}`);
  expect(login.out).toContain('spa answers;');
  expect(login.out).toContain('\n  + status: 302\n  + header location: /sso\n');
  const failed = await warmfront(`inspect --request-id ${ids['/fail']}`);
  expect(failed.out).toContain(
    "  FunctionExecutionError: TypeError: cannot read property 'value' of undefined (line 4, column 62)\n",
  );
  expect(failed.out).toContain("4 |   if (request.uri === '/fail') return request.headers.nothing.value;\n");
});

test('of a URL: nothing is asked of the origin, and what is stored goes through the viewer-response function', async () => {
  const asked = edge.origin.requests.length;
  const { out } = await warmfront(`inspect http://${edge.domainName}/blog/?a=1&a=2 --json`);
  const [request, response] = JSON.parse(out) as FunctionTrace[];
  expect(request).toMatchObject({ name: 'spa', did: 'changed', changes: [{ part: 'uri', after: '/blog/index.html' }] });
  expect(response).toMatchObject({ name: 'mark', eventType: 'viewer-response', changes: [{ part: 'header x-mark' }] });
  expect((await warmfront(`inspect http://${edge.domainName}/blog/?a=1&a=2`)).out).toContain('answered from the cache');
  expect(edge.origin.requests.length).toBe(asked);
});

test('changed code on what viewers sent: what differs, with the clock of then', async () => {
  const file = save('spa.js', SPA.replace("'index.html'", "'index.htm'").replace("'/fail'", "'/none'"));
  const { code, out } = await warmfront(`replay ${file}`);
  expect(code).toBe(1);
  const rows = [
    '3 runs of spa, replayed with spa.js: 2 differ',
    '  - uri: /blog/index.html',
    '  + uri: /blog/index.htm',
    '  + outcome: request',
    "  - outcome: FunctionExecutionError: TypeError: cannot read property 'value' of undefined (line 4, column 62)",
  ];
  for (const row of rows) expect(out.split('\n')).toContain(row);
  const [first] = JSON.parse((await warmfront(`replay ${file} --json`)).out) as FunctionReplay[];
  expect(first).toMatchObject({
    replayed: { logs: ['at 2026-01-01T00:00:00.000Z'] },
    differences: [{ part: 'uri', before: '/blog/index.html', after: '/blog/index.htm' }],
  });
});

test('a key value store is as it was read then, or as a file says', async () => {
  edge.putKeys('marks', { mark: 'changed' });
  const file = save('mark.js', MARK);
  expect(await warmfront(`replay ${file}`)).toMatchObject({ code: 0, out: '1 run of mark, replayed with mark.js: 0 differ' });
  save('marks.json', JSON.stringify({ data: [{ key: 'mark', value: 'no' }] }));
  const { code, out } = await warmfront(`replay ${file} --key-values marks=marks.json`);
  expect(code).toBe(1);
  expect(out).toContain('\n  - header x-mark: yes\n  + header x-mark: no\n');
});

test('the same code differs in nothing; code that fails says where', async () => {
  expect(await warmfront(`replay ${save('spa.js', SPA)}`)).toMatchObject({
    code: 0,
    out: '3 runs of spa, replayed with spa.js: 0 differ',
  });
  const { out } = await warmfront(`replay ${save('spa.js', 'function handler(event) { return x; }')} --last 1`);
  expect(out).toContain('1 run of spa, replayed with spa.js: 1 differ');
  expect(out).toContain("ReferenceError: 'x' is not defined (line 1, column 34)");
});

describe('what cannot be done is said', () => {
  const rows: [line: string, code: number, says: string][] = [
    ['inspect', 2, 'say what to inspect'],
    ['inspect --request-id none', 1, 'no run of a function of the request none is recorded; each worker keeps its last 1000'],
    ['replay', 2, 'say which function to replay'],
    ['replay other.js', 2, 'say which function this is to replace: --function spa, or --function mark'],
    ['replay other.js --function none', 1, 'no run of a function none is recorded'],
    ['replay other.js --last 0', 2, '--last is a number from 1 to 1000'],
    ['replay gone.js', 2, 'gone.js cannot be read'],
  ];
  test.each(rows)('%s', async (line, code, says) => {
    save('other.js', MARK);
    const said = await warmfront(line);
    expect(said.errors).toContain(says);
    expect(said.code).toBe(code);
  });
});
