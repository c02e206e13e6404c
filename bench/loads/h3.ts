/**
 * HTTP/3 by Bun's own client, in a process of its own: Debian's h2load has none. It costs more than a server does, so requests/s tells
 * how fast the client is; the CPU time of the server for each request is what counts.
 */
import { join } from 'node:path';
import { bunCommand, output } from '../processes.ts';
import { PATIENCE, type LoadOrder, type LoadResult } from './load.ts';

export async function runH3(order: LoadOrder): Promise<LoadResult> {
  const client = join(import.meta.dir, 'h3-client.ts');
  const command = ['taskset', '-c', order.cores, ...bunCommand(), client, JSON.stringify(order)];
  const said = await output(command, order.seconds + PATIENCE);
  const requests = Number(/^(\d+)$/m.exec(said)?.[1]);
  if (!(requests > 0)) throw new Error(`${order.base}: the load failed\n${said}`);
  return { requests, requestsPerSecond: requests / order.seconds };
}
