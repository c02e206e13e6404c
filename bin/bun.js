/**
 * `node bin/bun.js ARGS` is `bun ARGS` with the Bun of this package, whether or not npm ran its install script.
 * The scripts of package.json use it; the program itself is started by warmfront.
 */
import { runBun } from './run-bun.js';

runBun(process.argv.slice(2));
