/**
 * How much memory a function's processes have, all of them together: read off /proc while it runs, since it cannot be bounded exactly from
 * within (isolation.ts bounds what may be mapped). Where there is no /proc, nobody knows.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { Bytes } from '../../model/units.ts';

const PAGE: Bytes = 4096;
/** stat(2) counts in these. */
const BLOCK: Bytes = 512;
/** Ours: a tree of processes is looked at so far. */
const MOST_PROCESSES = 512;
/** Ours: and so many of their open files: whoever looks has other things to do. */
const MOST_FILES = 2048;

/** The process and its descendants, as far as they can be seen. */
export function familyOf(pid: number): readonly number[] {
  const family = [pid];
  for (let at = 0; at < family.length && at < MOST_PROCESSES; at += 1) family.push(...childrenOf(family[at]!));
  return family;
}

/** What they have resident, and what they have written to files that are memory; 0 where that cannot be seen. */
export function residentMemory(pid: number): Bytes {
  const family = familyOf(pid);
  const files = new Set<number>();
  let left = MOST_FILES;
  let total: Bytes = 0;
  for (const each of family) {
    const open = left > 0 ? listed(`/proc/${each}/fd`).slice(0, left) : [];
    left -= open.length;
    total +=
      residentOf(each) +
      inMemoryFiles(
        open.map((name) => `/proc/${each}/fd/${name}`),
        files,
      );
  }
  return total;
}

/** memfd_create(2): nobody need have mapped them, so they are in nobody's resident memory, and no file system bounds them. */
function inMemoryFiles(open: readonly string[], seen: Set<number>): Bytes {
  let total: Bytes = 0;
  for (const path of open) {
    try {
      if (!readlinkSync(path).startsWith('/memfd:')) continue;
      const { ino, blocks } = statSync(path);
      if (!seen.has(ino)) total += blocks * BLOCK;
      seen.add(ino);
    } catch {
      // It has been closed meanwhile.
    }
  }
  return total;
}

function residentOf(pid: number): Bytes {
  return Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE;
}

function childrenOf(pid: number): readonly number[] {
  const threads = `/proc/${pid}/task`;
  return listed(threads).flatMap((thread) => read(`${threads}/${thread}/children`).split(' ').filter(Boolean).map(Number));
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It has ended meanwhile, or belongs to somebody else.
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
