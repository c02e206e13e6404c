/**
 * `npm run generate`: writes every file that is made from something else: the AWS models (gen-model.ts) and docs/reference.
 * With --check it writes nothing and fails when a committed file is not what would be written.
 */
import { join, relative } from 'node:path';
import { generateModels } from './gen-model.ts';
import { ownRuleSetText } from './seclang/read-seclang.ts';
import { assumptionsPage } from './reference/assumptions.ts';
import { managedPoliciesPage } from './reference/managed-policies.ts';
import { metricsPage } from './reference/metrics.ts';
import { operationsPage } from './reference/operations.ts';
import { settingsPage } from './reference/settings.ts';
import { unservedSettingsPage } from './reference/unserved-settings.ts';

const ROOT = join(import.meta.dir, '..');

const pages: ReadonlyMap<string, string> = new Map([
  ['settings.md', settingsPage()],
  ['managed-policies.md', managedPoliciesPage()],
  ['operations.md', await operationsPage(ROOT)],
  ['assumptions.md', await assumptionsPage(ROOT)],
  ['metrics.md', metricsPage()],
  ['not-served-yet.md', unservedSettingsPage()],
]);

const wanted = new Map([
  ...generateModels(),
  [join(ROOT, 'src/core/viewer-request/waf/seclang/own-rules.json'), ownRuleSetText()] as const,
  ...[...pages].map(([name, text]) => [join(ROOT, 'docs/reference', name), text] as const),
]);
const check = process.argv.includes('--check');
for (const [path, text] of wanted) {
  const file = Bun.file(path);
  if ((await file.exists()) && (await file.text()) === text) continue;
  if (check) {
    console.error(`${relative(ROOT, path)} is not current: run "npm run generate" and commit the result`);
    process.exitCode = 1;
  } else {
    await Bun.write(path, text);
    console.log(`wrote ${relative(ROOT, path)}`);
  }
}
