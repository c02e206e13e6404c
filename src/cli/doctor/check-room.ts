/**
 * Is there room for what the settings allow: disk for --disk, memory for --memory, descriptors for viewers? Limits are those of this shell,
 * or of the running server where it runs.
 */
import { readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Settings } from '../../tables/settings.ts';
import { inUnits, ok, problem, warning, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';

const MB = 1024 * 1024;
/** Ours: state, logs and certificates want at least this. */
const LEAST_DISK = 100 * MB;
/** Ours: what the process needs beside the cache in memory: the runtime, and bodies on their way. */
const BESIDE_CACHE = 200 * MB;
/** Ours: every viewer takes a descriptor, a fetch or an open body another. */
const FEW_DESCRIPTORS = 1024;
const ENOUGH_DESCRIPTORS = 10_240;

export function checkRoom({ settings, record, isRunning }: Patient): readonly Finding[] {
  const findings = [...checkDisk(settings), checkMemory(settings, isRunning)];
  const limit = descriptorLimit(isRunning ? record?.pid : undefined);
  if (limit !== undefined) findings.push(judgeDescriptors(limit));
  return findings;
}

function checkDisk({ data, disk }: Settings): readonly Finding[] {
  const { bavail, bsize, files, ffree } = statfsSync(existing(data));
  const cached = disk === 0 ? 0 : sizeBelow(join(data, 'cache'));
  const findings = [judgeDisk({ free: bavail * bsize, bound: disk, cached })];
  // Some file systems count none.
  if (files > 0 && ffree / files < 0.05) {
    const advice = 'free some; objects above 64 KB take one each, or use a file system without such a limit';
    findings.push(warning('inodes', `${ffree} of ${files} are free`, advice));
  }
  return findings;
}

export interface DiskFacts {
  readonly free: number;
  /** --disk. */
  readonly bound: number;
  /** What the cache takes already. */
  readonly cached: number;
}

export function judgeDisk({ free, bound, cached }: DiskFacts): Finding {
  const grows = Math.max(0, bound - cached);
  if (free < LEAST_DISK) {
    return problem('disk', `only ${inUnits(free)} are free`, 'free disk space, or choose another place with --data');
  }
  if (free < grows + LEAST_DISK) {
    const found = `${inUnits(free)} are free, and the cache may grow by ${inUnits(grows)}`;
    return warning('disk', found, 'lower --disk, free disk space, or choose another place with --data');
  }
  const room = bound === 0 ? 'no cache on disk' : `room for the ${inUnits(bound)} of --disk`;
  return ok('disk', `${inUnits(free)} are free: ${room}`);
}

function checkMemory({ memory }: Settings, isRunning: boolean): Finding {
  // A running server has taken its memory already.
  if (isRunning) return ok('memory', `--memory is ${inUnits(memory)}`);
  return judgeMemory(memory, Math.min(availableMemory(), containerLimit() ?? Infinity));
}

export function judgeMemory(cache: number, available: number): Finding {
  const needed = cache + BESIDE_CACHE;
  return available >= needed
    ? ok('memory', `${inUnits(available)} are available, up to ${inUnits(needed)} are needed`)
    : warning(
        'memory',
        `${inUnits(available)} are available, up to ${inUnits(needed)} are needed`,
        'lower --memory, or give it more; the kernel ends what outgrows its memory',
      );
}

export function judgeDescriptors(limit: number): Finding {
  if (limit < FEW_DESCRIPTORS) {
    return problem(
      'open files',
      `at most ${limit}: too few to serve`,
      'raise it: ulimit -n 65536, or LimitNOFILE=65536 in the unit',
    );
  }
  const found = `at most ${limit}, for about ${Math.floor(limit * 0.8)} viewers at once`;
  return limit < ENOUGH_DESCRIPTORS
    ? warning('open files', found, 'for more, raise it: ulimit -Hn 65536, or LimitNOFILE=65536 in the unit')
    : ok('open files', found);
}

/** The hard limit: Bun raises its own to it. */
function descriptorLimit(pid: number | undefined): number | undefined {
  try {
    const limits = readFileSync(`/proc/${pid ?? 'self'}/limits`, 'utf8');
    const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
    return hard === 'unlimited' ? Infinity : hard === undefined ? undefined : Number(hard);
  } catch {
    return undefined;
  }
}

function availableMemory(): number {
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  } catch {
    return freemem();
  }
}

/** Control groups, version 2 and 1. */
function containerLimit(): number | undefined {
  for (const path of ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']) {
    try {
      const limit = Number(readFileSync(path, 'utf8'));
      if (Number.isFinite(limit)) return limit;
    } catch {
      // Not in such a group.
    }
  }
  return undefined;
}

function existing(path: string): string {
  let there = path;
  while (statSync(there, { throwIfNoEntry: false }) === undefined && dirname(there) !== there) there = dirname(there);
  return there;
}

function sizeBelow(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    return 0;
  }
}
