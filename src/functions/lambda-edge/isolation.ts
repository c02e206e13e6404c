/**
 * How customers' code is kept apart from everything else on the machine: the command that starts a function's process, as far as this system
 * and this user allow it. Found out once, by trying. docs/guides/lambda-at-edge.md tells what each level means; docs/decisions/0010 why.
 *
 *   namespaces   its own mounts, processes, network, IPC and host name; of the file system only the system's programs, its code and a /tmp
 *   user         another user of the system, but the same file system and network: root without the right to namespaces
 *   none         the same user: neither of the two can be had
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bytes } from '../../model/units.ts';
import { MIB } from '../../model/units.ts';

export type IsolationLevel = 'namespaces' | 'user' | 'none';

export interface Isolation {
  readonly level: IsolationLevel;
  /** Processes have users of their own. */
  readonly isOtherUser: boolean;
  /** The argument vector that runs `program` for one process. */
  command(place: ProcessPlace, program: readonly string[]): readonly string[];
  /** Where a process finds what its place holds. */
  inside(place: ProcessPlace): { readonly code: string; readonly run: string };
}

export interface ProcessPlace {
  /** Its code, unpacked. */
  readonly code: string;
  /** Where the bootstrap and the socket lie. */
  readonly run: string;
  /** An empty folder, to mount on. */
  readonly root: string;
  /** Different for each process of this machine. */
  readonly uid: number;
  readonly memory: Bytes;
  /** What of the network it reaches: nothing, or what this machine does. */
  readonly network: 'none' | 'host';
  /** Folders outside of /usr that the interpreter needs. */
  readonly programs: readonly string[];
}

/** Ours: of the processes of one function. Threads count; Node.js has a dozen. */
const MOST_PROCESSES = 256;
const MOST_FILES = 1024;
/** Ours: viewers who wait for the cache go before functions, where there is not enough of the processor for both. AWS gives them a share by their memory. */
const POLITELY = ['nice', '-n', '10'] as const;
/** Ours: AWS gives 512 MB, of a disk; this is memory. */
const TMP_SIZE = '64m';
/** Ours: what an interpreter has mapped before any code of the function's runs, and room for what is watched more exactly (memory-watch.ts). */
const MAPPED: Bytes = 768 * MIB;
const CODE = '/var/task';
const RUN = '/var/runtime';

/**
 * Makes a root of its own out of what is needed, and steps into it; without System V's shared memory, which nobody need have mapped, where
 * the kernel lets that be said. Arguments: root, code, run folder, size of /tmp, folders of programs
 * until `--`, then the command.
 */
const BUILD_ROOT = `set -e
root=$1 code=$2 run=$3 tmp=$4; shift 4
mount -t tmpfs -o mode=755,size=4m,nosuid tmpfs "$root"
cd "$root"
mkdir -p usr etc dev proc tmp var/task var/runtime
show() { mkdir -p ".$1"; mount --rbind "$1" ".$1"; }
show /usr
for each in bin sbin lib lib32 lib64; do
  if [ -L "/$each" ]; then ln -s "$(readlink "/$each")" "$each"; elif [ -d "/$each" ]; then show "/$each"; fi
done
while [ "$1" != -- ]; do show "$1"; shift; done
shift
for each in alternatives ssl pki ca-certificates; do if [ -d "/etc/$each" ]; then show "/etc/$each"; fi; done
for each in ld.so.cache localtime resolv.conf hosts nsswitch.conf; do
  if [ -f "/etc/$each" ]; then cat "/etc/$each" > "etc/$each"; fi
done
for each in null zero full random urandom; do : > "dev/$each"; mount --bind "/dev/$each" "dev/$each"; done
mount --bind "$code" var/task
mount -o remount,bind,ro,nosuid,nodev var/task
mount --bind "$run" var/runtime
mount -o remount,bind,ro,nosuid,nodev var/runtime
mount -t proc -o nosuid,nodev,noexec proc proc
(echo 0 > proc/sys/kernel/shmall) 2>/dev/null || true
mount -t tmpfs -o mode=1777,size="$tmp",nosuid,nodev tmpfs tmp
mount -o remount,ro,mode=755,size=4m,nosuid "$root" . 2>/dev/null || true
unset OLDPWD
exec chroot . "$@"`;

