/**
 * What happens to a Warmfront during a soak besides viewers: what operators do, what attackers do, and what fate does.
 */
import { CreateInvalidationCommand, type CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { RenewCertificateCommand } from '@aws-sdk/client-acm';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RunningWarmfront } from '../clients/running-warmfront.ts';
import { acmOf, updateSite, type Site } from '../process/site.ts';
import { serverPid } from '../process/process-facts.ts';
import { childrenOf } from './watch-processes.ts';
import type { SoakTarget } from './viewers.ts';

export interface DisturbanceOptions {
  readonly warmfront: RunningWarmfront;
  readonly client: CloudFrontClient;
  readonly site: Site;
  readonly certificateArn: string;
  readonly target: SoakTarget & { readonly alias: string };
}

export interface Disturbances {
  stop(): Promise<void>;
  /** How often each was done. */
  counts(): Readonly<Record<string, number>>;
}

export function startDisturbances(options: DisturbanceOptions): Disturbances {
  const { warmfront, client, site, certificateArn, target } = options;
  const acm = acmOf(warmfront);
  const counts: Record<string, number> = {};
  let isOver = false;

  /** Again and again, with a pause; what fails is a fault of the run. */
  async function every(pause: number, name: string, run: (turn: number) => unknown): Promise<void> {
    for (let turn = 0; !isOver; turn += 1) {
      for (const until = Date.now() + pause; Date.now() < until && !isOver;) await Bun.sleep(50);
      if (isOver) return;
      await run(turn);
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }

  const running = Promise.all([
    every(9_000, 'reloads', () => process.kill(serverPid(warmfront), 'SIGHUP')),
    every(14_000, 'workers killed', () => {
      const [victim] = childrenOf(serverPid(warmfront));
      if (victim !== undefined) process.kill(victim, 'SIGKILL');
    }),
    every(4_000, 'certificates renewed', () => acm.send(new RenewCertificateCommand({ CertificateArn: certificateArn }))),
    every(3_000, 'configurations', (turn) => updateSite(client, site.id, (config) => ({ ...config, Comment: `turn ${turn}` }))),
    every(1_000, 'invalidations', (turn) => client.send(new CreateInvalidationCommand(invalidation(site.id, turn)))),
    every(50, 'garbage', (turn) => garbage(target, turn)),
    every(500, 'stalled', () => stall(target)),
  ]);
  return {
    async stop() {
      isOver = true;
      await running;
    },
    counts: () => counts,
  };
}

function invalidation(DistributionId: string, turn: number) {
  const paths = [`/o/${turn % 8}/*`];
  return { DistributionId, InvalidationBatch: { CallerReference: `soak ${turn}`, Paths: { Quantity: 1, Items: paths } } };
}

const NOISE = [
  'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x09\0\0\0\0\0',
  '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03',
  'GET / HTTP/9.9\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
] as const;

/** Octets that are no request, on either port, and then no more of them: left open, ended, or cut off. */
function garbage({ httpPort, httpsPort }: SoakTarget, turn: number): void {
  const noise = Buffer.from(NOISE[turn % NOISE.length]!, 'latin1');
  const inTls = turn % 3 === 0;
  const socket = inTls
    ? connectTls({
        port: httpsPort,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ALPNProtocols: turn % 2 === 0 ? ['h2'] : ['http/1.1'],
      })
    : connectTcp({ port: turn % 2 === 0 ? httpPort : httpsPort, host: '127.0.0.1' });
  // Being refused is the point.
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.once(inTls ? 'secureConnect' : 'connect', () => {
    socket.write(noise);
    if (turn % 4 === 0) socket.resetAndDestroy();
    else if (turn % 4 === 1) socket.end();
    else setTimeout(() => socket.destroy(), 500);
  });
}

/** A head that never comes to its end; a viewer that never reads. */
function stall({ httpPort, host }: SoakTarget): void {
  const socket = connectTcp({ port: httpPort, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.once('connect', () => {
    socket.write(`GET /o/7/1 HTTP/1.1\r\nHost: ${host}\r\n`);
    socket.pause();
    setTimeout(() => socket.destroy(), 5_000);
  });
}
