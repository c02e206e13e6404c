/**
 * The programs that run handlers: the system's Node.js and Python, or Bun, which Warmfront is run by, where there is no Node.js. A runtime
 * names a version of the language (`nodejs20.x`); what runs is the version that is installed.
 */
import { homedir } from 'node:os';
import type { Bytes } from '../../model/units.ts';
import { MIB } from '../../model/units.ts';
import { findProgram, installationOf } from './isolation.ts';

export interface Interpreter {
  readonly language: 'node' | 'python';
  readonly program: string;
  /** Folders outside of the system's that it needs. */
  readonly installation: readonly string[];
  /** `run`: where the bootstrap lies. */
  command(run: string, memory: Bytes): readonly string[];
}

export interface Interpreters {
  readonly node: Interpreter;
  /** Undefined where there is none. */
  readonly python: Interpreter | undefined;
}

/** Ours: V8 keeps so much of the memory for its heap; the rest is code, stacks and buffers. */
const HEAP_SHARE = 0.75;

/** `isUsable`: whether it runs where functions do, which cannot go everywhere. `home`: what must not be seen there. */
export async function findInterpreters(
  path: string,
  isUsable: (interpreter: Interpreter) => Promise<boolean>,
  home = homedir(),
): Promise<Interpreters> {
  const first = async (all: readonly Interpreter[]): Promise<Interpreter | undefined> => {
    for (const each of all) if (!shows(each, home) && (await isUsable(each))) return each;
    return undefined;
  };
  const node = await first(programs('node', path).map(nodeAt));
  return { node: node ?? bun(), python: await first(programs('python3', path).map(pythonAt)) };
}

/** A program right in ~/bin has for its installation all that its user has. */
function shows({ installation }: Interpreter, folder: string): boolean {
  return installation.some((each) => `${folder}/`.startsWith(`${each}/`));
}

/** What the system has comes first: it can be seen from everywhere. */
function programs(name: string, path: string): readonly string[] {
  return [`/usr/bin/${name}`, `/usr/local/bin/${name}`, findProgram(name, path)].flatMap((place) => {
    const found = place === undefined ? undefined : findProgram(name, place.slice(0, place.lastIndexOf('/')));
    return found ?? [];
  });
}

function nodeAt(program: string): Interpreter {
  return {
    language: 'node',
    program,
    installation: installationOf(program),
    command: (run, memory) => [
      program,
      `--max-old-space-size=${Math.floor((memory / MIB) * HEAP_SHARE)}`,
      '--max-http-header-size=81920',
      `${run}/bootstrap.mjs`,
    ],
  };
}

function pythonAt(program: string): Interpreter {
  return {
    language: 'python',
    program,
    installation: installationOf(program),
    // Unbuffered, and no compiled files: the code cannot be written to.
    command: (run) => [program, '-u', '-B', `${run}/bootstrap.py`],
  };
}

function bun(): Interpreter {
  const program = process.execPath;
  return {
    language: 'node',
    program,
    installation: installationOf(program),
    // A binary with a program of ours inside is Bun again where it is told so.
    command: (run) => ['/usr/bin/env', 'BUN_BE_BUN=1', program, 'run', '--no-install', `${run}/bootstrap.mjs`],
  };
}
