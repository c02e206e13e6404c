/**
 * What a web ACL costs a request: the evaluation alone, in this process, of an ordinary browser's request and of a posted form, neither of which
 * any rule refuses. It comes on top of whatever else the request costs; without a web ACL there is nothing.
 */
import { linearRegex } from '../../src/adapters/regex/linear-regex.ts';
import { compileWebAcl, type CompiledWebAcl } from '../../src/core/viewer-request/waf/compile-web-acl.ts';
import { createWafEngine } from '../../src/core/viewer-request/waf/create-waf-engine.ts';
import { evaluate } from '../../src/core/viewer-request/waf/evaluate.ts';
import { beginInspection } from '../../src/core/viewer-request/waf/inspection.ts';
import { createRateCounters } from '../../src/core/viewer-request/waf/rates/rate-counters.ts';
import type { Fields } from '../../src/http/fields.ts';
import type { InspectedRequest } from '../../src/model/waf-engine.ts';
import type { Rule, WebAcl } from '../../src/model/web-acl.ts';
import type { Statement } from '../../src/model/web-acl-statement.ts';
import { medianOf } from './measure-cases.ts';

export interface WafResult {
  readonly title: string;
  /** Microseconds for each request. */
  readonly get: number;
  readonly post: number;
}

const ENGINE = createWafEngine(linearRegex);
const VISIBILITY = { sampledRequests: true, metrics: true, metricName: 'bench' };
const SET = { arn: 'arn:set', addresses: Array.from({ length: 10_000 }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`) };

const contains = (search: string): Statement => ({
  kind: 'byteMatch',
  search,
  position: 'CONTAINS',
  field: { kind: 'uriPath' },
  transformations: ['URL_DECODE', 'LOWERCASE'],
  preParse: [],
});
const OWN: readonly Statement[] = [
  { kind: 'ipSet', arn: SET.arn, forwarded: undefined },
  { kind: 'rateBased', limit: 1e9, window: 300_000, aggregate: { by: 'IP' }, scopeDown: undefined },
  { kind: 'geoMatch', countries: ['XX'], forwarded: undefined },
  contains('/wp-admin'),
  contains('/.env'),
];
const GROUPS = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesSQLiRuleSet'];
const managed = (name: string): Statement => ({
  kind: 'managedRuleGroup',
  vendor: 'AWS',
  name,
  version: undefined,
  overrides: [],
  scopeDown: undefined,
});

const ACLS: readonly (readonly [title: string, statements: readonly Statement[]])[] = [
  ['five rules: IP set of 10,000, rate, country, two paths', OWN],
  ['the same, and the managed groups Common, KnownBadInputs and SQLi', [...OWN, ...GROUPS.map(managed)]],
];

/** A browser says the same of itself every time; what it asks for, and who it is, is another in every request. */
const headers = (nth: number): Fields => [
  ['host', 'www.example.com'],
  ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'],
  ['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
  ['accept-encoding', 'gzip, deflate, br, zstd'],
  ['accept-language', 'en-GB,en;q=0.9,de;q=0.8'],
  ['cookie', `session=8f14e45fceea167a5a36dedd${String(nth).padStart(8, '0')}; theme=dark; consent=yes`],
  ['referer', `https://www.example.com/products?page=${nth}`],
];
const get = (nth: number): InspectedRequest => ({
  method: 'GET',
  scheme: 'https',
  httpVersion: '2.0',
  host: 'www.example.com',
  path: `/products/green-tea-${nth}g`,
  query: `page=${nth}&sort=price&q=green+tea`,
  fields: headers(nth),
  body: undefined,
  bodyIsLarger: false,
  viewerAddress: '192.0.2.7',
  country: 'FI',
  asn: undefined,
});
const form = (nth: number): string =>
  Array.from({ length: 20 }, (_, at) => `field${at}=${`some ordinary words of customer ${nth} `.repeat(3)}`)
    .join('&')
    .replaceAll(' ', '+');
const post = (nth: number): InspectedRequest => {
  const body = form(nth);
  return {
    ...get(nth),
    method: 'POST',
    path: '/contact',
    query: '',
    fields: [...headers(nth), ['content-type', 'application/x-www-form-urlencoded'], ['content-length', String(body.length)]],
    body,
  };
};

export function measureWaf(rounds: number, tell: (line: string) => void): readonly WafResult[] {
  return ACLS.map(([title, statements]) => {
    const acl = compiledAcl(statements);
    const result = { title, get: costOf(acl, get, rounds), post: costOf(acl, post, rounds) };
    tell(`${title}: GET ${result.get.toFixed(1)} us, POST of ${form(1).length} octets ${result.post.toFixed(1)} us`);
    return result;
  });
}

function compiledAcl(statements: readonly Statement[]): CompiledWebAcl {
  const rules = statements.map((statement, at): Rule => {
    const action =
      statement.kind === 'managedRuleGroup' ? ({ kind: 'none' } as const) : ({ kind: 'block', response: undefined } as const);
    return {
      name: `r${at}`,
      priority: at,
      statement,
      action,
      labels: [],
      visibility: VISIBILITY,
      captchaImmunity: undefined,
      challengeImmunity: undefined,
    };
  });
  const acl: WebAcl = {
    arn: 'arn:bench',
    id: 'bench',
    name: 'bench',
    labelNamespace: 'awswaf:000000000000:webacl:bench:',
    defaultAction: { kind: 'allow', insertHeaders: [] },
    rules,
    customResponseBodies: {},
    visibility: VISIBILITY,
    immunity: { captcha: 300_000, challenge: 300_000 },
    tokenDomains: [],
    bodyLimit: 16_384,
    logging: undefined,
    dataProtections: [],
  };
  const material = { webAcls: [acl], ruleGroups: [], ipSets: [SET], regexPatternSets: [], addressLists: [], tokenKeys: [] };
  const compiled = compileWebAcl(acl, material, ENGINE);
  if ('broken' in compiled) throw new Error(compiled.broken);
  return compiled;
}

/** The median of some rounds, after some that warm up: an edge inspects for hours what it compiles once. */
function costOf(acl: CompiledWebAcl, requestOf: (nth: number) => InspectedRequest, rounds: number): number {
  const rates = createRateCounters();
  const inspect = (request: InspectedRequest): void => {
    const inspection = beginInspection({
      request,
      now: Date.now(),
      locate: () => ({ country: 'FI' }),
      rates,
      token: () => ({ kind: 'none', reason: 'TOKEN_MISSING' }),
    });
    const verdict = evaluate(acl, inspection);
    if (verdict.action !== 'ALLOW') throw new Error(`an ordinary request was refused by ${verdict.terminating?.within?.name}`);
  };
  const TIMES = 2000;
  const WARMING = 5;
  let nth = 0;
  const costs = Array.from({ length: WARMING + rounds }, () => {
    const requests = Array.from({ length: TIMES }, () => requestOf(nth++));
    const began = process.cpuUsage();
    for (const request of requests) inspect(request);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / TIMES;
  });
  return medianOf(costs.slice(WARMING));
}
