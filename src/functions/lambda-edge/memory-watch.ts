/**
 * How much memory a function's processes have, all of them together: read off /proc while it runs, since it cannot be bounded exactly from
 * within (isolation.ts bounds what may be mapped). Where there is no /proc, nobody knows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Bytes } from '../../model/units.ts';

const PAGE: Bytes = 4096;
/** Ours: a tree of processes is looked at so far. */
const MOST_PROCESSES = 512;

/** What the process and its descendants have resident; 0 where that cannot be seen. */
export function residentMemory(pid: number): Bytes {
  let total: Bytes = 0;
  const waiting = [pid];
  for (let seen = 0; waiting.length > 0 && seen < MOST_PROCESSES; seen += 1) {
    const each = waiting.pop() ?? pid;
    total += residentOf(each);
    waiting.push(...childrenOf(each));
  }
  return total;
}

function residentOf(pid: number): Bytes {
  return Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE;
}

function childrenOf(pid: number): readonly number[] {
  return threadsOf(pid).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number));
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
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
