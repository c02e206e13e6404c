import { expect, test } from 'bun:test';
import type { InspectedRequest } from '../../../../model/waf-engine.ts';
import type { FieldToMatch, Statement } from '../../../../model/web-acl-statement.ts';
import { evaluate } from '../evaluate.ts';
import { compiled, contains, inspecting, inspection, NAMESPACE, rule, webAcl, type InspectionSettings } from '../waf.fixture.ts';

const IP_SETS = [
  { arn: 'arn:v4', addresses: ['192.0.2.0/24', '203.0.113.7/32'] },
  { arn: 'arn:v6', addresses: ['2001:db8::/32'] },
  { arn: 'arn:none', addresses: [] },
];
const PATTERNS = [{ arn: 'arn:re', patterns: ['^/a\\d', 'zz$'] }];

const byte = (position: 'EXACTLY' | 'STARTS_WITH' | 'ENDS_WITH' | 'CONTAINS' | 'CONTAINS_WORD', search: string): Statement => ({
  kind: 'byteMatch',
  search,
  position,
  ...inspecting({ kind: 'uriPath' }),
});
const size = (comparison: 'EQ' | 'NE' | 'LE' | 'LT' | 'GE' | 'GT', of: number): Statement => ({
  kind: 'sizeConstraint',
  comparison,
  size: of,
  ...inspecting({ kind: 'uriPath' }),
});
const label = (scope: 'LABEL' | 'NAMESPACE', key: string): Statement => ({ kind: 'labelMatch', scope, key });
const xff = (fallback: 'MATCH' | 'NO_MATCH', position: 'FIRST' | 'LAST' | 'ANY' = 'FIRST') =>
  ({ header: 'x-forwarded-for', fallback, position }) as const;
const ipSet = (arn: string, forwarded?: ReturnType<typeof xff>): Statement => ({ kind: 'ipSet', arn, forwarded });
const geo = (countries: string[], forwarded?: ReturnType<typeof xff>): Statement => ({ kind: 'geoMatch', countries, forwarded });
const forwarded = (value: string): Partial<InspectedRequest> => ({ fields: [['x-forwarded-for', value]] });
const PLACES: InspectionSettings = {
  places: { '192.0.2.1': { country: 'FI', region: '18', asn: 64500 }, '9.9.9.9': { country: 'US' } },
};
const has = (...labels: string[]): InspectionSettings => ({ labels });

