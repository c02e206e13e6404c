/**
 * Where the processes of one Warmfront meet: a folder of this run below the data directory, which only its owner may enter. What earlier
 * runs have left is removed by the one that holds the data directory.
 *
 *     <data>/sockets/<process id>/
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LONGEST_SOCKET_PATH } from '../sockets/unix-sockets.ts';

/** Room for the longest name of a socket. */
const NAME_ROOM = 16;

export interface SocketFolder {
  path(name: string): string;
  /** The data directory is ours: nobody uses what else is here. */
  removeOthers(): void;
  remove(): void;
}

export function makeSocketFolder(data: string): SocketFolder {
  const all = join(data, 'sockets');
  const own = String(process.pid);
  const wanted = join(all, own);
  // The kernel takes short paths only.
  const isTooLong = Buffer.byteLength(wanted) + NAME_ROOM > LONGEST_SOCKET_PATH;
  const folder = isTooLong ? mkdtempSync(join(tmpdir(), 'warmfront-')) : wanted;
  if (!isTooLong) {
    rmSync(wanted, { recursive: true, force: true });
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
  }
  return {
    path: (name) => join(folder, name),
    removeOthers() {
      if (isTooLong) return;
      for (const name of readdirSync(all)) if (name !== own) rmSync(join(all, name), { recursive: true, force: true });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
