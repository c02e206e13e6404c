import { describe, expect, test } from 'bun:test';
import type { LinearRegex } from '../../../../model/waf-engine.ts';
import { detectSqli } from '../detection/detect-sqli.ts';
import { detectXss } from '../detection/detect-xss.ts';
import { rulesWhere, selectRules } from './candidates.ts';
import { compileRules } from './compile-rules.ts';
import { evaluateRules, viewOf } from './evaluate-rules.ts';
import { inspectedRequest } from './inspected-request.fixture.ts';
import { requestParts } from './request-parts.ts';
import type { RuleLinkRow } from './rule-row.ts';

/** The rules of this test are few and harmless. */
const linear: LinearRegex = (source) => {
  const regex = new RegExp(source, 'g');
  return (text, from) => {
    regex.lastIndex = from;
    const match = regex.exec(text);
    return match === null ? undefined : { at: match.index, groups: match };
  };
};

type Links = readonly RuleLinkRow[];

/** The ids of the rules that match, by place and name of what they found. */
function found(
  rules: readonly (Links | [Links, { readonly skip?: number; readonly score?: number }])[],
  request: Parameters<typeof inspectedRequest>[0],
): string[] {
  const rows = rules.map((rule, index) => {
    const [links, more] = (Array.isArray(rule[0]) ? rule : [rule, {}]) as [Links, object];
    return { id: index + 1, attack: 'protocol' as const, score: 5, links, ...more };
  });
  const compiled = compileRules([{ version: '', variables: { allowed: 'GET POST' }, rules: rows }], {
    linear,
    detectSqli,
    detectXss,
  });
  const everyRule = () => true;
  const view = viewOf(inspectedRequest(request), compiled, selectRules(compiled, everyRule));
  const matches = evaluateRules(compiled, view, rulesWhere(compiled, everyRule));
  return matches.flatMap(({ rule, hits }) => [`${rule.id}`, ...hits.map(({ place, name }) => `${place}:${name}`)]);
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('where rules look', () => {
  test.each([
    ['ARGS', '/?a=bad&b=c', {}, '', ['1', 'QUERY:a']],
    ['ARGS', '/?a=b%61d', {}, '', ['1', 'QUERY:a']],
    ['ARGS', '/', form, 'x=1&y=bad', ['1', 'BODY:y']],
    ['ARGS_GET', '/', form, 'y=bad', []],
    ['ARGS_NAMES', '/?bad=1', {}, '', ['1', 'QUERY:bad']],
    ['ARGS|!ARGS:a', '/?a=bad', {}, '', []],
    ['ARGS:A', '/?a=bad&b=bad', {}, '', ['1', 'QUERY:a']],
    ['ARGS:/^b/', '/?a=bad&bc=bad', {}, '', ['1', 'QUERY:bc']],
    ['REQUEST_COOKIES', '/', { cookie: 'a=1; b=bad' }, '', ['1', 'COOKIE:b']],
    ['REQUEST_HEADERS:User-Agent', '/', { 'user-agent': 'bad' }, '', ['1', 'HEADER:user-agent']],
    ['REQUEST_HEADERS_NAMES', '/', { 'x-bad': '1' }, '', ['1', 'HEADER:x-bad']],
    ['REQUEST_FILENAME', '/bad/x', {}, '', ['1', 'URIPATH:']],
    ['REQUEST_BASENAME', '/bad/x', {}, '', []],
    ['REQUEST_URI', '/x?bad', {}, '', ['1', 'QUERY:']],
    ['REQUEST_LINE', '/bad', {}, '', ['1', 'URIPATH:']],
    ['QUERY_STRING', '/?bad', {}, '', ['1', 'QUERY:']],
    ['REQUEST_BODY', '/', { 'content-type': 'text/plain' }, 'so bad', ['1', 'BODY:']],
    ['REQUEST_BODY', '/', { 'content-type': 'application/json' }, '{"a":"bad"}', []],
    // A body is no less a body for the type that its sender gives.
    ['ARGS', '/', { 'content-type': 'text/plain' }, 'so bad', ['1', 'BODY:']],
    ['ARGS', '/', {}, 'so bad', ['1', 'BODY:']],
    ['ARGS', '/', { 'content-type': 'application/json' }, '{"a":01,"b":"bad"}', ['1', 'BODY:']],
    ['ARGS', '/', { 'content-type': 'application/json' }, 'a=bad', ['1', 'BODY:json', 'BODY:']],
    ['ARGS', '/', { 'content-type': 'multipart/form-data; boundary=c' }, part('name="f"', 'bad'), ['1', 'BODY:']],
    ['ARGS', '/', { 'content-type': 'multipart/form-data' }, part('name="f"', 'bad'), ['1', 'BODY:']],
    [
      'ARGS',
      '/',
      { 'content-type': 'multipart/form-data; boundary=b; boundary=c' },
      part('name="f"; filename="x"', '--c\r\nContent-Disposition: form-data; name="g"\r\n\r\nbad\r\n--c--'),
      ['1', 'BODY:'],
    ],
    // What Chrome's boundaries begin with is one boundary, and files are files.
    [
      'ARGS',
      '/',
      { 'content-type': 'multipart/form-data; boundary=--WebKitFormBoundary1' },
      part('name="f"; filename="x"', 'bad').replaceAll('--b', '----WebKitFormBoundary1'),
      [],
    ],
    // However many there are, the last one is looked at.
    ['ARGS', '/', form, `${'a=1&'.repeat(5000)}b=bad`, ['1', 'BODY:']],
    ['ARGS', '/', form, `${'a=1&'.repeat(5000)}bad=1`, ['1', 'BODY:']],
    ['ARGS', '/', { 'content-type': 'application/json' }, '{"a":{"b":["\\u0062ad"]}}', ['1', 'BODY:json.a.b.0']],
    ['ARGS_NAMES', '/', { 'content-type': 'application/json' }, '{"a":{"/bad":1}}', ['1', 'BODY:json.a./bad', 'BODY:/bad']],
    ['XML:/*', '/', { 'content-type': 'text/xml' }, '<a b="bad">x<![CDATA[bad]]></a>', ['1', 'BODY:', 'BODY:']],
    ['XML://@*', '/', { 'content-type': 'text/xml' }, '<a b="b&#97;d"/>', ['1', 'BODY:']],
    [
      'FILES',
      '/',
      { 'content-type': 'multipart/form-data; boundary=b' },
      part('name="f"; filename="bad.x"', 'x'),
      ['1', 'BODY:f'],
    ],
    [
      'FILES_NAMES',
      '/',
      { 'content-type': 'multipart/form-data; boundary=b' },
      part('name="bad"; filename="x"', 'x'),
      ['1', 'BODY:bad'],
    ],
    ['ARGS', '/', { 'content-type': 'multipart/form-data; boundary="b"' }, part('name="f"', 'bad'), ['1', 'BODY:f']],
    [
      'MULTIPART_PART_HEADERS',
      '/',
      { 'content-type': 'multipart/form-data; boundary=b' },
      part('name="f"', 'x', 'X: bad'),
      ['1', 'BODY:f'],
    ],
  ] as const)('%s of %s %p %p', (on, target, headers, body, want) => {
    expect(found([[{ on, test: '@rx bad' }]], { target, headers, body })).toEqual([...want]);
  });
});

function part(disposition: string, content: string, header = 'X: y'): string {
  return `--b\r\nContent-Disposition: form-data; ${disposition}\r\n${header}\r\n\r\n${content}\r\n--b--\r\n`;
}

test('hundreds of rules look at a bounded number of texts', () => {
  const texts = (contentType: string, body: string): number => {
    const parts = requestParts(inspectedRequest({ headers: { 'content-type': contentType }, body }));
    return Math.max(parts.collection('ARGS').length, parts.collection('ARGS_NAMES').length);
  };
  expect(texts('application/x-www-form-urlencoded', 'a&'.repeat(8000))).toBeLessThan(400);
  expect(texts('application/json', `[${'1,'.repeat(8000)}1]`)).toBeLessThan(400);
});

describe('what rules ask', () => {
  test.each([
    ['@rx ^B', 'b', false],
    ['!@rx ^b', 'b', false],
    ['!@rx ^a', 'b', true],
    ['@pm x1 B2', 'ab2c', true],
    ['@contains el', 'hello', true],
    ['@beginsWith el', 'hello', false],
    ['@endsWith lo', 'hello', true],
    ['@streq hello', 'hello', true],
    ['@within a hello b', 'hello', true],
    ['@within %{tx.allowed}', 'POST', true],
    ['@within %{tx.allowed}', 'PUT', false],
    ['@eq 10', '10', true],
    ['@gt 10', '9', false],
    ['@ge 10', '10', true],
    ['@lt 10', 'x', true],
    ['@le 10', '11', false],
    ['@validateByteRange 32-126', 'ab', false],
    ['@validateByteRange 32-126', 'a\tb', true],
    ['@validateUrlEncoding', 'a%zz', true],
    ['@validateUrlEncoding', 'a%20', false],
    ['@validateUtf8Encoding', 'a\xff', true],
    ['@validateUtf8Encoding', 'a\xc3\xa9', false],
    ['@detectSQLi', "1' or '1'='1", true],
    ['@detectXSS', '<script>', true],
    ['@unconditionalMatch', 'x', true],
    ['@noMatch', 'x', false],
  ])('%s of %p', (operator, text, want) => {
    expect(found([[{ on: 'REQUEST_HEADERS:X', test: operator }]], { headers: { x: text } }).length > 0).toBe(want);
  });

  test('after transformations, in their order; each step by itself where asked', () => {
    const request = { headers: { x: '%2541' } };
    const rule = { on: 'REQUEST_HEADERS:X', after: 'urldecode,urldecode' };
    expect(found([[{ ...rule, test: '@streq A' }]], request)).toEqual(['1', 'HEADER:x']);
    expect(found([[{ ...rule, test: '@streq %%41' }]], request)).toEqual([]);
    expect(found([[{ ...rule, test: '@contains %41' }]], request)).toEqual([]);
    expect(found([[{ ...rule, test: '@contains %41', multiMatch: true }]], request)).toEqual(['1', 'HEADER:x']);
  });

  test('how many there are', () => {
    expect(found([[{ on: '&ARGS', test: '@gt 2' }]], { target: '/?a&b&c' })).toEqual(['1']);
    expect(found([[{ on: '&REQUEST_HEADERS:Accept', test: '@eq 0' }]], {})).toEqual(['1']);
  });
});

describe('how rules work together', () => {
  test('a chain matches where all its links do; what is captured is there for the next', () => {
    const chain = [
      { on: 'REQUEST_HEADERS:X', test: '@rx ^(\\w+)=(\\w+)$', capture: true, set: ['seen=%{tx.2}'] },
      { on: 'TX:1', test: '@streq a' },
      { on: 'TX:seen', test: '@streq b' },
    ];
    expect(found([chain], { headers: { x: 'a=b' } })).toEqual(['1', 'HEADER:x']);
    expect(found([chain], { headers: { x: 'a=c' } })).toEqual([]);
  });

  test('MATCHED_VARS are the texts that the link before found, as it saw them', () => {
    const chain = [
      { on: 'ARGS', test: '@rx bad', after: 'lowercase' },
      { on: 'MATCHED_VARS', test: '@rx ^bad1$' },
    ];
    expect(found([chain], { target: '/?a=BAD1&b=x' })).toEqual(['1', 'QUERY:a', 'QUERY:a']);
    expect(found([[chain[0]!, { on: 'MATCHED_VARS_NAMES', test: '@streq ARGS:b' }]], { target: '/?a=BAD1&b=bad2' }).length).toBe(
      4,
    );
  });

  test('variables are set once for each text that matches, and counted', () => {
    const rules: Links[] = [
      [{ on: 'ARGS_NAMES', test: '@rx .', set: ['count_%{matched_var}=+1'] }],
      [{ on: 'TX:/^count_/', test: '@gt 1' }],
    ];
    expect(found([[rules[0]!, { score: 0 }], rules[1]!], { target: '/?a=1&a=2' })).toEqual(['2']);
    expect(found([[rules[0]!, { score: 0 }], rules[1]!], { target: '/?a=1&b=2' })).toEqual([]);
  });

  test('a rule that matches may skip those behind it, and switch others off', () => {
    const matches: Links = [{ on: 'ARGS', test: '@rx bad' }];
    expect(found([[matches, { skip: 1 }], matches, matches], { target: '/?a=bad' })).toEqual(['1', 'QUERY:a', '3', 'QUERY:a']);
    const removes: Links = [{ on: 'ARGS', test: '@rx bad', remove: [3] }];
    expect(found([removes, matches, matches], { target: '/?a=bad' })).toEqual(['1', 'QUERY:a', '2', 'QUERY:a']);
  });
});

test.each([
  [{ on: 'NOTHING', test: '@rx x' }, 'there is no collection NOTHING'],
  [{ on: 'ARGS', test: '@nothing x' }, 'there is no operator @nothing'],
  [{ on: 'ARGS', test: '@rx x', after: 'nothing' }, 'there is no transformation nothing'],
])('a rule with an unknown name is an error: %p', (link, want) => {
  expect(() => found([[link]], {})).toThrow(want);
});
