/**
 * `WARMFRONT_CRS=PATH npm run test:crs`: the regression tests of a checkout of github.com/coreruleset/coreruleset (3.3 or 4), replayed octet for
 * octet against an edge whose web ACL has all managed rule groups. An attack is a request in which a rule of paranoia level 1 and severity
 * CRITICAL is to find something; a benign one is to be found by no rule, and the checkout's own rules let it pass at that level, too. The
 * last lines count as a test run's do; the exit code is 1 when fewer than the shares below are judged right.
 */
import { connect } from 'node:net';
import { join } from 'node:path';
import { linearRegex } from '../../src/adapters/regex/linear-regex.ts';
import { detectSqli } from '../../src/core/viewer-request/waf/detection/detect-sqli.ts';
import { detectXss } from '../../src/core/viewer-request/waf/detection/detect-xss.ts';
import { rulesWhere, selectRules } from '../../src/core/viewer-request/waf/seclang/candidates.ts';
import { compileRules } from '../../src/core/viewer-request/waf/seclang/compile-rules.ts';
import { evaluateRules, viewOf } from '../../src/core/viewer-request/waf/seclang/evaluate-rules.ts';
import { inspectedRequest } from '../../src/core/viewer-request/waf/seclang/inspected-request.fixture.ts';
import { MANAGED_RULE_GROUPS } from '../../src/tables/managed-rule-groups.ts';
import { startTestEdge } from '../../src/testing/index.ts';
import { readRuleFolder } from '../../tools/seclang/read-seclang.ts';
import { protectedBy, rule, WEB_ACL_ARN } from '../scenarios/web-acls.ts';
import { CRS_EXCEPTIONS } from './crs-exceptions.ts';
import { readCrsRules, readCrsTests, type CrsTest } from './crs-tests.ts';

/** Of the attacks, and of the benign requests that no exception excuses. */
const LEAST = { attacks: 0.95, benign: 0.99 };
const AT_ONCE = 16;
/** A request that never ends gets no answer: it has not reached the origin. */
const PATIENCE = 3000;
const HOST = 'www.example.com';

const checkout = process.env['WARMFRONT_CRS'];
if (checkout === undefined) {
  console.error('where are the tests? WARMFRONT_CRS=PATH names a checkout of https://github.com/coreruleset/coreruleset');
  process.exit(2);
}

const crsRules = await readCrsRules(checkout);
const asWritten = compileRules([readRuleFolder(join(checkout, 'rules'), true)], { linear: linearRegex, detectSqli, detectXss });
const everyRule = (): boolean => true;
const allOfThem = { selection: selectRules(asWritten, everyRule), rules: rulesWhere(asWritten, everyRule) };
const tests = (await readCrsTests(checkout, HOST)).filter(({ expected, unexpected }) =>
  [...expected, ...unexpected].every((id) => crsRules.get(id)?.isOfRequests !== false),
);
const attacks = tests.filter(({ expected }) =>
  expected.some((id) => crsRules.get(id)?.level === 1 && crsRules.get(id)!.isCritical),
);
const benign = tests.filter((one) => one.expected.length === 0 && one.unexpected.length > 0 && !isRefusedByCrs(one));

const refused = await replay([...attacks, ...benign]);
const missed = attacks.filter((one) => !refused.has(one));
// What is no HTTP that an edge takes (400, 405, 505) says nothing about rules.
const alarmed = benign.filter((one) => refused.get(one)?.includes(' 403 ') && !CRS_EXCEPTIONS.has(one.id));
if (process.argv.includes('--list')) {
  for (const { id } of missed) console.log(`not refused: ${id}`);
  for (const { id } of alarmed) console.log(`refused, though benign: ${id}`);
}
const good = judge('attacks refused', attacks.length - missed.length, attacks.length, LEAST.attacks);
const alsoGood = judge('benign requests let through', benign.length - alarmed.length, benign.length, LEAST.benign);
const bad = Number(!good) + Number(!alsoGood);
console.log(` ${2 - bad} pass\n ${bad} fail`);
process.exit(bad === 0 ? 0 : 1);

function judge(what: string, count: number, all: number, least: number): boolean {
  const share = all === 0 ? 0 : count / all;
  console.log(`${what}: ${count} of ${all}, ${(share * 100).toFixed(2)} % (at least ${least * 100} %)`);
  return share >= least;
}

/** What the checkout's own rules make of it at paranoia level 1, evaluated as we evaluate rules. */
function isRefusedByCrs(test: CrsTest): boolean {
  const octets = test.request.toString('latin1');
  const end = octets.indexOf('\r\n\r\n');
  const [line = '', ...lines] = octets.slice(0, end).split('\r\n');
  const [method = '', target = '/'] = line.split(' ');
  const headers = Object.fromEntries(
    lines.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
  );
  const request = inspectedRequest({ method, target, headers, body: octets.slice(end + 4) });
  const view = viewOf(request, asWritten, allOfThem.selection);
  return evaluateRules(asWritten, view, allOfThem.rules).reduce((score, match) => score + match.rule.score, 0) >= 5;
}

/** The first lines of what is answered to those that did not reach the origin. */
async function replay(all: readonly CrsTest[]): Promise<ReadonlyMap<CrsTest, string>> {
  const groups = MANAGED_RULE_GROUPS.map(({ vendor, name }, priority) => ({
    ...rule(name, { kind: 'managedRuleGroup', vendor, name, version: undefined, overrides: [], scopeDown: undefined }),
    priority,
    action: { kind: 'none' } as const,
  }));
  const acl = protectedBy(groups);
  const hosts = [...new Set(all.map(({ host }) => host))];
  const Items = [
    'GET' as const,
    'HEAD' as const,
    'OPTIONS' as const,
    'PUT' as const,
    'PATCH' as const,
    'POST' as const,
    'DELETE' as const,
  ];
  const AllowedMethods = { Quantity: 7, Items, CachedMethods: { Quantity: 2, Items: Items.slice(0, 2) } };
  const edge = await startTestEdge({
    waf: acl.waf,
    distribution: {
      WebACLId: WEB_ACL_ARN,
      Aliases: { Quantity: hosts.length, Items: hosts },
      DefaultCacheBehavior: { AllowedMethods },
    },
  });
  edge.origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'no-store' }, 'reached'));
  const kept = new Map<CrsTest, string>();
  const waiting = [...all];
  const work = async () => {
    for (let test = waiting.pop(); test !== undefined; test = waiting.pop()) {
      const status = await answerOf(edge.httpPort, test.request);
      if (!/^HTTP\/1\.1 (?:2\d\d|416)/.test(status)) kept.set(test, status);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await edge.stop();
  }
  return kept;
}

/** The first line of the answer, '' where there is none. */
async function answerOf(port: number, request: Buffer): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1', () => socket.write(request));
  let answer = '';
  socket.on('data', (octets) => {
    answer += octets.toString('latin1');
    if (answer.includes('\r\n')) socket.destroy();
  });
  socket.setTimeout(PATIENCE, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('close', () => resolve(answer.split('\r\n', 1)[0] ?? ''));
  return promise;
}
