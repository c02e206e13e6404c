import { afterAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS } from './commands.ts';
import { readArguments } from './read-arguments.ts';
import { readSettings } from './read-settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'warmfront-settings-'));
afterAll(() => rmSync(directory, { recursive: true }));

function read(argv: string, environment: Record<string, string> = {}, config?: unknown) {
  const path = join(directory, `${Bun.hash(JSON.stringify([argv, config]))}.json`);
  if (config !== undefined) writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  const words = argv.split(' ').filter((word) => word !== '');
  return readSettings(
    readArguments([...words, ...(config === undefined ? [] : ['--config', path])], COMMANDS.up),
    environment,
    directory,
  );
}

test('without anything given: the defaults of the contract', () => {
  expect(read('')).toEqual({
    settings: {
      data: join(directory, '.warmfront'),
      httpPort: 8080,
      httpsPort: 8443,
      apiPort: 4566,
      dnsPort: 5380,
      host: '127.0.0.1',
      workers: undefined,
      pops: ['FRA'],
      shield: [],
      memory: 256 * 1024 ** 2,
      disk: 4 * 1024 ** 3,
      maxConnections: undefined,
      connectionsPerAddress: undefined,
      requestsPerAddress: undefined,
      cacheSemantics: 'cloudfront',
      guard: 'certain',
      floods: 'off',
      domainSuffix: 'cloudfront.localhost',
      originOverride: {},
      originCa: undefined,
      acmeDirectory: undefined,
      acmeEmail: undefined,
      acmeEab: undefined,
      acmeCa: undefined,
      allowOriginAddress: [],
      privateOrigins: true,
      geoDatabase: undefined,
      edgeAddresses: [],
      metricsFrom: [],
      recordFunctions: undefined,
      trustViewerIpHeader: undefined,
      lambdaNetwork: 'none',
      lambdaProcesses: undefined,
      logFormat: 'text',
      logLevel: 'info',
      tuneKernel: true,
      production: false,
      demo: false,
    },
    warnings: [],
  });
});

test('a flag overrules the variable, which overrules the file, which overrules the default', () => {
  const config = { 'http-port': 1, httpsPort: 2, 'api-port': 3, data: 'kept' };
  const { settings } = read(
    '--http-port 7',
    { WARMFRONT_HTTP_PORT: '8', WARMFRONT_HTTPS_PORT: '9', WARMFRONT_API_PORT: '' },
    config,
  );
  expect(settings).toMatchObject({ httpPort: 7, httpsPort: 9, apiPort: 3, dnsPort: 5380, data: join(directory, 'kept') });
});

describe('values', () => {
  const rows: [name: string, argv: string, environment: Record<string, string>, config: unknown, want: object][] = [
    ['a flag with =', '--http-port=0', {}, undefined, { httpPort: 0 }],
    ['the last flag counts', '--http-port 1 --http-port 2', {}, undefined, { httpPort: 2 }],
    ['sizes', '--memory 3GB', {}, undefined, { memory: 3 * 1024 ** 3 }],
    ['sizes with i', '--memory 64MiB --disk 10k', {}, undefined, { memory: 64 * 1024 ** 2, disk: 10240 }],
    [
      'networks',
      '--allow-origin-address 10.1.0.0/16 --allow-origin-address ::1',
      {},
      undefined,
      { allowOriginAddress: ['10.1.0.0/16', '::1'] },
    ],
    ['bytes', '--memory 1000', {}, undefined, { memory: 1000 }],
    ['a switch', '--demo', {}, undefined, { demo: true }],
    ['a switch off again', '--demo --no-demo', {}, undefined, { demo: false }],
    ['a switch off over the file', '--no-demo', {}, { demo: true }, { demo: false }],
    ['a switch by variable', '', { WARMFRONT_DEMO: '1' }, undefined, { demo: true }],
    ['places', '--pops fra,nrt,fra', {}, undefined, { pops: ['FRA', 'NRT'] }],
    ['places as a list', '', {}, { pops: ['fra', 'iad'] }, { pops: ['FRA', 'IAD'] }],
    [
      'origin overrides',
      '--origin-override A.example=http://127.0.0.1:3000 --origin-override b.example=https://[::1]',
      {},
      undefined,
      {
        originOverride: {
          'a.example': { scheme: 'http', hostname: '127.0.0.1', port: 3000 },
          'b.example': { scheme: 'https', hostname: '::1', port: 443 },
        },
      },
    ],
    [
      'origin overrides as an object',
      '',
      {},
      { 'origin-override': { 'a.example': 'http://localhost' } },
      { originOverride: { 'a.example': { scheme: 'http', hostname: 'localhost', port: 80 } } },
    ],
    [
      'origin overrides by variable',
      '',
      { WARMFRONT_ORIGIN_OVERRIDE: 'a.example=http://h:1, b.example=http://h:2' },
      undefined,
      {
        originOverride: {
          'a.example': { scheme: 'http', hostname: 'h', port: 1 },
          'b.example': { scheme: 'http', hostname: 'h', port: 2 },
        },
      },
    ],
  ];
  test.each(rows)('%s', (_, argv, environment, config, want) => {
    expect(read(argv, environment, config).settings).toMatchObject(want);
  });
});

