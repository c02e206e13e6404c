import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { receiveNotifications } from '../../../test/packaging/notify-receiver.ts';
import { createServiceStatus } from './notify-systemd.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'warmfront-notify-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rows: [name: string, address: () => string][] = [
  ['a path', () => join(folder, 'notify')],
  ['an abstract address', () => `@${folder}/abstract`],
];
test.each(rows)('systemd at %s is told', async (_, address) => {
  const systemd = await receiveNotifications(address());
  const reported: string[] = [];
  const environment = { NOTIFY_SOCKET: address(), WATCHDOG_USEC: '20000' };
  const status = createServiceStatus({ environment, report: (message) => reported.push(message) });
  status.ready();
  expect([await systemd.next(), await systemd.next(), await systemd.next()]).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1']);
  status.stopping();
  let last = await systemd.next();
  while (last === 'WATCHDOG=1') last = await systemd.next();
  systemd.stop();
  expect({ last, reported }).toEqual({ last: 'STOPPING=1', reported: [] });
});

test('a socket where nobody listens is reported once, and does no harm', () => {
  const reported: string[] = [];
  const environment = { NOTIFY_SOCKET: join(folder, 'nobody') };
  const status = createServiceStatus({ environment, report: (message, error) => reported.push(`${message}: ${String(error)}`) });
  status.ready();
  status.stopping();
  expect(reported).toHaveLength(1);
  expect(reported[0]).toContain('nobody takes the datagram');
});
