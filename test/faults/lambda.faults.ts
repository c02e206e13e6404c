/**
 * Lambda@Edge functions that mean harm, while viewers ask for something else: each costs its own requests and nothing else, and nothing of it is
 * left behind. docs/guides/lambda-at-edge.md: Isolation.
 */
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { workerPids } from '../process/process-facts.ts';
import { cloudFrontOf, createSite, lambdaOf, type Site } from '../process/site.ts';
import { zipOf } from '../samples/zip.ts';

/** Does what the path says; the marker tells its processes from others'. */
const HOSTILE = `const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const answer = (body) => ({ status: '200', body: String(body) });
const attempt = (run) => { try { return 'done ' + run(); } catch (error) { return 'refused ' + (error.code ?? error.message); } };
exports.handler = async ({ Records: [{ cf: { request } }] }) => {
  switch (request.uri) {
    case '/fine': return answer('fine');
    case '/hang': for (;;);
    case '/exit': return process.exit(0);
    case '/abort': return process.abort();
    case '/memory': { const held = []; for (;;) held.push(Buffer.alloc(10 * 1024 * 1024, 1)); }
    case '/heap': { const held = []; for (;;) held.push(new Array(1e5).fill(held.length)); }
    case '/flood': for (let line = 0; line < 1e6; line += 1) console.log('x'.repeat(1000)); return answer('flooded');
    case '/large': return answer('x'.repeat(2 * 1024 * 1024));
    case '/huge': return answer('x'.repeat(8 * 1024 * 1024));
    case '/headers': return { status: '200', headers: { 'x-a': [{ value: 'x'.repeat(50_000) }] } };
    case '/next': return new Promise(() => require('node:http').get({ socketPath: process.env.AWS_LAMBDA_RUNTIME_API.slice(5), path: '/2018-06-01/runtime/invocation/next' }, () => {}));
    case '/forks': { let made = 0; for (; made < 5000; made += 1) spawn('/bin/sleep', ['1000']).on('error', () => {}); return answer(made); }
    case '/leave': spawn('/bin/sleep', ['4321'], { detached: true, stdio: 'ignore' }).unref(); return answer('left');
    case '/spin': spawn('/bin/sh', ['-c', 'while :; do : 8765; done'], { detached: true, stdio: 'ignore' }).unref(); return answer('spins');
    case '/unmapped': return answer(execFileSync('/usr/bin/env', ['python3', '-c', 'import os, time\\nfor i in range(60): os.write(os.memfd_create("x"), bytes(10 << 20))\\ntime.sleep(2)']));
    case '/says': throw new Error('x'.repeat(1e6));
    case '/files': return answer(attempt(() => fs.readdirSync(request.querystring)));
    case '/write': return answer(attempt(() => fs.writeFileSync(process.env.LAMBDA_TASK_ROOT + '/x', '1')));
    case '/tmp': return answer(attempt(() => fs.writeFileSync('/tmp/x', Buffer.alloc(100 * 1024 * 1024))));
    case '/reach': return answer(await fetch('http://127.0.0.1:' + request.querystring + '/_warmfront/health').then(() => 'reached', () => 'not reached'));
    case '/who': return answer(process.getuid() + ' ' + Object.keys(process.env).filter((name) => /WARMFRONT|SECRET|OLDPWD/.test(name)));
    default: return answer(execFileSync('/bin/true'));
  }
};`;

let warmfront: RunningWarmfront;
let site: Site;

beforeAll(async () => {
  warmfront = await startWarmfront({ flags: ['--workers', '1', '--lambda-processes', '3'] });
  const { FunctionArn = '' } = await lambdaOf(warmfront).send(
    new CreateFunctionCommand({
      FunctionName: 'hostile',
      Role: 'arn:aws:iam::000000000000:role/edge',
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Timeout: 4,
      Publish: true,
      Code: { ZipFile: zipOf({ 'index.js': HOSTILE }) },
    }),
  );
  const Items = [{ EventType: 'viewer-request' as const, LambdaFunctionARN: FunctionArn }];
  const behavior = { LambdaFunctionAssociations: { Quantity: 1, Items } };
  site = await createSite(cloudFrontOf(warmfront), { originPort: 9999, behavior });
});

afterAll(async () => {
  await warmfront.stop();
  removeData(warmfront);
});

interface Answer {
  readonly status: number;
  readonly cache: string;
  readonly body: string;
}

