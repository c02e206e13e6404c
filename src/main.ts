/**
 * The program: the command line, and what is started for `up`. How its parts are put together: compose/.
 */
import { runCli } from './cli/run.ts';

process.exit(
  await runCli(process.argv.slice(2), {
    // Read only when it is wanted: `warmfront status` need not wait for it.
    up: async (settings, warnings) => (await import('./compose/up.ts')).up(settings, warnings),
  }),
);
