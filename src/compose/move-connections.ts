/**
 * Whether a worker that goes takes connections along that the kernel has accepted for it and it has not taken yet. Linux hands them to
 * another worker that listens on the port, if net.ipv4.tcp_migrate_req says so; without, they are reset (decision 9).
 * Ours: a server that is started by root says so itself, for its network namespace, and in its log; anybody else is told by `warmfront doctor`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerLog } from '../adapters/log/server-log.ts';

const SWITCH = '/proc/sys/net/ipv4/tcp_migrate_req';

export function moveConnections(serverLog: Pick<ServerLog, 'info'>, path = SWITCH): void {
  try {
    if (readFileSync(path, 'latin1').trim() !== '0') return;
    writeFileSync(path, '1');
  } catch {
    // No Linux, no such kernel, or no right to it.
    return;
  }
  serverLog.info('net.ipv4.tcp_migrate_req is 1 now, so that a reload loses no connection (--no-tune-kernel leaves it alone)');
}