export interface Tools {
  readonly isRoot: boolean;
  /** Runs a command to its end; true when it succeeds. */
  readonly succeeds: (command: readonly string[]) => Promise<boolean>;
}

/** The strictest of the levels that works here. */
export async function findIsolation({ isRoot, succeeds }: Tools, place: ProcessPlace): Promise<Isolation> {
  const levels = [namespaces(isRoot), ...(isRoot ? [otherUser()] : []), sameUser(true)];
  for (const level of levels) if (await succeeds(level.command(place, ['/bin/true']))) return level;
  return sameUser(false);
}

function namespaces(isRoot: boolean): Isolation {
  return {
    level: 'namespaces',
    isOtherUser: isRoot,
    command({ code, run, root, uid, memory, network, programs }, program) {
      const namespace = ['--mount', '--pid', '--ipc', '--uts', '--cgroup', ...(network === 'none' ? ['--net'] : [])];
      // Nobody outlives who started it: neither this, nor what it starts, nor theirs.
      const start = [...POLITELY, 'setpriv', '--pdeathsig', 'KILL', 'unshare', ...namespace, '--fork', '--kill-child=KILL'];
      const build = ['/bin/sh', '-c', BUILD_ROOT, 'sh', root, code, run, TMP_SIZE, ...programs, '--'];
      // A user namespace of one's own counts others' processes, too.
      const bounds = limits(memory, isRoot);
      const within = ['/usr/bin/env', `--chdir=${CODE}`, `PWD=${CODE}`, ...bounds, ...confined(isRoot ? uid : undefined)];
      return [...start, ...(isRoot ? [] : ['--user', '--map-root-user']), ...build, ...within, ...program];
    },
    inside: () => ({ code: CODE, run: RUN }),
  };
}

function otherUser(): Isolation {
  return {
    level: 'user',
    isOtherUser: true,
    command: ({ code, uid, memory }, program) => [
      ...POLITELY,
      '/usr/bin/env',
      `--chdir=${code}`,
      ...limits(memory, true),
      ...confined(uid),
      ...program,
    ],
    inside: ({ code, run }) => ({ code, run }),
  };
}

/** What is left where there is neither: at least nobody gains anything, and nobody is left behind. */
function sameUser(hasTools: boolean): Isolation {
  return {
    level: 'none',
    isOtherUser: false,
    command: (_place, program) =>
      hasTools ? [...POLITELY, 'setpriv', '--no-new-privs', '--pdeathsig', 'KILL', ...program] : program,
    inside: ({ code, run }) => ({ code, run }),
  };
}

/** Without any privilege, nor a way to get one. */
function confined(uid: number | undefined): readonly string[] {
  const user = uid === undefined ? [] : [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  return ['setpriv', ...user, '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--pdeathsig', 'KILL'];
}

function limits(memory: Bytes, countsProcesses: boolean): readonly string[] {
  const processes = countsProcesses ? [`--nproc=${MOST_PROCESSES}`] : [];
  return ['prlimit', `--data=${memory + MAPPED}`, `--nofile=${MOST_FILES}`, '--core=0', ...processes];
}

/** The folder that an interpreter outside of /usr needs to run: its installation. */
export function installationOf(program: string): readonly string[] {
  const place = realpathSync(program);
  const folder = dirname(dirname(place));
  const isSystem = ['/usr', '/bin', '/sbin', '/lib'].some((each) => folder === each || folder.startsWith(`${each}/`));
  return isSystem || folder === '/' ? [] : [folder];
}

/** The first program of this name on the PATH; undefined where there is none. */
export function findProgram(name: string, path: string): string | undefined {
  const places = path.split(':').filter((folder) => folder.startsWith('/'));
  return places.map((folder) => join(folder, name)).find((place) => existsSync(place));
}
