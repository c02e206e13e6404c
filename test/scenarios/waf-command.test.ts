/**
 * `warmfront waf test`: web ACLs of the API, and such as are only written down, before requests of every form that files have.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createListedGeo } from '../../src/adapters/geo/listed-geo.ts';
import { linearRegex } from '../../src/adapters/regex/linear-regex.ts';
import { testWebAcl } from '../../src/compose/test-web-acl.ts';
import { createWafEngine } from '../../src/core/viewer-request/waf/create-waf-engine.ts';
import { blocking, startWafPlane, visibility } from '../api/waf-plane.ts';
import { commandLineOf, type EdgeCommandLine } from './command-line-of-edge.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const contains = (search: Uint8Array | string, field: object) => ({
  ByteMatchStatement: {
    SearchString: search as Uint8Array,
    FieldToMatch: field,
    TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' as const }],
    PositionalConstraint: 'CONTAINS' as const,
  },
});
const RULES = [
  blocking(contains(bytes('or 1=1'), { AllQueryArguments: {} }), { Name: 'sql', RuleLabels: [{ Name: 'attack' }] }),
  blocking(contains(bytes('evil'), { Body: {} }), { Name: 'body', Priority: 1 }),
  blocking({ RateBasedStatement: { Limit: 10, EvaluationWindowSec: 60, AggregateKeyType: 'IP' } }, { Name: 'rate', Priority: 2 }),
];
const WRITTEN = {
  WebACL: {
    Name: 'new',
    DefaultAction: { Block: {} },
    VisibilityConfig: visibility,
    Rules: [{ ...blocking({}), Statement: contains(btoa('good'), { UriPath: {} }), Action: { Allow: {} } }],
  },
};
const HAR = {
  log: {
    entries: [
      {
        startedDateTime: '2026-01-01T00:00:00Z',
        request: {
          method: 'POST',
          url: 'https://a.test/x',
          headers: [{ name: ':method', value: 'POST' }],
          postData: { text: 'an evil one' },
        },
      },
    ],
  },
};
const LOG = (count: number): string =>
  `#Version: 1.0\n#Fields: date time c-ip cs-method cs(Host) cs-uri-stem cs-uri-query x-host-header cs-protocol\n${'2026-01-01\t00:00:01\t192.0.2.1\tGET\td.test\t/a%2520b\tq=1\twww.test\thttps\n'.repeat(count)}`;
const RAW =
  'GET /ok HTTP/1.1\r\nHost: a.test\r\n\r\n\n###\nPOST /in HTTP/1.1\nHost: a.test\n\nso evil\n### the last\nGET http://b.test/?id=1%20or%201=1\n';

let line: EdgeCommandLine;

beforeAll(async () => {
  const plane = startWafPlane();
  await plane.webAcl('site', RULES);
  const engine = createWafEngine(linearRegex);
  line = commandLineOf({
    explain: () => Promise.reject(new Error('not here')),
    functionRuns: () => [],
    findings: () => [],
    testWebAcl: async ({ webAcl, definition, requests }) => {
      const configuration = webAcl === undefined ? plane.tested.written(definition) : plane.tested.existing(webAcl);
      return testWebAcl({ configuration, requests }, engine, createListedGeo({}));
    },
  });
  const files = {
    'new.json': JSON.stringify(WRITTEN),
    'a.har': JSON.stringify(HAR),
    'access.log': LOG(11),
    'raw.http': RAW,
    'bad.http': 'GET\n',
    'bad.json': '{',
    'typo.json': JSON.stringify({ ...WRITTEN.WebACL, Rules: [{ ...WRITTEN.WebACL.Rules[0], Statment: {} }] }),
    'rules.json': '{"Rules":"all"}',
    'pattern.json': JSON.stringify({ Rules: [blocking({ IPSetReferenceStatement: { ARN: 'arn:none' } })] }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(line.data, name), text);
});
afterAll(() => line.stop());

const run = async (words: string) =>
  line.warmfront(['waf', 'test', ...words.split(' ').map((word) => word.replaceAll('_', ' ')), '--data', line.data]);

test('a URL: which rule, where, at which octet, with its label', async () => {
  const { code, out } = await run('--web-acl site http://a.test/?id=1%20or%201=1 --expect block');
  expect(out.split('\n')).toEqual([
    'BLOCK 403 GET http://a.test/?id=1%20or%201=1 (rule sql)',
    '  BLOCK by sql',
    '    BYTE_MATCH in ALL_QUERY_ARGS id, octet 2: "or 1=1"',
    '  labels: awswaf:000000000000:webacl:site:attack',
    '1 requests: 1 BLOCK',
  ]);
  expect(code).toBe(0);
});

const RUNS: readonly (readonly [name: string, words: string, code: number, want: string])[] = [
  ['a body', '--web-acl site http://a.test/ --body an_evil', 0, '1 requests: 1 BLOCK'],
  ['what is not expected', '--web-acl site http://a.test/ --expect block', 1, 'expected BLOCK'],
  [
    'a web ACL that is only written',
    '--web-acl new.json http://a.test/good --expect allow',
    0,
    'ALLOW GET http://a.test/good (rule rule)',
  ],
  ['its default action', '--web-acl new.json http://a.test/', 0, 'BLOCK 403 GET http://a.test/ (default action)'],
  ['a HAR', '--web-acl site --requests a.har', 0, 'BLOCK 403 POST https://a.test/x (rule body)'],
  ['an access log, by its times', '--web-acl site --requests access.log', 0, '11 requests: 10 ALLOW, 1 BLOCK'],
  ['an access log, decoded once', '--web-acl site --requests access.log', 0, 'GET https://www.test/a%20b?q=1'],
  ['requests as they are written', '--web-acl site --requests raw.http', 0, '3 requests: 1 ALLOW, 2 BLOCK'],
  ['a web ACL that is not there', '--web-acl nosuch http://a.test/', 1, 'There is no web ACL "nosuch".'],
  ['a file that is no request', '--web-acl site --requests bad.http', 2, 'bad.http: request 1: "GET" is no request line'],
  ['a file that is no web ACL', '--web-acl bad.json http://a.test/', 2, 'bad.json: no JSON'],
  ['a misspelled member', '--web-acl typo.json http://a.test/', 1, 'there is no member'],
  ['rules that are none', '--web-acl rules.json http://a.test/', 1, 'definition: '],
  ['rules that the API refuses', '--web-acl pattern.json http://a.test/', 1, 'warmfront: '],
  ['no file', '--web-acl site --requests nosuch', 2, 'cannot read nosuch'],
  ['nothing to test', '--web-acl site', 2, 'say which requests'],
  ['no web ACL', 'http://a.test/', 2, 'say which web ACL'],
  [
    'an unknown expectation',
    '--web-acl site http://a.test/ --expect deny',
    2,
    '--expect is one of allow, block, captcha, challenge',
  ],
];

for (const [name, words, code, want] of RUNS) {
  test(name, async () => {
    const said = await run(words);
    expect(`${said.out}\n${said.errors}`).toContain(want);
    expect(said.code).toBe(code);
  });
}
