/**
 * The command line against a control plane that answers over HTTP, and without one.
 */
import { afterAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRunRecord } from '../../src/cli/run-record.ts';
import { runCli } from '../../src/cli/run.ts';
import { functionBench } from '../../src/compose/run-function.ts';
import { createAdminApi } from '../../src/control/admin/admin-api.ts';
import { AdminRefusal } from '../../src/control/admin/admin-refusal.ts';
import { createCredentials } from '../../src/control/aws/credentials.ts';
import type { Settings } from '../../src/tables/settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'warmfront-cli-'));
const api = createAdminApi({
  health: () =>
    Promise.resolve({
      ready: true,
      version: '1.2.3',
      listeners: [{ serves: 'viewers', protocol: 'http', url: 'http://127.0.0.1:8080' }],
      snapshotVersion: 7,
      edges: [{ id: 'FRA', snapshotVersion: 7, banSequence: 2 }],
    }),
  certificates: () => Promise.resolve([]),
  ipRanges: () => Promise.resolve({ syncToken: '0', createDate: '', prefixes: [], ipv6_prefixes: [] }),
  reload: () => Promise.resolve({ edges: ['FRA-1.2', 'FRA-2.2'], took: 512, warnings: ['--http-port needs a new start'] }),
  status: () =>
    Promise.resolve({
      distributions: [
        {
          id: 'E1',
          domainName: 'd1.cloudfront.localhost',
          aliases: ['www.example.com'],
          enabled: true,
          status: 'Deployed',
          warnings: ['compression is not served yet'],
        },
      ],
      store: { objects: 3, bytes: 1048576, capacity: 268435456 },
      bans: 2,
    }),
  purge: ({ distribution, paths, soft = false }) =>
    distribution === 'E1'
      ? Promise.resolve({
          distributionId: 'E1',
          invalidationId: 'I1',
          paths,
          soft,
          issuedAt: 0,
          edges: [{ id: 'FRA', acknowledgedAt: 1500, took: 3 }],
        })
      : Promise.reject(new AdminRefusal(404, 'NoSuchDistribution', `There is no distribution ${distribution}.`)),
  // test/scenarios/explain-command.test.ts asks a real edge.
  metrics: () => Promise.resolve(''),
  metricsFrom: [],
  functionRuns: () => Promise.reject(new AdminRefusal(503, 'NotReady', 'There is no edge here.')),
  findings: () => Promise.resolve([]),
  testWebAcl: () => Promise.resolve([]),
  explain: () => Promise.reject(new AdminRefusal(503, 'NotReady', 'There is no edge here.')),
});
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, listener) => api.fetch(request, { peerAddress: listener.requestIP(request)?.address }),
});
afterAll(async () => {
  await server.stop(true);
  rmSync(directory, { recursive: true });
});

async function warmfront(line: string, environment: Record<string, string> = {}) {
  const out: string[] = [];
  const errors: string[] = [];
  const started: Settings[] = [];
  const warned: string[] = [];
  const code = await runCli(
    line.split(' ').filter((word) => word !== ''),
    {
      up: ({ settings, warnings }) => {
        started.push(settings);
        warned.push(...warnings);
        return Promise.resolve(0);
      },
      functionBench: () => Promise.resolve(functionBench),
    },
    { environment, workingDirectory: directory, print: (text) => out.push(text), complain: (text) => errors.push(text) },
  );
  return { code, out: out.join('\n'), errors: errors.join('\n'), started, warned };
}

function dataDirectory(name: string, pid: number | undefined): string {
  const data = join(directory, name);
  mkdirSync(data);
  if (pid !== undefined) {
    writeRunRecord(data, {
      pid,
      version: '1.2.3',
      apiUrl: server.url.origin,
      httpPort: 81,
      httpsPort: 444,
      apiPort: server.port!,
    });
  }
  return data;
}

const running = dataDirectory('running', process.pid);

test('up gets the settings, and the warnings to tell', async () => {
  const { code, started, errors, warned } = await warmfront('up --http-port 0 --shield IAD');
  expect(code).toBe(0);
  expect(started).toMatchObject([{ httpPort: 0, data: join(directory, '.warmfront') }]);
  expect({ errors, warned }).toEqual({ errors: '', warned: ['--shield has no effect in this version'] });
});

describe('a wrong command line: one line, exit 2, nothing started', () => {
  const rows: [line: string, says: string][] = [
    ['upp', 'unknown command "upp"; did you mean up?'],
    ['serve', 'unknown command "serve"; see: warmfront help'],
    ['up --htttp-port 1', 'unknown flag --htttp-port; did you mean --http-port?'],
    ['up now', '"up" does not take "now"; see: warmfront help up'],
    ['status --json=yes', '--json takes no value'],
    ['purge', "say what to purge: warmfront purge DISTRIBUTION '/*'"],
    ['purge E1', "say which paths to purge: warmfront purge E1 '/*'"],
    ['purge E1 /a b', 'a path begins with "/", a cache tag with "#": b'],
    ['help fly', 'there is no help for "fly"'],
    ['--verbose', 'unknown flag --verbose'],
  ];
  test.each(rows)('%s', async (line, says) => {
    const { code, errors, out, started } = await warmfront(line);
    expect({ code, out, started, errors }).toEqual({ code: 2, out: '', started: [], errors: `warmfront: ${says}` });
  });
});

