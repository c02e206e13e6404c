/**
 * Runs Bun in the place of this process: same arguments, same standard streams, signals passed on, same way of ending.
 * Plain JavaScript for Node. Where Bun is: find-bun.js.
 */
import { spawn } from 'node:child_process';
import { findBun } from './find-bun.js';

/**
 * Runs Bun with the arguments, passes signals on, and ends as Bun ended. Says what to do when there is no Bun.
 * @param {readonly string[]} args
 */
export function runBun(args) {
  const bun = findBun();
  if (bun === undefined) {
    process.stderr.write(
      `warmfront: Bun was not found for ${process.platform}-${process.arch}: run "npm install" without --omit=optional, or put bun on PATH\n`,
    );
    process.exit(1);
  }
  const child = spawn(bun, args, { stdio: 'inherit' });
  // A terminal sends Ctrl-C to the whole process group; passing it on would deliver it twice.
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'])) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`warmfront: cannot run ${bun}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
