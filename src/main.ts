/**
 * The program: the command line, or, where `up` says so, one of its workers. How its parts are put together: compose/.
 */
import { runCli } from './cli/run.ts';

const words = process.argv.slice(2);

// Each part is read only when it is wanted: `warmfront status` need not wait for a server.
const exitCode =
  words[0] === 'worker'
    ? await (await import('./compose/worker.ts')).work()
    : await runCli(words, {
        up: async (read, reread) => (await import('./compose/up.ts')).up(read, reread),
        functionBench: async () => (await import('./compose/run-function.ts')).functionBench,
      });
process.exit(exitCode);
