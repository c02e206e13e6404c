/**
 * The house rules that no compiler checks: which folder may import which, what pure folders may touch, how files are named and headed.
 * docs/architecture.md draws the same picture. Cycles inside one folder and default exports are the linter's (.oxlintrc.json).
 */
import { describe, expect, test } from 'bun:test';
import { basename, dirname, join, normalize } from 'node:path';

const PURE = new Set(['http', 'tables', 'model', 'core', 'insight']);

/** Folder -> what it may import besides itself: a folder, a file, or `type:` and a folder whose types alone it may use. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  http: ['model/units.ts'],
  // A result type or a log field is a function of core's Outcome.
  tables: ['http', 'model', 'type:core'],
  model: ['http', 'tables'],
  core: ['http', 'tables', 'model'],
  sigv4: ['http', 'model'],
  insight: ['http', 'tables', 'model', 'core'],
  edge: ['http', 'tables', 'model', 'core'],
  functions: ['http', 'tables', 'model', 'core', 'edge/ports.ts', 'edge/lambda-ports.ts'],
  // Frames and calls between our own processes; what they say is for those above.
  sockets: ['model'],
  adapters: [
    'http',
    'tables',
    'model',
    'sigv4',
    'type:core',
    'edge/answer.ts',
    'edge/ports.ts',
    'edge/store-ports.ts',
    'edge/certificate-ports.ts',
    'edge/waf-ports.ts',
    'edge/function-log.ts',
    'edge/tiers/next-tier.ts',
    'sockets',
  ],
  control: ['http', 'tables', 'model', 'sigv4', 'type:core', 'edge/ports.ts', 'edge/certificate-ports.ts'],
  demo: ['http', 'tables', 'model'],
  cli: ['tables', 'model'],
  testing: ['http', 'tables', 'model', 'core', 'sigv4', 'insight', 'edge', 'functions', 'sockets', 'adapters', 'control', 'demo'],
  compose: [
    'http',
    'tables',
    'model',
    'core',
    'sigv4',
    'insight',
    'edge',
    'functions',
    'sockets',
    'adapters',
    'control',
    'demo',
    'cli',
  ],
  'main.ts': ['compose', 'cli'],
};

/** What `import 'warmfront/testing'` finds: the only file that may gather others. */
const PACKAGE_ENTRY = 'testing/index.ts';

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/g;

/** What is wrong with the file `path` (relative to src), as sentences. */
function faults(path: string, source: string): string[] {
  const found: string[] = [];
  const folder = path.split('/')[0]!;
  const isTest = /\.(test|fixture)\.ts$/.test(path);
  if (!(folder in MAY_IMPORT)) return [`src/${path}: the folder "${folder}" has no row in MAY_IMPORT; say what it may import`];
  if (!source.startsWith('/**') && !isTest)
    found.push(`src/${path}: begins without a head comment (what is decided here, by which document)`);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.fixture|\.d)?\.ts$/.test(basename(path)))
    found.push(`src/${path}: the name is not kebab-case`);
  if (path !== PACKAGE_ENTRY && /(^|\/)(utils?|helpers?|common|managers?|misc|data|index)(\/|\.ts$)/.test(path))
    found.push(`src/${path}: the name says nothing`);
  for (const [, typeOnly, static_, dynamic] of source.matchAll(IMPORT)) {
    const specifier = (static_ ?? dynamic)!;
    if (!specifier.startsWith('.')) {
      if (PURE.has(folder) && !isTest)
        found.push(`src/${path}: imports "${specifier}", but "${folder}" is pure: no packages, no runtime`);
      continue;
    }
    const target = normalize(join(dirname(path), specifier));
    const targetFolder = target.split('/')[0]!;
    const allowed = MAY_IMPORT[folder]!.some(
      (rule) => rule === targetFolder || rule === target || (typeOnly && rule === `type:${targetFolder}`),
    );
    if (targetFolder !== folder && !allowed && !target.startsWith('..')) {
      found.push(
        `src/${path}: imports src/${target}, but "${folder}" may import only: ${MAY_IMPORT[folder]!.join(', ') || 'nothing'}`,
      );
    }
    if (folder === 'adapters' && targetFolder === folder && target.split('/')[1] !== path.split('/')[1] && !isTest) {
      found.push(`src/${path}: imports src/${target}, but adapters do not know each other`);
    }
  }
  return found;
}

test('every file in src keeps the house rules', async () => {
  const src = join(import.meta.dir, '..', 'src');
  const found: string[] = [];
  for await (const path of new Bun.Glob('**/*.ts').scan(src)) {
    if (!path.includes('/generated/')) found.push(...faults(path, await Bun.file(join(src, path)).text()));
  }
  expect(found).toEqual([]);
});

describe('the rules can fail', () => {
  const HEAD = '/**\n * Head.\n */\n';
  const rows: [name: string, path: string, source: string, want: string | undefined][] = [
    [
      'a lower layer imports a higher one',
      'core/a.ts',
      `${HEAD}import type { A } from '../edge/a.ts';`,
      'may import only: http, tables, model',
    ],
    ['over several lines', 'core/a.ts', `${HEAD}import {\n  A,\n  B,\n} from '../edge/a.ts';`, 'may import only'],
    ['a re-export', 'http/a.ts', `${HEAD}export { a } from '../model/a.ts';`, 'may import only: model/units.ts'],
    ['a dynamic import', 'control/a.ts', `${HEAD}const a = await import('../adapters/a/b.ts');`, 'may import only'],
    ['a pure folder uses the runtime', 'model/a.ts', `${HEAD}import { join } from 'node:path';`, 'is pure'],
    [
      'a value where types alone are allowed',
      'adapters/log/a.ts',
      `${HEAD}import { a } from '../../core/a.ts';`,
      'may import only',
    ],
    ['a type where types alone are allowed', 'adapters/log/a.ts', `${HEAD}import type { A } from '../../core/a.ts';`, undefined],
    ['one adapter knows another', 'adapters/log/a.ts', `${HEAD}import { a } from '../store/a.ts';`, 'do not know each other'],
    ['no head comment', 'core/a.ts', 'export const a = 1;', 'head comment'],
    ['a name in camelCase', 'core/cacheKey.ts', HEAD, 'kebab-case'],
    ['a name that says nothing', 'core/cache/utils.ts', HEAD, 'says nothing'],
    ['a barrel', 'core/cache/index.ts', HEAD, 'says nothing'],
    ['a folder without a rule', 'lib/a.ts', HEAD, 'no row'],
    ['a good file', 'edge/serve.ts', `${HEAD}import { a } from '../core/a.ts';\nimport { b } from './b.ts';`, undefined],
  ];
  test.each(rows)('%s', (_, path, source, want) => {
    const found = faults(path, source);
    if (want === undefined) expect(found).toEqual([]);
    else expect(found.join('\n')).toContain(want);
  });
});
