/**
 * `npm run test:conformance -- --suite PATH [--mode rfc9111|cloudfront] [--id TEST]`: http-tests/cache-tests against Warmfront, in both
 * modes unless one is named. PATH, or WARMFRONT_CACHE_TESTS, is an installed checkout of github.com/http-tests/cache-tests. The last
 * lines count as a test run's do; the exit code is 1 when anything is wrong.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { CacheSemantics } from '../../src/model/compile.ts';
import { EXCEPTIONS } from './exceptions.ts';
import { figures, isWrong, judge, type SuiteTest, type Verdict } from './judge.ts';
import { checkSuite, runSuite } from './run-suite.ts';

const { values } = parseArgs({
  options: { suite: { type: 'string' }, mode: { type: 'string' }, id: { type: 'string' }, all: { type: 'boolean' } },
});
const path = values.suite ?? process.env['WARMFRONT_CACHE_TESTS'];
if (path === undefined) {
  console.error(
    'where is the suite? --suite PATH, a checkout of https://github.com/http-tests/cache-tests with its packages installed',
  );
  process.exit(2);
}
const suite = resolve(path);
checkSuite(suite);
const { default: groups } = (await import(pathToFileURL(`${suite}/tests/index.mjs`).href)) as {
  default: readonly { readonly tests: readonly SuiteTest[] }[];
};
const tests = groups.flatMap((group) => group.tests);

let good = 0;
let bad = 0;
for (const mode of ['rfc9111', 'cloudfront'] as const satisfies readonly CacheSemantics[]) {
  if (values.mode !== undefined && values.mode !== mode) continue;
  const results = await runSuite(suite, mode, values.id);
  if (values.id !== undefined) continue;
  const verdicts = judge(tests, results, EXCEPTIONS[mode]);
  for (const verdict of verdicts) if (isWrong(verdict) || values.all === true) console.log(line(verdict));
  console.log(`${mode}: ${figures(verdicts)}, ${EXCEPTIONS[mode].length} exceptions`);
  const counted = verdicts.filter((verdict) => verdict.kind !== 'check');
  bad += counted.filter(isWrong).length;
  good += counted.length - counted.filter(isWrong).length;
}
if (values.id === undefined) console.log(` ${good} pass\n ${bad} fail`);
process.exit(bad === 0 ? 0 : 1);

function line({ id, kind, passed, message, exception }: Verdict): string {
  if (passed) return `${kind} ${id}: passes${exception === undefined ? '' : ', so its exception is untrue'}`;
  return `${kind} ${id}: ${message}${exception === undefined ? '' : ` (${exception.reason})`}`;
}
