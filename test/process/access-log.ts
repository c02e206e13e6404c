/** What a running Warmfront has written to its access log. Its workers write lines some time after the requests: so tests wait for them. */
import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { RunningWarmfront } from '../clients/running-warmfront.ts';

/** The lines with `text`, once there are `count` of them. */
export function loggedLines({ data }: Pick<RunningWarmfront, 'data'>, text: string, count: number): Promise<readonly string[]> {
  const path = join(data, 'access.log');
  const written = Promise.withResolvers<readonly string[]>();
  const look = (): void => {
    if (!existsSync(path)) return;
    // What follows the last line end is not whole yet.
    const lines = readFileSync(path, 'latin1').split('\n').slice(0, -1);
    const found = lines.filter((line) => line.includes(text));
    if (found.length >= count) written.resolve(found);
  };
  // The folder, because the log may yet have to come.
  const watcher = watch(data, (_, name) => name === 'access.log' && look()).on('error', written.reject);
  look();
  return written.promise.finally(() => watcher.close());
}
