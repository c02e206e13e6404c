/**
 * `WARMFRONT_H2SPEC=PATH npm run test:h2spec`: github.com/summerwind/h2spec, built elsewhere, against a Warmfront as a user starts it.
 * Every case is to pass but those that EXCEPTIONS excuses; one of those that passes is wrong, too. The last lines count as a test
 * run's do; the exit code is 1 when anything is wrong.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeData, startWarmfront } from '../clients/running-warmfront.ts';

/** `http2/6.5.3: the case's words`, and why it is not passed. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map();

/** h2spec 2.6: a run of fewer cases has not said everything. */
const CASES = 146;

const binary = process.env['WARMFRONT_H2SPEC'];
if (binary === undefined) {
  console.error('where is h2spec? WARMFRONT_H2SPEC=PATH names the program, built from https://github.com/summerwind/h2spec');
  process.exit(2);
}

const results = await runH2spec(binary);
const wrong = [...results].filter(([id, passed]) => passed === EXCEPTIONS.has(id));
for (const [id, passed] of wrong) console.log(passed ? `${id}: passes, so its exception is untrue` : `${id}: fails`);
for (const id of EXCEPTIONS.keys()) if (!results.has(id)) console.log(`${id}: excused, but h2spec does not have it`);
if (results.size !== CASES) console.log(`h2spec has run ${results.size} cases instead of ${CASES}`);
const bad = wrong.length + Math.abs(CASES - results.size);
console.log(` ${results.size - wrong.length} pass\n ${bad} fail`);
process.exit(bad === 0 ? 0 : 1);

/** Whether each case passed. */
async function runH2spec(program: string): Promise<ReadonlyMap<string, boolean>> {
  const folder = mkdtempSync(join(tmpdir(), 'warmfront-h2spec-'));
  const report = join(folder, 'report.xml');
  const warmfront = await startWarmfront();
  try {
    const target = ['-t', '-k', '-h', '127.0.0.1', '-p', `${warmfront.httpsPort}`];
    const child = Bun.spawn([program, ...target, '-j', report], { stdout: 'ignore', stderr: 'inherit' });
    await child.exited;
    return readReport(readFileSync(report, 'utf8'));
  } finally {
    await warmfront.stop();
    removeData(warmfront);
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(xml: string): ReadonlyMap<string, boolean> {
  const cases = new Map<string, boolean>();
  for (const [, section, words, inner] of xml.matchAll(
    /<testcase package="([^"]*)" classname="([^"]*)"[^>]*>(.*?)<\/testcase>/gs,
  )) {
    cases.set(`${section}: ${words}`, inner === '');
  }
  return cases;
}
