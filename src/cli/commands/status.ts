/**
 * `warmfront status`: what the running Warmfront serves, as a page for people or as JSON for scripts.
 */
import type { Health, Status } from '../../model/admin.ts';
import type { ControlClient } from '../control-client.ts';
import { columns, type Terminal } from '../terminal.ts';

export async function printStatus(client: ControlClient, asJson: boolean, terminal: Terminal): Promise<number> {
  const [health, status] = await Promise.all([client.health(), client.status()]);
  if (asJson) terminal.print(JSON.stringify({ ...health, ...status }, null, 2));
  else for (const line of page(health, status)) terminal.print(line);
  return health.ready ? 0 : 1;
}

function page(health: Health, status: Status): string[] {
  const { store } = status;
  return [
    `Warmfront ${health.version}, ${health.ready ? 'ready' : 'starting'}, snapshot ${health.snapshotVersion}`,
    '',
    ...columns(health.listeners.map((listener) => [listener.serves, listener.protocol, listener.url])),
    '',
    ...columns(
      health.edges.map((edge) => [
        `edge ${edge.id}`,
        `snapshot ${edge.snapshotVersion}`,
        `invalidations applied up to ${edge.banSequence}`,
      ]),
    ),
    `cache: ${store.objects} objects, ${megabytes(store.bytes)} of ${megabytes(store.capacity)}; ${status.bans} invalidations in force`,
    '',
    ...(status.distributions.length === 0 ? ['no distributions'] : []),
    ...columns(
      status.distributions.map((distribution) => [
        distribution.id,
        distribution.status,
        distribution.enabled ? 'enabled' : 'disabled',
        [distribution.domainName, ...distribution.aliases].join(' '),
      ]),
    ),
    ...status.distributions.flatMap(({ id, warnings }) => warnings.map((warning) => `warning: ${id}: ${warning}`)),
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