function ask(path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: warmfront.httpPort, path, headers: { host: site.domainName } };
    get(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      const { statusCode: status = 0, headers } = response;
      response.on('end', () =>
        resolve({ status, cache: String(headers['x-cache']).split(' ')[0] ?? '', body: Buffer.concat(chunks).toString() }),
      );
    }).on('error', reject);
  });
}

/** Of every process that there is: its number and what it was started with. */
function processes(): (readonly [pid: number, command: string])[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): (readonly [number, string])[] => {
      try {
        return [[Number(name), readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')]];
      } catch {
        return [];
      }
    });
}

const residentOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

describe('each fails alone', () => {
  const rows: [path: string, status: number, cache: string][] = [
    ['/exit', 503, 'LambdaExecutionError'],
    ['/abort', 503, 'LambdaExecutionError'],
    ['/next', 503, 'LambdaExecutionError'],
    ['/memory', 503, 'LambdaExecutionError'],
    ['/heap', 503, 'LambdaExecutionError'],
    ['/hang', 503, 'LambdaExecutionError'],
    ['/flood', 503, 'LambdaExecutionError'],
    ['/large', 502, 'LambdaValidationError'],
    ['/huge', 503, 'LambdaExecutionError'],
    ['/headers', 502, 'LambdaValidationError'],
    ['/says', 503, 'LambdaExecutionError'],
  ];
  test.each(rows)('%s', async (path, status, cache) => {
    const [worker = 0] = workerPids(warmfront);
    const before = residentOf(worker);
    expect(await ask(path)).toMatchObject({ status, cache });
    expect(await ask('/fine')).toMatchObject({ status: 200, body: 'fine' });
    // The flood is no burden of the worker's.
    expect(residentOf(worker) - before).toBeLessThan(100);
  });

  test('all processes hang, and whoever waits is told in time', async () => {
    const hanging = Array.from({ length: 3 }, () => ask('/hang'));
    expect(await ask('/fine')).toMatchObject({ status: 200 });
    for (const answer of await Promise.all(hanging)) expect(answer.status).toBe(503);
  });
});

describe.skipIf(process.getuid?.() !== 0)('kept apart, where the system allows it', () => {
  test('it sees its code and the programs of the system', async () => {
    expect((await ask('/files?/')).body).toBe('done bin,dev,etc,lib,lib64,proc,sbin,tmp,usr,var');
    expect((await ask(`/files?${warmfront.data}`)).body).toBe('refused ENOENT');
  });
  test('it writes nowhere but to its own /tmp, which is bounded', async () => {
    expect((await ask('/write')).body).toBe('refused EROFS');
    expect((await ask('/tmp')).body).toBe('refused ENOSPC');
  });
  test('it reaches nobody, and knows no secret', async () => {
    expect((await ask(`/reach?${new URL(warmfront.apiUrl).port}`)).body).toBe('not reached');
    expect((await ask('/who')).body).toMatch(/^\d{5} $/);
  });
  test('memory that nobody has mapped is its memory, too', async () => {
    expect(await ask('/unmapped')).toMatchObject({ status: 503, cache: 'LambdaExecutionError' });
  });
  test('what it leaves running stands still between its runs', async () => {
    expect((await ask('/spin')).body).toBe('spins');
    const states = (): string[] =>
      processes().flatMap(([pid, command]) =>
        command.includes(': 8765') ? [/\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? ''] : [],
      );
    while (states().some((state) => state !== 'T')) await new Promise((resolve) => setImmediate(resolve));
    expect(states()).toEqual(['T']);
    expect(await ask('/fine')).toMatchObject({ status: 200 });
  });
  test('it cannot start processes without end', async () => {
    expect((await ask('/forks')).status).toBeGreaterThan(0);
    expect(processes().filter(([, command]) => command.startsWith('/bin/sleep 1000')).length).toBeLessThan(256);
    expect(await ask('/fine')).toMatchObject({ status: 200 });
  });
});

test('nothing is left when the worker is killed, nor when the supervisor is', async () => {
  expect((await ask('/leave')).body).toBe('left');
  const ours = (): number[] => processes().flatMap(([pid, command]) => (/sleep (?:4321|1000)/.test(command) ? [pid] : []));
  expect(ours().length).toBeGreaterThan(0);
  const [killed = 0] = workerPids(warmfront);
  await warmfront.kill();
  while (ours().length > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(ours()).toEqual([]);
  // Sockets and folders of those who are no more go with the next start.
  warmfront = await startWarmfront({ data: warmfront.data, flags: ['--workers', '1'] });
  expect(await ask('/fine')).toMatchObject({ status: 200 });
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`warmfront-lambda-${killed}-`))).toEqual([]);
});
