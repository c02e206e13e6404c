/**
 * `node bin/bun.js tools/compile-rules.ts FOLDER [TARGET]`: makes TARGET, else src/core/viewer-request/waf/seclang/core-rule-set.json, from the rule files of the OWASP
 * Core Rule Set in FOLDER (`rules/` of a release, or what Debian's package modsecurity-crs installs). Nothing of FOLDER is needed afterwards;
 * what is kept is said in seclang/read-seclang.ts.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readInitialVariables, readRuleFile, resolveMarkers, ruleSetText, type RuleFile } from './seclang/read-seclang.ts';

const TARGET = join(import.meta.dir, '../src/core/viewer-request/waf/seclang/core-rule-set.json');

/** Files of rules that judge a request by itself: those by address, by rate, of exceptions for applications and of responses are not. */
const FILES = /^REQUEST-9(?:11|13|20|21|22|30|31|32|33|34|41|42|43|44)-.*\.conf$/;

const [folder, target = TARGET] = process.argv.slice(2);
if (folder === undefined) {
  console.error('which rules? name the folder that holds REQUEST-901-INITIALIZATION.conf');
  process.exit(2);
}
const file: RuleFile = { rules: [], markers: new Map(), pending: new Map() };
for (const name of readdirSync(folder)
  .filter((entry) => FILES.test(entry))
  .toSorted())
  readRuleFile(join(folder, name), file);
const initialisation = join(folder, 'REQUEST-901-INITIALIZATION.conf');
const version = /^SecComponentSignature "OWASP_CRS\/([^"]+)"/m.exec(readFileSync(initialisation, 'latin1'))![1]!;
const rules = resolveMarkers(file);
const variables = readInitialVariables(initialisation);
const text = ruleSetText(version, variables, rules);
await Bun.write(target, text);
console.log(`wrote ${rules.length} rules of the Core Rule Set ${version}, ${text.length} octets`);
