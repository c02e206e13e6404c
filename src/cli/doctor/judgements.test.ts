import { describe, expect, test } from 'bun:test';
import { generateKeyPairSync } from 'node:crypto';
import type { Health, Status } from '../../model/admin.ts';
import type { Settings } from '../../tables/settings.ts';
import { judgeAuthority, judgeServed } from './check-certificates.ts';
import { judgeClock } from './check-clock.ts';
import { judgedFor, judgeDirectory, judgeSecrets } from './check-data-directory.ts';
import { judgeKernel, LIMITS } from './check-kernel.ts';
import { judgeAddresses, judgeNames } from './check-names.ts';
import { judgePort } from './check-ports.ts';
import { judgeDescriptors, judgeDisk, judgeMemory } from './check-room.ts';
import { checkRuntime, checkServer } from './check-server.ts';
import type { Finding } from './finding.ts';
import type { Patient } from './patient.ts';

const GIB = 1024 ** 3;
const NOW = Date.UTC(2026, 10, 28, 12);

const PORT = {
  host: '127.0.0.1',
  flag: '--http-port',
  transport: 'tcp',
  port: 80,
  refusal: undefined,
  holder: undefined,
} as const;
const HEALTH: Health = { ready: true, version: '0.1.0', listeners: [], snapshotVersion: 4, edges: [] };
const STATUS: Status = { distributions: [], store: { objects: 0, bytes: 0, capacity: 0 }, bans: 0 };

function server(answer: Patient['answer'], version = '0.1.0'): readonly Finding[] {
  const record = { pid: 7, version, apiUrl: 'http://127.0.0.1:1', httpPort: 1, httpsPort: 2, apiPort: 3 };
  return checkServer({ settings: { data: '/d' } as Settings, record, isRunning: answer !== undefined, answer });
}

const keyPem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