test('help for every command names its flags', async () => {
  expect((await warmfront('--help')).out).toContain('purge');
  expect((await warmfront('help up')).out).toContain('--origin-override HOST=URL');
  for (const command of ['up', 'env', 'status', 'purge', 'help']) {
    const { code, out } = await warmfront(`${command} --help`);
    expect({ code, usage: out.split('\n')[0]!.startsWith(`usage: warmfront ${command}`) }).toEqual({ code: 0, usage: true });
  }
  expect((await warmfront('-V')).out).toMatch(/^warmfront \d+\.\d+\.\d+/);
});

test('status shows what is served, as a page and as JSON', async () => {
  const { code, out } = await warmfront(`status --data ${running}`);
  expect(code).toBe(0);
  expect(out).toContain('E1  Deployed  enabled  d1.cloudfront.localhost www.example.com');
  expect(out).toContain('warning: E1: compression is not served yet');
  expect(JSON.parse((await warmfront(`status --json --data ${running}`)).out)).toMatchObject({ snapshotVersion: 7, bans: 2 });
});

test('purge prints the receipt of every edge', async () => {
  const { code, out } = await warmfront(`purge E1 /* /a --data ${running}`);
  expect({ code, out }).toEqual({
    code: 0,
    out: 'I1 Completed: E1 /* /a\n  edge FRA  1970-01-01T00:00:01.500Z  after 3 ms',
  });
});

test('a soft purge says so', async () => {
  const { code, out } = await warmfront(`purge --soft E1 /a --data ${running}`);
  expect(code).toBe(0);
  expect(out).toStartWith('I1 Completed: E1 /a (stale, not forgotten)');
});

test('a refusal of the server is one line, exit 1', async () => {
  expect(await warmfront(`purge E0 /* --data ${running}`)).toMatchObject({
    code: 1,
    errors: 'warmfront: There is no distribution E0.',
  });
});

test('without a running Warmfront the line says how to start it', async () => {
  const never = dataDirectory('never', undefined);
  const dead = dataDirectory('dead', 2 ** 22 + 1);
  for (const data of [never, dead]) {
    expect(await warmfront(`status --data ${data}`)).toMatchObject({
      code: 1,
      errors: `warmfront: Warmfront does not run with the data directory ${data}; start it with: warmfront up --data ${data}`,
    });
  }
});

test('reload says who serves now, and what it could not take over', async () => {
  const { code, out, errors } = await warmfront(`reload --data ${running}`);
  expect({ code, out }).toEqual({ code: 0, out: 'reloaded in 512 ms: FRA-1.2, FRA-2.2' });
  expect(errors).toBe('warmfront: warning: --http-port needs a new start');
});

describe('env', () => {
  test('prints what the contract names, with the ports of the last run', async () => {
    const data = dataDirectory("it's here".replaceAll(' ', '-'), 2 ** 22 + 1);
    const { accessKeyId, secretAccessKey } = (await createCredentials(data)).user;
    const { code, out, errors } = await warmfront(`env --data ${data}`);
    const shell = Bun.spawnSync(['sh', '-c', `${out}\nenv`], { env: {} });
    const seen = Object.fromEntries(
      shell.stdout
        .toString()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(code).toBe(0);
    expect(seen).toMatchObject({
      AWS_ENDPOINT_URL: server.url.origin,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_CA_BUNDLE: join(data, 'ca.pem'),
      CURL_CA_BUNDLE: join(data, 'ca.pem'),
      WARMFRONT_HTTP_PORT: '81',
      WARMFRONT_HTTPS_PORT: '444',
    });
    expect(errors).toContain('ca.pem does not exist yet');
  });

  test('before the first start: the ports of the settings, or how to start', async () => {
    const data = dataDirectory('fresh', undefined);
    expect(await warmfront(`env --data ${data}`)).toMatchObject({ code: 1, out: '' });
    await createCredentials(data);
    const { out } = await warmfront(`env --data ${data}`, { WARMFRONT_API_PORT: '5000', WARMFRONT_HOST: '0.0.0.0' });
    expect(out).toContain('export AWS_ENDPOINT_URL=http://127.0.0.1:5000\n');
  });
});

describe('files in the data directory', () => {
  test('the run record is readable by its owner only', () => {
    expect(statSync(join(running, 'run.json')).mode & 0o777).toBe(0o600);
  });

  test('a damaged file is named, not overwritten', async () => {
    const data = dataDirectory('damaged', undefined);
    const path = join(data, 'credentials.json');
    writeFileSync(path, '{"user": {}}');
    const { code, errors } = await warmfront(`env --data ${data}`);
    expect({ code, names: errors.includes(path) }).toEqual({ code: 1, names: true });
    expect(readFileSync(path, 'utf8')).toBe('{"user": {}}');
  });
});
