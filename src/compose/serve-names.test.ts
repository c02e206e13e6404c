import { createSocket } from 'node:dgram';
import { expect, test } from 'bun:test';
import type { ServerLog } from '../adapters/log/server-log.ts';
import { SETTINGS } from '../tables/settings.ts';
import { serveNames } from './serve-names.ts';

/** Takes the port, unless somebody has it already; resolves with its number. */
async function take(port: number): Promise<{ readonly port: number; release(): void }> {
  const socket = createSocket('udp4');
  const bound = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => resolve(true));
  });
  return { port: bound ? socket.address().port : port, release: () => void (bound && socket.close()) };
}

async function serve(dnsPort: number): Promise<{ readonly port: number; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const serverLog = { warning: (message: string) => void warnings.push(message) } as unknown as ServerLog;
  const control = { cloudFront: { findDistribution: () => undefined } } as unknown as Parameters<typeof serveNames>[1];
  const server = await serveNames({ host: '127.0.0.1', dnsPort, domainSuffix: 'cloudfront.localhost' }, control, serverLog);
  await server.stop();
  return { port: server.port, warnings };
}

test('the port that nobody has asked for is taken: another one, and the log says which', async () => {
  const other = await take(SETTINGS.dnsPort.fallback);
  const { port, warnings } = await serve(SETTINGS.dnsPort.fallback);
  expect(port).not.toBe(SETTINGS.dnsPort.fallback);
  expect(warnings).toEqual([
    `cannot listen on 127.0.0.1 UDP port 5380 (--dns-port): the port is taken; stop what uses it or choose another with --dns-port; until then names are answered at port ${port}`,
  ]);
  other.release();
});

test('a port that was asked for is taken: no start', async () => {
  const other = await take(0);
  await expect(serve(other.port)).rejects.toThrow(
    `cannot listen on 127.0.0.1 UDP port ${other.port} (--dns-port): the port is taken`,
  );
  other.release();
});