const STATEMENTS: readonly (readonly [
  name: string,
  statement: Statement,
  request: Partial<InspectedRequest>,
  matches: boolean,
  settings?: InspectionSettings,
])[] = [
  ['EXACTLY', byte('EXACTLY', '/admin'), { path: '/admin' }, true],
  ['EXACTLY, more behind it', byte('EXACTLY', '/admin'), { path: '/admin/' }, false],
  ['STARTS_WITH', byte('STARTS_WITH', '/admin'), { path: '/admin/x' }, true],
  ['STARTS_WITH, later', byte('STARTS_WITH', 'admin'), { path: '/admin' }, false],
  ['ENDS_WITH', byte('ENDS_WITH', '.php'), { path: '/x.php' }, true],
  ['ENDS_WITH, before the end', byte('ENDS_WITH', '.php'), { path: '/x.php5' }, false],
  ['CONTAINS', byte('CONTAINS', 'mi'), { path: '/admin' }, true],
  ['case counts', byte('CONTAINS', 'MI'), { path: '/admin' }, false],
  ['CONTAINS_WORD between slashes', byte('CONTAINS_WORD', 'bot'), { path: '/a/bot/b' }, true],
  ['CONTAINS_WORD at the end', byte('CONTAINS_WORD', 'bot'), { path: '/bot' }, true],
  ['CONTAINS_WORD inside a word', byte('CONTAINS_WORD', 'bot'), { path: '/robot/bots/bot_1' }, false],
  ['CONTAINS_WORD, the second time', byte('CONTAINS_WORD', 'bot'), { path: '/robot/bot' }, true],
  ['CONTAINS_WORD and a hyphen', byte('CONTAINS_WORD', 'bot'), { path: '/x-bot-y' }, true],
  ['a regular expression', { kind: 'regexMatch', pattern: 'a+b', ...inspecting({ kind: 'uriPath' }) }, { path: '/xaab' }, true],
  [
    'a pattern set, the second',
    { kind: 'regexPatternSet', arn: 'arn:re', ...inspecting({ kind: 'uriPath' }) },
    { path: '/zz' },
    true,
  ],
  ['a pattern set, none', { kind: 'regexPatternSet', arn: 'arn:re', ...inspecting({ kind: 'uriPath' }) }, { path: '/b' }, false],
  [
    'SQL injection, HIGH',
    { kind: 'sqliMatch', sensitivity: 'HIGH', ...inspecting({ kind: 'queryString' }) },
    { query: "a='" },
    true,
  ],
  [
    'SQL injection, LOW',
    { kind: 'sqliMatch', sensitivity: 'LOW', ...inspecting({ kind: 'queryString' }) },
    { query: "a='" },
    false,
  ],
  ['XSS', { kind: 'xssMatch', ...inspecting({ kind: 'queryString' }) }, { query: 'a=<script>' }, true],
  [
    'transformed first',
    { ...contains('/admin'), ...inspecting({ kind: 'uriPath' }, { transformations: ['URL_DECODE', 'LOWERCASE'] }) },
    { path: '/%41DMIN' },
    true,
  ],
  ['size EQ', size('EQ', 2), { path: '/a' }, true],
  ['size NE', size('NE', 2), { path: '/a' }, false],
  ['size LT', size('LT', 2), { path: '/a' }, false],
  ['size LE', size('LE', 2), { path: '/a' }, true],
  ['size GT', size('GT', 2), { path: '/a' }, false],
  ['size GE', size('GE', 2), { path: '/a' }, true],
  ['in an IP set', ipSet('arn:v4'), { viewerAddress: '192.0.2.77' }, true],
  ['a single address of it', ipSet('arn:v4'), { viewerAddress: '203.0.113.7' }, true],
  ['beside an IP set', ipSet('arn:v4'), { viewerAddress: '203.0.113.8' }, false],
  ['IPv4 mapped into IPv6', ipSet('arn:v4'), { viewerAddress: '::ffff:192.0.2.77' }, true],
  ['IPv6, another spelling', ipSet('arn:v6'), { viewerAddress: '2001:0DB8:0::1' }, true],
  ['IPv6 in a set of IPv4', ipSet('arn:v4'), { viewerAddress: '2001:db8::1' }, false],
  ['an empty IP set', ipSet('arn:none'), {}, false],
  ['forwarded, the first', ipSet('arn:v4', xff('NO_MATCH')), forwarded('192.0.2.9, 9.9.9.9'), true],
  ['forwarded, the last', ipSet('arn:v4', xff('NO_MATCH', 'LAST')), forwarded('192.0.2.9, 9.9.9.9'), false],
  ['forwarded, any', ipSet('arn:v4', xff('NO_MATCH', 'ANY')), forwarded('9.9.9.9,192.0.2.9 ,8.8.8.8'), true],
  [
    'forwarded, any, before the last ten',
    ipSet('arn:v4', xff('NO_MATCH', 'ANY')),
    forwarded(`192.0.2.9${',9.9.9.9'.repeat(10)}`),
    false,
  ],
  ['forwarded, no address: fallback', ipSet('arn:v4', xff('MATCH')), forwarded('unknown, 9.9.9.9'), true],
  ['forwarded, no address: no fallback', ipSet('arn:v4', xff('NO_MATCH')), forwarded('unknown, 192.0.2.9'), false],
  ['forwarded, no header', ipSet('arn:v4', xff('MATCH')), {}, false],
  ['a country', geo(['FI']), {}, true, PLACES],
  ['another country', geo(['US']), {}, false, PLACES],
  ['no country known', geo(['FI']), { viewerAddress: '10.0.0.1' }, false, PLACES],
  ['a forwarded country', geo(['US'], xff('NO_MATCH')), forwarded('9.9.9.9'), true, PLACES],
  ['a forwarded country, nonsense', geo(['US'], xff('MATCH')), forwarded('me'), true, PLACES],
  ['an ASN', { kind: 'asnMatch', asns: [64500], forwarded: undefined }, {}, true, PLACES],
  ['an unknown ASN is 0', { kind: 'asnMatch', asns: [0], forwarded: undefined }, { viewerAddress: '9.9.9.9' }, true, PLACES],
  ['a label of its own', label('LABEL', 'seen'), {}, true, has(`${NAMESPACE}seen`)],
  ['a label in a namespace', label('LABEL', 'b:seen'), {}, true, has(`${NAMESPACE}a:b:seen`)],
  ['a label that only ends so', label('LABEL', 'seen'), {}, false, has(`${NAMESPACE}unseen`)],
  ['a label of another context', label('LABEL', 'seen'), {}, false, has('awswaf:1:rulegroup:g:seen')],
  ['a qualified label', label('LABEL', 'awswaf:1:rulegroup:g:seen'), {}, true, has('awswaf:1:rulegroup:g:seen')],
  ['a qualified label, more between', label('LABEL', 'awswaf:1:rulegroup:g:seen'), {}, false, has('awswaf:1:rulegroup:g:a:seen')],
  ['case of a label', label('LABEL', 'Seen'), {}, false, has(`${NAMESPACE}seen`)],
  ['a namespace', label('NAMESPACE', 'a:b:'), {}, true, has(`${NAMESPACE}x:a:b:seen`)],
  ['a namespace is no name', label('NAMESPACE', 'seen'), {}, false, has(`${NAMESPACE}a:seen`)],
  ['a qualified namespace', label('NAMESPACE', 'awswaf:managed:aws:'), {}, true, has('awswaf:managed:aws:x:y')],
  ['and', { kind: 'and', statements: [contains('/a'), contains('b')] }, { path: '/ab' }, true],
  ['and, one only', { kind: 'and', statements: [contains('/a'), contains('b')] }, { path: '/a' }, false],
  ['or', { kind: 'or', statements: [contains('/x'), contains('b')] }, { path: '/ab' }, true],
  ['or, none', { kind: 'or', statements: [contains('/x'), contains('y')] }, { path: '/ab' }, false],
  ['not', { kind: 'not', statement: contains('b') }, { path: '/a' }, true],
  ['not, but yes', { kind: 'not', statement: contains('a') }, { path: '/a' }, false],
];

