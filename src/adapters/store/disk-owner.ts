/**
 * Whose a disk cache is: the sequence numbers of bans mean something only to the control plane that issued them, and files only to
 * the version that wrote them. A cache of another owner is emptied, since what it holds could no longer be invalidated.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './disk-file.ts';

/** Changes whenever segments, body files or the journal are laid out differently. */
const LAYOUT = 1;

/** True when the directory held somebody else's cache, which is gone now. */
export async function claimDirectory(directory: string, owner: string): Promise<boolean> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'owner');
  const claim = `${LAYOUT} ${owner}\n`;
  const found = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (found === claim) return false;
  for (const name of ['journal', 'journal.new', 'segments', 'bodies']) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
  await writeFile(path, claim, { mode: 0o600 });
  return found !== undefined;
}
