/**
 * What an interpreter is started with: the text that runs handlers there. Node.js gets a function of guest/, type-checked like everything
 * else and sent over as its own text; Python a file of its own.
 */
import python from './guest/bootstrap.py' with { type: 'text' };
import { runHandlers } from './guest/run-handlers.ts';

export interface BootstrapFile {
  readonly name: string;
  readonly text: string;
}

const MODULES = ['fs', 'http', 'module', 'path', 'url', 'util'] as const;

const NODE: BootstrapFile = {
  name: 'bootstrap.mjs',
  text: `${MODULES.map((name) => `import * as ${name} from 'node:${name}';`).join('\n')}
const load = (address) => import(address);
await (${runHandlers.toString()})({ ${MODULES.join(', ')}, load });
`,
};

const PYTHON: BootstrapFile = { name: 'bootstrap.py', text: python };

export const BOOTSTRAPS: Readonly<Record<'node' | 'python', BootstrapFile>> = { node: NODE, python: PYTHON };