for (const [name, statement, request, matches, settings] of STATEMENTS) {
  test(`statement: ${name}`, () => {
    const acl = compiled(webAcl([rule('r', statement)]), { ipSets: IP_SETS, regexPatternSets: PATTERNS });
    expect(evaluate(acl, inspection(request, settings)).action).toBe(matches ? 'BLOCK' : 'ALLOW');
  });
}

const ALL = { kind: 'all' } as const;
const map = (kind: 'headers' | 'cookies', settings: object = {}): FieldToMatch => ({
  kind,
  match: ALL,
  scope: 'ALL',
  oversize: 'CONTINUE',
  ...settings,
});
const json = (settings: object = {}): FieldToMatch => ({
  kind: 'jsonBody',
  paths: 'ALL',
  scope: 'ALL',
  invalidFallback: undefined,
  oversize: 'CONTINUE',
  ...settings,
});
const many = (count: number, value: string) => Array.from({ length: count }, (_, at) => [`x-${at}`, value] as const);

const FIELDS: readonly (readonly [name: string, field: FieldToMatch, request: Partial<InspectedRequest>, matches: boolean])[] = [
  ['method', { kind: 'method' }, { method: 'FIND' }, true],
  ['query string', { kind: 'queryString' }, { query: 'a=FIND' }, true],
  ['a header', { kind: 'singleHeader', name: 'x-a' }, { fields: [['x-a', 'FIND']] }, true],
  [
    'the second line of a header',
    { kind: 'singleHeader', name: 'x-a' },
    {
      fields: [
        ['x-a', ''],
        ['x-a', 'FIND'],
      ],
    },
    true,
  ],
  ['another header', { kind: 'singleHeader', name: 'x-a' }, { fields: [['x-b', 'FIND']] }, false],
  ['an argument, whatever its case', { kind: 'singleQueryArgument', name: 'city' }, { query: 'x=1&City=FIND' }, true],
  ['an argument that comes twice', { kind: 'singleQueryArgument', name: 'a' }, { query: 'a=1&a=FIND' }, true],
  ['another argument', { kind: 'singleQueryArgument', name: 'a' }, { query: 'b=FIND' }, false],
  ['all arguments', { kind: 'allQueryArguments' }, { query: 'a=1&b=FIND' }, true],
  ['the name of an argument is not its value', { kind: 'allQueryArguments' }, { query: 'FIND=1' }, false],
  ['body', { kind: 'body', oversize: 'CONTINUE' }, { body: 'xFINDx' }, true],
  ['no body', { kind: 'body', oversize: 'CONTINUE' }, {}, false],
  ['a larger body: go on', { kind: 'body', oversize: 'CONTINUE' }, { body: 'FIND', bodyIsLarger: true }, true],
  ['a larger body: match', { kind: 'body', oversize: 'MATCH' }, { body: '', bodyIsLarger: true }, true],
  ['a larger body: no match', { kind: 'body', oversize: 'NO_MATCH' }, { body: 'FIND', bodyIsLarger: true }, false],
  ['headers, a value', map('headers'), { fields: [['x', 'FIND']] }, true],
  ['headers, keys alone', map('headers', { scope: 'KEY' }), { fields: [['x', 'FIND']] }, false],
  ['headers, included', map('headers', { match: { kind: 'included', names: ['x'] } }), { fields: [['x', 'FIND']] }, true],
  ['headers, not included', map('headers', { match: { kind: 'included', names: ['y'] } }), { fields: [['x', 'FIND']] }, false],
  ['headers, excluded', map('headers', { match: { kind: 'excluded', names: ['x'] } }), { fields: [['x', 'FIND']] }, false],
  ['headers, after the 200th', map('headers'), { fields: [...many(200, ''), ['x', 'FIND']] }, false],
  [
    'headers, after 8 KB',
    map('headers'),
    {
      fields: [
        ['a', 'x'.repeat(8192)],
        ['x', 'FIND'],
      ],
    },
    false,
  ],
  ['headers, cut at 8 KB', map('headers'), { fields: [['a', `${'x'.repeat(8187)}FIND`]] }, true],
  ['headers, too many: match', map('headers', { oversize: 'MATCH' }), { fields: many(201, '') }, true],
  ['headers, too many: no match', map('headers', { oversize: 'NO_MATCH' }), { fields: [['x', 'FIND'], ...many(201, '')] }, false],
  ['a cookie', map('cookies'), { fields: [['cookie', 'a=1; b=FIND']] }, true],
  ['a cookie that is no pair', map('cookies'), { fields: [['cookie', 'a=1;;FIND']] }, true],
  ['the key of a cookie', map('cookies', { scope: 'KEY' }), { fields: [['cookie', 'FIND=1']] }, true],
  ['an included cookie', map('cookies', { match: { kind: 'included', names: ['b'] } }), { fields: [['cookie', 'b=FIND']] }, true],
  [
    'the case of a cookie',
    map('cookies', { match: { kind: 'included', names: ['B'] } }),
    { fields: [['cookie', 'b=FIND']] },
    false,
  ],
  [
    'header order',
    { kind: 'headerOrder', oversize: 'CONTINUE' },
    {
      fields: [
        ['a', ''],
        ['FIND', ''],
        ['b', ''],
      ],
    },
    true,
  ],
  ['JA3, fallback', { kind: 'ja3Fingerprint', fallback: 'MATCH' }, {}, true],
  ['JA4, no fallback', { kind: 'ja4Fingerprint', fallback: 'NO_MATCH' }, {}, false],
  ['fragment, fallback', { kind: 'uriFragment', fallback: 'MATCH' }, {}, true],
  ['JSON, a value', json(), { body: '{"a":["x",{"b":"FIND"}]}' }, true],
  ['JSON, a key', json({ scope: 'KEY' }), { body: '{"FIND":1}' }, true],
  ['JSON, keys alone', json({ scope: 'KEY' }), { body: '{"a":"FIND"}' }, false],
  ['JSON, escaped', json(), { body: '{"a":"\\u0046I\\u004eD"}' }, true],
  ['JSON, a path', json({ paths: ['/a/0'] }), { body: '{"a":["FIND"]}' }, true],
  ['JSON, what is under a path', json({ paths: ['/a'] }), { body: '{"a":{"b":"FIND"}}' }, true],
  ['JSON, another path', json({ paths: ['/b'] }), { body: '{"a":"FIND"}' }, false],
  ['JSON, a path of a longer name', json({ paths: ['/a'] }), { body: '{"ab":"FIND"}' }, false],
  ['JSON, broken behind it', json(), { body: '{"a":"FIND",}' }, true],
  ['JSON, broken before it', json(), { body: '{"a":,"b":"FIND"}' }, false],
  ['JSON, a comma missing', json(), { body: '{"a":"x""b":"FIND"}' }, true],
  ['JSON, a comma missing in a list', json({ paths: ['/1/a'] }), { body: '[1 {"a":"FIND"}]' }, true],
  ['JSON, a colon missing', json({ paths: ['/b'] }), { body: '{"a":1,"b""FIND"}' }, true],
  ['JSON, a colon too many', json(), { body: '{"a"::"x","b":"FIND"}' }, true],
  ['JSON, parsed all the same: no fallback', json({ invalidFallback: 'MATCH' }), { body: '{"a"::[1 2]"b"{}}' }, false],
  ['JSON, a colon in a list', json({ invalidFallback: 'MATCH' }), { body: '[1:2]' }, true],
  ['JSON, a number for a key', json({ invalidFallback: 'MATCH' }), { body: '{"a":1 2}' }, true],
  ['JSON, no body: no fallback', json({ invalidFallback: 'MATCH' }), {}, false],
  ['JSON, cut inside a string', json(), { body: '{"a":"xFIND' }, true],
  ['JSON, broken: match', json({ invalidFallback: 'MATCH' }), { body: '{' }, true],
  ['JSON, broken: no match', json({ invalidFallback: 'NO_MATCH' }), { body: '{"a":"FIND"' }, false],
  ['JSON, broken: as text', json({ invalidFallback: 'EVALUATE_AS_STRING' }), { body: '{{FIND' }, true],
  ['JSON, a second document', json({ invalidFallback: 'MATCH' }), { body: '{} {}' }, true],
  ['JSON, whole: no fallback', json({ invalidFallback: 'MATCH' }), { body: ' [1, -2.5e3, true, null, "x"] ' }, false],
  ['JSON, no number', json({ invalidFallback: 'MATCH' }), { body: '[01]' }, true],
  ['JSON, deep', json({ invalidFallback: 'MATCH' }), { body: `${'['.repeat(9999)}"FIND"${']'.repeat(9999)}` }, true],
];

