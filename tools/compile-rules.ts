/**
 * `node bin/bun.js tools/compile-rules.ts FOLDER`: makes src/core/viewer-request/waf/seclang/core-rule-set.json from the rule files of the OWASP
 * Core Rule Set in FOLDER (`rules/` of a release, or what Debian's package modsecurity-crs installs). Nothing of FOLDER is needed afterwards;
 * what is kept is said in seclang/read-seclang.ts, what is changed in seclang/adjustments.ts.
 */
import { join } from 'node:path';
import { readRuleFolder, ruleSetText } from './seclang/read-seclang.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('which rules? name the folder that holds REQUEST-901-INITIALIZATION.conf');
  process.exit(2);
}
const ruleSet = readRuleFolder(folder);
const text = ruleSetText(ruleSet);
await Bun.write(join(import.meta.dir, '../src/core/viewer-request/waf/seclang/core-rule-set.json'), text);
console.log(`wrote ${ruleSet.rules.length} rules of the Core Rule Set ${ruleSet.version}, ${text.length} octets`);