describe('what is wrong is said in one line that names the source', () => {
  const rows: [name: string, argv: string, environment: Record<string, string>, config: unknown, says: string][] = [
    ['an unknown flag', '--http-prot 1', {}, undefined, 'unknown flag --http-prot; did you mean --http-port?'],
    ['an unknown flag unlike any', '--zzzzzz', {}, undefined, 'unknown flag --zzzzzz'],
    ['a flag without its value', '--http-port', {}, undefined, '--http-port needs a value'],
    ['a flag before another', '--data --demo', {}, undefined, '--data needs a value'],
    [
      'a port too high',
      '--api-port 65536',
      {},
      undefined,
      '--api-port must be a port from 0 to 65535 (0 picks a free one), not "65536"',
    ],
    ['a port that is no number', '', { WARMFRONT_API_PORT: 'x' }, undefined, 'WARMFRONT_API_PORT must be a port'],
    ['a size without sense', '--memory lots', {}, undefined, '--memory must be a size such as 512MB or 4GB, not "lots"'],
    ['a size beyond counting', '--memory 999999999999TB', {}, undefined, '--memory must be a size'],
    ['a choice', '--cache-semantics rfc2616', {}, undefined, 'must be one of cloudfront, rfc9111'],
    ['a place', '--pops Frankfurt', {}, undefined, 'airport codes'],
    ['a switch with a word', '--demo=maybe', {}, undefined, '--demo must be true or false'],
    ['an override with a path', '--origin-override a=http://h/p', {}, undefined, 'HOST=URL'],
    ['an override with a bad port', '--origin-override a=http://h:0', {}, undefined, 'HOST=URL'],
    ['a network that is none', '--allow-origin-address 10.0.0.0/33', {}, undefined, 'an address or a network'],
    ['a header that is none', '--trust-viewer-ip-header=a:b', {}, undefined, 'the name of a header'],
    ['believed viewers in production', '--production --trust-viewer-ip-header X-Ip', {}, undefined, '--production forbids'],
    ['a demo in production', '--production --demo', {}, undefined, '--production forbids'],
    ['no workers', '--workers 0', {}, undefined, 'from 1 to 1024'],
    ['an unknown key', '', {}, { 'http-prot': 1 }, 'unknown setting "http-prot"'],
    ['a key with the wrong kind', '', {}, { 'http-port': { a: 1 } }, '"http-port" in'],
    ['a file that is not JSON', '', {}, '{', 'cannot read'],
    ['a file that is a list', '', {}, [], 'must hold one JSON object'],
    ['a file that is not there', '--config nowhere.json', {}, undefined, 'does not exist'],
  ];
  test.each(rows)('%s', (_, argv, environment, config, says) => {
    expect(() => read(argv, environment, config)).toThrow(says);
  });
});

test('what has no effect yet is announced', () => {
  expect(read('--shield IAD', { WARMFRONT_HTP_PORT: '1' }).warnings).toEqual([
    '--shield has no effect in this version',
    'WARMFRONT_HTP_PORT is no setting of Warmfront; did you mean WARMFRONT_HTTP_PORT?',
  ]);
});
