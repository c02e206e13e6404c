/**
 * Lambda@Edge functions behind the edge's port: a pool of processes for each version, no more of all together than there may be. Each edge has
 * its own: docs/decisions/0010-lambda-at-edge.md. What a process is: function-process.ts; how it is kept apart: isolation.ts.
 */
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EdgeLambdas, LambdaRun } from '../../edge/lambda-ports.ts';
import { interpreterOf, type LambdaVersion } from '../../model/lambda-version.ts';
import { sentence } from '../../model/sentence.ts';
import type { Duration } from '../../model/units.ts';
import { LAMBDA_QUOTAS } from '../../tables/lambda-edge.ts';
import { startProcess, type FunctionProcess } from './function-process.ts';
import { systemFor, type System } from './find-system.ts';
import type { Interpreter } from './interpreters.ts';
import type { Isolation } from './isolation.ts';
import { createProcessPool, failedRun, type ProcessPool } from './process-pool.ts';
import { makeRunFolder } from './run-folder.ts';

export interface LambdasOptions {
  /** Where code lies unpacked, each package in a folder of its SHA-256. */
  readonly codeFolder: string;
  /** What of the network functions reach. */
  readonly network: 'none' | 'host';
  /** How many processes there may be at once. */
  readonly mostProcesses: number;
  /** Tells the processes of several edges of one machine apart. */
  readonly slot: number;
  readonly warn: (message: string) => void;
}

export interface Lambdas extends EdgeLambdas {
  /** Whatever the event is. */
  run(version: LambdaVersion, event: unknown, limit: Duration): Promise<LambdaRun>;
  /** Ends all processes. */
  close(): void;
}

/** Ours: users of functions, who need no entry anywhere: the last that systemd gives to services for as long as they run. */
const FIRST_UID = 61_184;
const UIDS = 4_096;
/** A slot's share of them. */
const UIDS_PER_SLOT = 64;

interface Means extends System {
  /** Of this edge: sockets, and code where it must be copied. */
  readonly folder: string;
}

export function createLambdas(options: LambdasOptions): Lambdas {
  const { codeFolder, network, mostProcesses, slot, warn } = options;
  const pools = new Map<string, ProcessPool>();
  let means: Promise<Means> | undefined;
  let folder: string | undefined;
  let processes = 0;
  let started = 0;

  /** When the first function comes: whoever has none pays nothing. */
  async function findMeans(): Promise<Means> {
    const made = makeRunFolder();
    folder = made;
    const place = {
      code: made,
      run: made,
      root: made,
      uid: uidOf(0),
      memory: LAMBDA_QUOTAS.memory.usual,
      network,
      programs: [],
    };
    const system = await systemFor(place);
    const { level } = system.isolation;
    if (level !== 'namespaces') warn(WEAKER[level]);
    if (level === 'user') chmodSync(made, 0o711);
    return { ...system, folder: made };
  }

  function uidOf(number: number): number {
    return FIRST_UID + ((slot * UIDS_PER_SLOT + (number % UIDS_PER_SLOT)) % UIDS);
  }

  function poolOf(version: LambdaVersion, found: Means): ProcessPool {
    const known = pools.get(keyOf(version));
    if (known !== undefined) return known;
    const pool = createProcessPool({
      start: (becameIdle) => start(version, found, pool, becameIdle),
      becameFree: () => giveRoom(pool),
    });
    pools.set(keyOf(version), pool);
    return pool;
  }

  function start(version: LambdaVersion, found: Means, pool: ProcessPool, becameIdle: () => void): FunctionProcess | undefined {
    const { isolation, folder: home } = found;
    const interpreter = interpreterIn(found, version);
    if (interpreter === undefined) return undefined;
    if (processes >= mostProcesses && !makeRoom(pool)) return undefined;
    started += 1;
    const begun = startProcess({
      version,
      interpreter,
      isolation,
      network,
      code: codeOf(version, isolation, home),
      folder: join(home, String(started)),
      uid: uidOf(started),
      becameIdle,
    });
    processes += 1;
    void begun.ended.then(() => (processes -= 1));
    return begun;
  }

  /** A full disk is no reason not to try again. */
  function cannotRun(error: unknown): void {
    means = undefined;
    warn(`functions of Lambda@Edge cannot run at the moment: ${sentence(error)}`);
  }

  /** Whoever waits for a place may have it now. */
  function giveRoom(by: ProcessPool): void {
    for (const pool of pools.values()) if (pool !== by) pool.grow();
  }

  /** Whoever has not run for longest gives one up. */
  function makeRoom(besides: ProcessPool): boolean {
    const others = [...pools.values()].filter((pool) => pool !== besides);
    return others.toSorted((one, other) => one.lastUsed - other.lastUsed).some((pool) => pool.yieldOne());
  }

  /** Another user of the system cannot go into our data directory. */
  function codeOf({ codeSha256 }: LambdaVersion, isolation: Isolation, home: string): string {
    const kept = join(codeFolder, codeSha256);
    if (isolation.level !== 'user') return kept;
    const copy = join(home, 'code', codeSha256);
    if (!existsSync(copy)) cpSync(kept, copy, { recursive: true });
    return copy;
  }

  return {
    load(versions) {
      if (versions.length === 0) return undefined;
      means ??= findMeans();
      return means.then(({ interpreters }) => {
        const needsPython = versions.some(({ runtime }) => interpreterOf(runtime) === 'python');
        if (needsPython && interpreters.python === undefined)
          warn(
            'functions of Python cannot run: there is no python3 in /usr/bin, /usr/local/bin or on the PATH that they could use',
          );
      }, cannotRun);
    },
    retain(versions) {
      const kept = new Set(versions.map(keyOf));
      for (const [key, pool] of pools) {
        if (kept.has(key)) continue;
        pools.delete(key);
        pool.retire();
      }
    },
    async run(version, event, limit) {
      means ??= findMeans();
      let found: Means;
      try {
        found = await means;
      } catch (error) {
        cannotRun(error);
        return failedRun(sentence(error));
      }
      if (interpreterIn(found, version) === undefined)
        return failedRun(`there is no interpreter for ${version.runtime} that functions could use`);
      return poolOf(version, found).run(JSON.stringify(event), Math.min(limit, version.timeout));
    },
    close() {
      for (const pool of pools.values()) pool.close();
      pools.clear();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A number is given once, but to a function that was deleted and made again, too. */
function keyOf(version: LambdaVersion): string {
  return JSON.stringify(version);
}

function interpreterIn({ interpreters }: Means, { runtime }: LambdaVersion): Interpreter | undefined {
  return interpreterOf(runtime) === 'python' ? interpreters.python : interpreters.node;
}

const WEAKER = {
  user: 'functions run as users of their own, but in the file system and network of this machine: namespaces cannot be had here (docs/guides/lambda-at-edge.md)',
  none: 'functions run as the same user as Warmfront, and can read and reach whatever it can: neither namespaces nor other users can be had here (docs/guides/lambda-at-edge.md)',
} as const;