describe('each finding, and the words that say what to do', () => {
  const rows: [name: string, found: Finding | readonly Finding[], level: Finding['level'], says: string[]][] = [
    ['a free port', judgePort(PORT), 'ok', ['port 80/tcp', 'free']],
    ['a taken port', judgePort({ ...PORT, refusal: 'EADDRINUSE' }), 'problem', ['taken', '--http-port']],
    ['by whom', judgePort({ ...PORT, refusal: 'EADDRINUSE', holder: 'nginx (process 9)' }), 'problem', ['by nginx (process 9)']],
    ['a port below 1024', judgePort({ ...PORT, refusal: 'EACCES' }), 'problem', ['CAP_NET_BIND_SERVICE', 'start=80']],
    ['another machine’s address', judgePort({ ...PORT, refusal: 'EADDRNOTAVAIL' }), 'problem', ['127.0.0.1', '--host']],

    ['a private directory', judgeDirectory({ path: '/d', mode: 0o700, owner: 5 }, true, 5), 'ok', ['0700']],
    ['an open directory', judgeDirectory({ path: '/d', mode: 0o755, owner: 5 }, true, 5), 'warning', ['chmod 700 /d']],
    ['somebody else’s', judgeDirectory({ path: '/d', mode: 0o700, owner: 5 }, true, 0), 'warning', ['run as user 5']],
    ['a closed one', judgeDirectory({ path: '/d', mode: 0o700, owner: 5 }, false, 6), 'problem', ['--data']],
    ['closed keys', judgeSecrets([{ path: '/d/k.pem', mode: 0o600, owner: 5 }], 5), 'ok', ['1 files']],
    [
      'a key of the service, as root',
      judgeSecrets([{ path: '/d/k.pem', mode: 0o600, owner: 5 }], judgedFor(5, 0)),
      'ok',
      ['1 files'],
    ],
    [
      'root’s key among them',
      judgeSecrets([{ path: '/d/k.pem', mode: 0o600, owner: 0 }], judgedFor(5, 0)),
      'warning',
      ['/d/k.pem'],
    ],
    [
      'a key of another user',
      judgeSecrets([{ path: '/d/k.pem', mode: 0o600, owner: 5 }], judgedFor(5, 6)),
      'warning',
      ['/d/k.pem'],
    ],
    ['an open key', judgeSecrets([{ path: '/d/k.pem', mode: 0o640, owner: 5 }], 5), 'problem', ['chmod 600 /d/k.pem']],
    ['root’s key', judgeSecrets([{ path: '/d/k.pem', mode: 0o600, owner: 0 }], 5), 'warning', ['chown /d/k.pem']],

    ['room', judgeDisk({ free: 9 * GIB, bound: 4 * GIB, cached: 0 }), 'ok', ['9.0 GB']],
    ['a cache that is there already', judgeDisk({ free: 2 * GIB, bound: 4 * GIB, cached: 3 * GIB }), 'ok', []],
    [
      'a cache that outgrows the disk',
      judgeDisk({ free: 2 * GIB, bound: 4 * GIB, cached: GIB }),
      'warning',
      ['3.0 GB', '--disk'],
    ],
    ['a full disk', judgeDisk({ free: 1000, bound: 0, cached: 0 }), 'problem', ['1000 B']],
    ['memory', judgeMemory(GIB, 2 * GIB), 'ok', ['1.2 GB']],
    ['too little memory', judgeMemory(GIB, GIB), 'warning', ['--memory']],
    ['descriptors', judgeDescriptors(65_536), 'ok', ['52428 viewers']],
    ['few descriptors', judgeDescriptors(4096), 'warning', ['ulimit']],
    ['no descriptors', judgeDescriptors(256), 'problem', ['LimitNOFILE']],

    ['a clock in step', judgeClock({ now: NOW, newestFile: NOW - 1, isSynchronised: true }), 'ok', ['in step']],
    ['a clock nobody vouches for', judgeClock({ now: NOW, newestFile: undefined, isSynchronised: undefined }), 'ok', ['nobody']],
    ['a clock on its own', judgeClock({ now: NOW, newestFile: NOW, isSynchronised: false }), 'warning', ['NTP']],
    ['a clock before its files', judgeClock({ now: NOW, newestFile: NOW + 120_000, isSynchronised: true }), 'problem', ['12:02']],
    ['a clock at zero', judgeClock({ now: 0, newestFile: undefined, isSynchronised: undefined }), 'problem', ['1970']],

    ['half an authority', judgeAuthority({ path: '/d/ca.pem', pem: 'x', keyPem: undefined, now: NOW }), 'problem', ['missing']],
    [
      'no certificate',
      judgeAuthority({ path: '/d/ca.pem', pem: 'x', keyPem, now: NOW }),
      'problem',
      ['cannot be read', 'restore'],
    ],
    [
      'an expired certificate',
      judgeServed('a.test', { refusal: undefined, validTo: 'Nov 1 2026 GMT' }, NOW),
      'problem',
      ['a.test'],
    ],
    ['one that soon will', judgeServed('a.test', { refusal: undefined, validTo: 'Dec 2 2026 GMT' }, NOW), 'warning', ['3 days']],
    ['another name’s', judgeServed('a.test', { refusal: 'no', validTo: 'Dec 2 2027 GMT' }, NOW), 'problem', ['import']],

    ['names that resolve', judgeNames('cloudfront.localhost', ['127.0.0.1', '::1']), 'ok', ['::1']],
    ['names that only browsers know', judgeNames('cloudfront.localhost', []), 'warning', ['libnss-myhostname']],
    ['.localhost asked of the network', judgeNames('cloudfront.localhost', ['192.0.2.1']), 'problem', ['RFC 6761']],
    ['a suffix of one’s own', judgeNames('cdn.example.com', ['192.0.2.1']), 'ok', []],
    ['without a record', judgeNames('cdn.example.com', []), 'warning', ['*.cdn.example.com']],
    ['IPv6 wanted and absent', judgeAddresses('::', false, []), 'problem', ['no IPv6']],
    ['localhost is ::1 first', judgeAddresses('127.0.0.1', true, ['::1', '127.0.0.1']), 'warning', ['127.0.0.1']],
    ['no IPv6, none needed', judgeAddresses('127.0.0.1', false, ['127.0.0.1']), 'ok', []],

    ['a kernel as it should be', judgeKernel(LIMITS.map(({ least }) => least)), 'ok', ['somaxconn']],
    ['a kernel that cannot be asked', judgeKernel([]), 'ok', []],
    ['small UDP buffers', judgeKernel([4096, 4096, 1, 212_992, 2_500_000]), 'warning', ['sysctl -w net.core.rmem_max=2500000']],

    ['the Bun of the tests', checkRuntime('1.4.5', '1.4.5'), 'ok', ['1.4.5']],
    ['another Bun', checkRuntime('1.3.0', '1.4.5'), 'warning', ['npm ci']],
    ['a server that is down', server(undefined), 'ok', ['does not run']],
    ['a server that is mute', server('no answer from it'), 'problem', ['process 7']],
    ['a server', server({ health: HEALTH, status: STATUS }), 'ok', ['is ready']],
    ['one that starts', server({ health: { ...HEALTH, ready: false }, status: STATUS }), 'warning', ['not ready']],
  ];
  test.each(rows)('%s', (_, found, level, says) => {
    const findings = [found].flat();
    expect(findings.map((finding) => finding.level)).toEqual([level]);
    const text = findings.map(({ subject, found: what, advice = '' }) => `${subject}: ${what}; ${advice}`).join('\n');
    for (const words of says) expect(text).toContain(words);
  });
});

test('what is told of a server beside its health', () => {
  const edges = [{ id: 'FRA-1', snapshotVersion: 3, banSequence: 0 }];
  const distribution = { id: 'E1', domainName: 'd', aliases: [], enabled: true, status: 'Deployed', warnings: ['no'] } as const;
  const answer = { health: { ...HEALTH, edges }, status: { ...STATUS, distributions: [distribution] } };
  expect(server(answer, '0.0.9').map(({ level, subject }) => `${level} ${subject}`)).toEqual([
    'ok server',
    'warning version',
    'warning edge FRA-1',
    'warning distribution E1',
  ]);
});
