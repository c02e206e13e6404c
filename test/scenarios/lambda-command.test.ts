/**
 * `warmfront functions run` of Lambda@Edge: functions as their authors run them before they deploy anything.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { runCli } from '../../src/cli/run.ts';
import { functionBench } from '../../src/compose/run-function.ts';

const NODE = `exports.handler = async ({ Records: [{ cf: { config, request, response } }] }) => {
  console.log('at', config.eventType, request.querystring);
  return response ? { ...response, body: 'x' } : { ...request, uri: '/changed' };
};`;
const ESM = `export const own = async ({ Records: [{ cf: { request } }] }) => ({ ...request, headers: {} });`;
const PYTHON = `def lambda_handler(event, context):
    return {'status': '302', 'headers': {'location': [{'value': '/'}]}}`;
const HOST = { host: [{ key: 'Host', value: 'www.example.com' }] };
const REQUEST = { clientIp: '192.0.2.1', method: 'GET', uri: '/', querystring: 'a=1', headers: HOST };
const of = (cf: object): string => JSON.stringify({ Records: [{ cf }] });
const FILES: Readonly<Record<string, string>> = {
  'choose.js': NODE,
  'choose.v2.mjs': ESM,
  'login.py': PYTHON,
  'node/index.js': NODE,
  'python/lambda_function.py': PYTHON,
  'request.json': of({ config: { eventType: 'viewer-request' }, request: REQUEST }),
  'response.json': of({ config: { eventType: 'origin-response' }, request: REQUEST, response: { status: '200', headers: {} } }),
  // AWS: test events of the Lambda console.
  'console.json': of({ config: { distributionId: 'EXAMPLE' }, request: { uri: '/test', method: 'GET', headers: HOST } }),
  'none.json': of({ config: { eventType: 'viewer-request' }, request: { ...REQUEST, headers: { host: 'a' } } }),
  'late.json': of({ config: { eventType: 'viewer' }, request: REQUEST }),
  'origin.json': of({ config: {}, request: { ...REQUEST, origin: { custom: {} } } }),
  'cloudfront.json': '{"version":"1.0"}',
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'warmfront-lambda-command-'));
  for (const name of ['node', 'python']) mkdirSync(join(folder, name));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'esm.zip'), zipSync({ 'index.mjs': Buffer.from(ESM) }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(line: string): Promise<{ code: number; out: string }> {
  const lines: string[] = [];
  const print = (text: string): void => void lines.push(text);
  const terminal = { environment: {}, workingDirectory: folder, print, complain: print };
  const handlers = { up: () => Promise.resolve(0), functionBench: () => Promise.resolve(functionBench) };
  const code = await runCli(['functions', 'run', ...line.split(' ')], handlers, terminal);
  return { code, out: lines.join('\n') };
}

describe('what it prints', () => {
  const rows: readonly [line: string, code: number, ...wants: string[]][] = [
    ['choose.js --event request.json', 0, '"uri": "/changed"', 'INFO\tat viewer-request a=1', ' of 128 MB'],
    ['node --event response.json', 0, '"body": "x"', 'at origin-response'],
    ['node --event console.json', 0, '"uri": "/changed"', 'INFO\tat viewer-request'],
    ['login.py --event request.json', 0, '"status": "302"'],
    ['python --event request.json', 0, '"status": "302"'],
    ['choose.v2.mjs --handler choose.own --event request.json', 1, 'LambdaValidationError: ERROR Validation error: ', 'host'],
    ['esm.zip --handler index.own --event request.json', 1, 'LambdaValidationError: ERROR Validation error: '],
    [
      'esm.zip --event request.json',
      1,
      'LambdaExecutionError: Runtime.HandlerNotFound: index.handler is undefined or not exported\n\n0.0 ms\nlog: 2',
    ],
    ['esm.zip --handler app.own --event request.json', 2, 'esm.zip holds no file for the handler app.own or app.own: app.js'],
    [
      'choose.js --handler ../choose.handler --event request.json',
      2,
      '--handler is a path in the package, not "../choose.handler"',
    ],
    ['gone.js --event request.json', 2, 'gone.js cannot be read'],
    ['node --event none.json', 2, 'none.json: Records[0].cf.request.headers["host"] must be a list of { key, value }'],
    ['node --event late.json', 2, 'late.json: Records[0].cf.config.eventType must be one of viewer-request, '],
    ['node --event origin.json', 2, 'origin.json: Records[0].cf.request.origin.custom.domainName must be a string'],
    ['choose.js --event request.json --runtime 2.0', 2, '--runtime is for CloudFront functions'],
    ['choose.js --event cloudfront.json --handler choose.own', 2, '--handler is for functions of Lambda'],
    ['node --event cloudfront.json', 2, 'node cannot be read: EISDIR'],
  ];
  test.concurrent.each(rows)('%s', async (line, code, ...wants) => {
    const ran = await run(line);
    for (const want of wants) expect(ran.out).toContain(want);
    expect(ran.code).toBe(code);
  });
});

test('--json has the run as `inspect` tells it', async () => {
  const { out } = await run('choose.js --event request.json --json');
  expect(JSON.parse(out)).toMatchObject({ did: 'changed', changes: [{ part: 'uri', before: '/', after: '/changed' }] });
});
