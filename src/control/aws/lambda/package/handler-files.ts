/**
 * Which files of a package may hold a handler: `folder/index.handler` is the export `handler` of folder/index.js and its like, or of the
 * Python module folder.index. Lambda developer guide: handlers of Node.js and Python. How they are loaded: functions/lambda-edge/bootstrap.
 */
import { interpreterOf } from '../../../../model/lambda-version.ts';

const NODE_ENDINGS = ['.js', '.mjs', '.cjs', '/index.js', '/index.mjs', '/index.cjs', ''] as const;

/** The paths that are looked for, first things first; none for a handler that names no export. */
export function handlerFiles(runtime: string, handler: string): readonly string[] {
  if (interpreterOf(runtime) === 'python') {
    const at = handler.lastIndexOf('.');
    const module = handler.slice(0, at).replaceAll('.', '/');
    return at <= 0 ? [] : [`${module}.py`, `${module}/__init__.py`, `${module}.pyc`];
  }
  const folder = handler.slice(0, handler.lastIndexOf('/') + 1);
  const [module = '', name] = handler.slice(folder.length).split('.', 2);
  return module === '' || !name ? [] : NODE_ENDINGS.map((ending) => `${folder}${module}${ending}`);
}
