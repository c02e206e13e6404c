/**
 * `warmfront purge`: forget cached responses, or make them stale, and prove it: the answer comes when every edge has applied the
 * invalidation.
 */
import type { ControlClient } from '../control-client.ts';
import { columns, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

export async function purge(
  words: readonly string[],
  client: () => ControlClient,
  { asJson, soft }: { readonly asJson: boolean; readonly soft: boolean },
  terminal: Terminal,
): Promise<number> {
  const [distribution, ...paths] = words;
  if (distribution === undefined) throw new UsageError("say what to purge: warmfront purge DISTRIBUTION '/*'");
  if (paths.length === 0) throw new UsageError(`say which paths to purge: warmfront purge ${distribution} '/*'`);
  const wrong = paths.find((path) => !/^[/#]/.test(path));
  if (wrong !== undefined) throw new UsageError(`a path begins with "/", a cache tag with "#": ${wrong}`);
  const receipt = await client().purge({ distribution, paths, soft });
  if (asJson) {
    terminal.print(JSON.stringify(receipt, null, 2));
    return 0;
  }
  const what = `${receipt.distributionId} ${receipt.paths.join(' ')}${receipt.soft ? ' (stale, not forgotten)' : ''}`;
  terminal.print(`${receipt.invalidationId} Completed: ${what}`);
  const rows = receipt.edges.map((edge) => [
    `edge ${edge.id}`,
    new Date(edge.acknowledgedAt).toISOString(),
    `after ${edge.took} ms`,
  ]);
  for (const line of columns(rows)) terminal.print(`  ${line}`);
  return 0;
}
