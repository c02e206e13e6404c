/**
 * Pebble, Let's Encrypt's small ACME server, from Debian: a real authority on this machine that proves names over HTTP, at a port that the
 * test names. Every name leads to 127.0.0.1 (pebble-challtestsrv). It forgets everything when it ends.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../clients/commands.ts';
import { createTestCa } from '../contracts/certificates.ts';

export const PEBBLE = await findProgram('/usr/bin/pebble', '/usr/local/bin/pebble');
const NAMES = await findProgram('/usr/bin/pebble-challtestsrv', '/usr/local/bin/pebble-challtestsrv');
export const hasPebble = PEBBLE !== undefined && NAMES !== undefined;
if (!hasPebble) console.warn('tests against an ACME server are skipped: pebble is not installed (apt-get install pebble)');

export interface Pebble {
  /** Its directory. */
  readonly url: string;
  /** PEM file: who certifies its own address. */
  readonly caFile: string;
  readonly ca: string;
  /** What it has written. */
  output(): string;
  stop(): Promise<void>;
}

export interface PebbleOptions {
  /** Where it looks for the answers to challenges. */
  readonly httpPort: number;
  /** External accounts that it asks for: key id -> key, base64url. */
  readonly externalAccounts?: Readonly<Record<string, string>>;
}

export async function startPebble({ httpPort, externalAccounts }: PebbleOptions): Promise<Pebble> {
  const folder = mkdtempSync(join(tmpdir(), 'warmfront-pebble-'));
  const authority = await createTestCa();
  const { cert, key } = await authority.issue(['localhost']);
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.pem);
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key);
  const [port, managementPort, dnsPort, namesPort] = await freePorts(4);
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: join(folder, 'cert.pem'),
        privateKey: join(folder, 'key.pem'),
        httpPort,
        tlsPort: 1,
        ocspResponderURL: '',
        externalAccountBindingRequired: externalAccounts !== undefined,
        externalAccountMACKeys: externalAccounts ?? {},
      },
    }),
  );
  const none = ['-http01', '', '-https01', '', '-tlsalpn01', ''];
  const names = Bun.spawn(
    [
      NAMES ?? '',
      '-defaultIPv6',
      '',
      '-defaultIPv4',
      '127.0.0.1',
      '-dns01',
      `127.0.0.1:${dnsPort}`,
      '-management',
      `127.0.0.1:${namesPort}`,
      ...none,
    ],
    { stdout: 'ignore', stderr: 'ignore' },
  );
  const log = join(folder, 'log');
  const pebble = Bun.spawn([PEBBLE ?? '', '-config', join(folder, 'config.json'), '-dnsserver', `127.0.0.1:${dnsPort}`], {
    stdout: Bun.file(log),
    stderr: Bun.file(log),
    // It looks at once, asks for proof every time, and rejects some good nonces, as it does by default.
    env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '20', PEBBLE_AUTHZREUSE: '0' },
  });
  const url = `https://localhost:${port}/dir`;
  await answering(url, authority.pem);
  return {
    url,
    caFile,
    ca: authority.pem,
    output: () => readFileSync(log, 'utf8'),
    async stop() {
      for (const child of [pebble, names]) child.kill();
      await Promise.all([pebble.exited, names.exited]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when the server answers; it says nothing when it begins to listen. */
async function answering(url: string, ca: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await fetch(url, { tls: { ca } });
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await Bun.sleep(25);
    }
  }
}

/** Free a moment ago; nobody else gets the same while they are all held. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