for (const [name, field, request, matches] of FIELDS) {
  test(`field: ${name}`, () => {
    expect(evaluate(compiled(webAcl([rule('r', contains('FIND', field))])), inspection(request)).action).toBe(
      matches ? 'BLOCK' : 'ALLOW',
    );
  });
}

test('a query is prepared before it is taken apart', () => {
  const statement = {
    ...contains('x', { kind: 'singleQueryArgument', name: 'b' }),
    preParse: ['REPLACE_SEMICOLONS_WITH_AMPERSANDS'],
  };
  const acl = compiled(webAcl([rule('r', statement as Statement)]));
  expect(evaluate(acl, inspection({ query: 'a=1;b=x' })).action).toBe('BLOCK');
});

test('a match says where: in the text that was looked at', () => {
  const acl = compiled(webAcl([rule('r', contains('evil', { kind: 'singleQueryArgument', name: 'a' }))]));
  expect(evaluate(acl, inspection({ query: 'a=an-evil-one' })).terminating?.details).toEqual([
    { condition: 'BYTE_MATCH', location: 'SINGLE_QUERY_ARG', name: 'a', at: 3, matched: ['evil'] },
  ]);
});

test('what is larger than what is inspected is told', () => {
  const acl = compiled(webAcl([rule('r', contains('x', { kind: 'body', oversize: 'CONTINUE' }))]));
  expect(evaluate(acl, inspection({ body: '', bodyIsLarger: true })).oversize).toEqual(['REQUEST_BODY']);
});
