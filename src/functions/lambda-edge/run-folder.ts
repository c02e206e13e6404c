/**
 * Where the sockets of one edge's functions lie, and their code where it must be copied: a folder for temporary files, which goes with the edge.
 * What those have left who were killed is removed by the next.
 */
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../model/error-code.ts';

const FOLDER = /^warmfront-lambda-(\d+)-/;

/** Ours: short, for sockets have short paths; with the number of this process, so that what is left behind can be told from what is used. */
export function makeRunFolder(): string {
  const above = tmpdir().length > 60 ? '/tmp' : tmpdir();
  for (const name of readdirSync(above)) {
    const owner = FOLDER.exec(name)?.[1];
    const path = join(above, name);
    // Whatever its name: only what is ours.
    const isLeft = owner !== undefined && !isAlive(Number(owner)) && lstatSync(path).uid === process.getuid?.();
    if (isLeft) rmSync(path, { recursive: true, force: true });
  }
  return mkdtempSync(join(above, `warmfront-lambda-${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** It has ended, and nobody has asked how. */
function isZombie(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && readFileSync(path, 'latin1').includes(') Z ');
}
