/**
 * `warmfront functions inspect` and `replay` of Lambda@Edge: all four events of one request, and changed code on what was recorded.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { FunctionReplay } from '../../src/model/function-trace.ts';
import { lambdaAssociations, startTestEdge, type TestEdge } from '../../src/testing/index.ts';
import { commandLineOf, type EdgeCommandLine, type Said } from './command-line-of-edge.ts';

const F = `exports.handler = async ({ Records: [{ cf: { config, request, response } }] }) => {
  console.log('at', config.eventType);
  if (request.body && request.body.data) return request;
  if (request.uri === '/own') return { status: '201', body: 'x'.repeat(10000) };
  if (config.eventType === 'viewer-request') request.headers['x-a'] = [{ value: '1' }];
  if (config.eventType === 'origin-request') request.origin.custom.path = '/v2';
  if (config.eventType === 'origin-response') response.status = '203';
  if (config.eventType === 'viewer-response') response.headers['x-b'] = [{ value: '2' }];
  return response || request;
};`;
const WRONG = 'LambdaValidationError: ERROR Validation error: response.status must be a number from 200 to 599';
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f:1';
const ALL_METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;
const ALL = { viewerRequest: 'f', originRequest: 'f', originResponse: 'f', viewerResponse: 'f' } as const;

let edge: TestEdge;
let commandLine: EdgeCommandLine;
const ids: string[] = [];

beforeAll(async () => {
  const AllowedMethods = { Quantity: 7, Items: [...ALL_METHODS] };
  const DefaultCacheBehavior = { AllowedMethods, LambdaFunctionAssociations: lambdaAssociations(ALL, true) };
  // Functions on the origin's side run in the cache behind the viewers'.
  edge = await startTestEdge({ caches: 2, lambdas: { f: F }, distribution: { DefaultCacheBehavior } });
  edge.origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'page'));
  commandLine = commandLineOf(edge);
  mkdirSync(join(commandLine.data, 'folder'));
  writeFileSync(join(commandLine.data, 'folder', 'index.js'), F);
  for (const path of ['/a', '/a', '/own']) ids.push((await edge.viewer.get(path)).headers['x-amz-cf-id'] ?? '');
  const sent = await edge.viewer.send('POST', '/own', { body: 'b'.repeat(10_000) });
  ids.push(sent.headers['x-amz-cf-id'] ?? '');
});
afterAll(async () => {
  await commandLine.stop();
  await edge.stop();
});

function warmfront(line: string): Promise<Said> {
  return commandLine.warmfront(['functions', ...line.split(' '), '--data', commandLine.data]);
}

test('a miss runs four, each with what it changed; a hit runs two', async () => {
  const { out } = await warmfront(`inspect --request-id ${ids[0]}`);
  for (const said of [
    'viewer-request: f:1 changes it; ',
    '  + header x-a: 1',
    'origin-request: f:1 changes it; ',
    '  - origin path: \n  + origin path: /v2',
    'origin-response: f:1 changes it; ',
    '  - status: 200\n  + status: 203',
    'viewer-response: f:1 changes it; ',
    '  + header x-b: 2',
    'INFO\tat viewer-response',
    ' ms to start its process, ',
  ])
    expect(out).toContain(said);
  expect((await warmfront(`inspect --request-id ${ids[1]}`)).out.match(/^\S+: f:1/gm)).toEqual([
    'viewer-request: f:1',
    'viewer-response: f:1',
  ]);
});

test('of a URL, the one on viewer requests is run, and the others are named', async () => {
  const { out } = await warmfront(`inspect http://${edge.domainName}/new`);
  expect(out).toContain('viewer-request: f:1 changes it; ');
  expect(out).toEndWith(`the Lambda function ${ARN} is run before the viewer is answered, except with an error`);
});

test('of a long body the beginning is kept, and that is said', async () => {
  const { out } = await warmfront(`inspect --request-id ${ids[2]}`);
  expect(out).toContain('viewer-request: f:1 answers; ');
  expect(out).toContain('  + status: 201');
  expect(out).toContain('  not all of it: of response.body, 8192 of 10000 characters are kept');
  expect((await warmfront(`replay folder --request-id ${ids[2]}`)).out).toContain('1 run of f, replayed with folder: 0 differ');
});

test('changed code in a file, a folder or a package; what it breaks is told as the edge would', async () => {
  const changed = F.replace("'/v2'", "'/v3'").replace("'203'", "'999'");
  writeFileSync(join(commandLine.data, 'changed.js'), changed);
  writeFileSync(
    join(commandLine.data, 'f.zip'),
    zipSync({ 'index.mjs': Buffer.from(F.replace('exports.handler', 'export const handler')) }),
  );
  const { code, out } = await warmfront(`replay changed.js --request-id ${ids[0]} --json`);
  const replays = JSON.parse(out) as FunctionReplay[];
  expect(code).toBe(1);
  expect(replays.map(({ recorded, differences: [first] }) => [recorded.trace.eventType, first?.part, first?.after])).toEqual([
    ['viewer-request', undefined, undefined],
    ['origin-request', 'origin path', '/v3'],
    ['origin-response', 'outcome', WRONG],
    ['viewer-response', undefined, undefined],
  ]);
  for (const same of ['folder', 'f.zip'])
    expect(await warmfront(`replay ${same} --request-id ${ids[0]}`)).toMatchObject({
      code: 0,
      out: `4 runs of f, replayed with ${same}: 0 differ`,
    });
});

test('what cannot be replayed says why', async () => {
  const errors = '2 of 4 runs are not replayed: their bodies are not kept whole';
  expect(await warmfront(`replay f.zip --request-id ${ids[3]}`)).toMatchObject({ code: 0, errors });
  writeFileSync(join(commandLine.data, 'other.py'), 'pass');
  expect((await warmfront(`replay other.py --request-id ${ids[0]}`)).errors).toContain(
    'holds no file for the handler index.handler',
  );
  expect((await warmfront(`replay folder --runtime 1.0`)).errors).toContain('--runtime is for CloudFront functions');
});
