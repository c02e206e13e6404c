import { describe, expect, test } from 'bun:test';
import { fieldLines, type Field, type Fields } from '../../http/fields.ts';
import { compileResponseHeadersPolicy } from '../../model/compile-response-headers-policy.ts';
import type { CorsPolicy, PolicyHeader, ResponseHeadersPolicy } from '../../model/policies.ts';
import { MANAGED_RESPONSE_HEADERS_POLICIES } from '../../tables/managed-response-headers-policies.ts';
import type { Outcome } from '../outcome.ts';
import { applyResponseHeadersPolicy, type PolicyApplied } from './response-headers-policy.ts';
import { viewerFields } from './viewer-fields.ts';

const EMPTY: ResponseHeadersPolicy = {
  id: 'p',
  name: 'p',
  remove: [],
  cors: undefined,
  security: [],
  custom: [],
  serverTimingSamplingRate: undefined,
};
const CORS: CorsPolicy = {
  allowOrigins: ['https://a.example'],
  allowHeaders: [],
  allowMethods: ['GET'],
  allowCredentials: false,
  exposeHeaders: [],
  maxAge: undefined,
  originOverride: true,
};
const OUTCOME: Outcome = {
  requestId: 'abc==',
  receivedAt: 0,
  distributionId: 'E1',
  pathPattern: '*',
  cacheKey: '/a',
  cache: { kind: 'hit', age: 5000, remaining: 5 },
  answeredBy: 'cache',
  redirected: false,
  status: 200,
  errorDetail: undefined,
  originId: undefined,
};
const FROM_A: Fields = [['origin', 'https://a.example']];

function apply(policy: Partial<ResponseHeadersPolicy>, base: Fields, asked: Fields = []): PolicyApplied {
  return applyResponseHeadersPolicy({
    policy: compileResponseHeadersPolicy({ ...EMPTY, ...policy }),
    request: { method: 'GET', fields: asked },
    base,
    outcome: OUTCOME,
    popName: 'FRA56-P4',
    timeToFirstByte: 0,
    draw: 0.5,
  });
}

function text({ base, added }: Pick<PolicyApplied, 'base' | 'added'>): string {
  const line = ([name, value]: Field): string => `${name}: ${value}`;
  return `${base.map(line).join(' | ')} > ${added.map(line).join(' | ')}`;
}

function header(name: string, value: string, override: boolean): PolicyHeader {
  return { name, value, override };
}

type Row = readonly [name: string, policy: Partial<ResponseHeadersPolicy>, base: Fields, asked: Fields, want: string];
const BASE: Fields = [
  ['content-type', 'text/html'],
  ['x-powered-by', 'PHP'],
  ['x-frame-options', 'DENY'],
];
const REST = 'content-type: text/html | x-powered-by: PHP | x-frame-options: DENY';
const ROWS: readonly Row[] = [
  ['an empty policy', {}, BASE, [], `${REST} > `],
  ['removal', { remove: ['x-powered-by', 'x-absent'] }, BASE, [], 'content-type: text/html | x-frame-options: DENY > '],
  [
    'removal of every line',
    { remove: ['set-cookie'] },
    [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
    [],
    ' > ',
  ],
  [
    'removal does not block addition',
    { remove: ['x-powered-by'], custom: [header('x-powered-by', 'us', false)] },
    BASE,
    [],
    'content-type: text/html | x-frame-options: DENY > x-powered-by: us',
  ],
  ['custom, absent at the origin', { custom: [header('x-a', '1', false)] }, BASE, [], `${REST} > x-a: 1`],
  ['custom with override, absent at the origin', { custom: [header('x-a', '1', true)] }, BASE, [], `${REST} > x-a: 1`],
  ['custom without override gives way', { custom: [header('x-powered-by', 'us', false)] }, BASE, [], `${REST} > `],
  [
    'custom with override replaces',
    { custom: [header('x-powered-by', 'us', true)] },
    BASE,
    [],
    'content-type: text/html | x-frame-options: DENY > x-powered-by: us',
  ],
  ['an empty value', { custom: [header('x-a', '', true)] }, [], [], ' > x-a: '],
  ['security without override gives way', { security: [header('x-frame-options', 'SAMEORIGIN', false)] }, BASE, [], `${REST} > `],
  [
    'security with override replaces',
    { security: [header('x-frame-options', 'SAMEORIGIN', true)] },
    BASE,
    [],
    'content-type: text/html | x-powered-by: PHP > x-frame-options: SAMEORIGIN',
  ],
  [
    'security comes before custom',
    { custom: [header('x-a', '1', true)], security: [header('x-b', '2', true)] },
    [],
    [],
    ' > x-b: 2 | x-a: 1',
  ],
  [
    'custom with override replaces security',
    { custom: [header('x-b', '1', true)], security: [header('x-b', '2', true)] },
    [],
    [],
    ' > x-b: 1',
  ],
  [
    'custom without override gives way to security',
    { custom: [header('x-b', '1', false)], security: [header('x-b', '2', true)] },
    [],
    [],
    ' > x-b: 2',
  ],
  [
    'CORS replaces what the origin says',
    { cors: CORS },
    [['access-control-allow-origin', '*']],
    FROM_A,
    'vary: Origin > access-control-allow-origin: https://a.example',
  ],
  [
    'CORS removed first, then added without override',
    { cors: { ...CORS, originOverride: false }, remove: ['access-control-allow-origin'] },
    [['access-control-allow-origin', '*']],
    FROM_A,
    'vary: Origin > access-control-allow-origin: https://a.example',
  ],
  [
    'CORS leaves what the origin says',
    { cors: { ...CORS, originOverride: false } },
    [['access-control-allow-origin', '*']],
    FROM_A,
    'access-control-allow-origin: * > ',
  ],
  [
    'CORS for nobody, but caches must know',
    { cors: CORS },
    [['vary', 'Accept-Encoding']],
    [],
    'vary: Accept-Encoding, Origin > ',
  ],
  ['Vary says it already', { cors: CORS }, [['vary', 'origin']], [], 'vary: origin > '],
  ['Vary removed and needed', { cors: CORS, remove: ['vary'] }, [['vary', 'Cookie']], [], 'vary: Origin > '],
  [
    'CORS comes before security',
    { cors: CORS, security: [header('x-b', '2', true)] },
    [],
    FROM_A,
    'vary: Origin > access-control-allow-origin: https://a.example | x-b: 2',
  ],
  ['Server-Timing not sampled', { serverTimingSamplingRate: 50 }, [['server-timing', 'db']], [], 'server-timing: db > '],
];
test.each(ROWS)('%s', (_name, policy, base, asked, want) => expect(text(apply(policy, base, asked))).toBe(want));

test('Server-Timing comes last and takes the place of the origin’s', () => {
  const applied = apply({ serverTimingSamplingRate: 50.0001, custom: [header('x-a', '1', true)] }, [['server-timing', 'db']]);
  expect(applied.base).toEqual([]);
  expect(applied.added.map(([name]) => name)).toEqual(['x-a', 'server-timing']);
});

describe('around the edge’s own fields', () => {
  const EDGE = { popName: 'FRA56-P4', viaHost: 'x.cloudfront.net', now: 0, outcome: OUTCOME };
  const DATED: Fields = [
    ['date', 'Fri, 02 Jan 2026 03:04:05 GMT'],
    ['server', 'nginx'],
  ];
  const sent = (policy: Partial<ResponseHeadersPolicy>, outcome = OUTCOME): Fields => {
    const applied = apply(policy, outcome.answeredBy === 'edge' ? [] : DATED);
    const { shared, edge, own } = viewerFields({ ...EDGE, outcome, base: applied.base, policy: applied, altSvc: 'h3=":443"' });
    return [...shared, ...edge, ...own];
  };
  const MADE: Outcome = { ...OUTCOME, answeredBy: 'edge', status: 502, cache: { kind: 'none' } };
  const EPOCH = 'Thu, 01 Jan 1970 00:00:00 GMT';

  type EdgeRow = readonly [policy: Partial<ResponseHeadersPolicy>, outcome: Outcome, name: string, want: readonly string[]];
  const EDGE_ROWS: readonly EdgeRow[] = [
    [{ remove: ['server'] }, OUTCOME, 'server', ['CloudFront']],
    [{ remove: ['date'] }, OUTCOME, 'date', [EPOCH]],
    [{ remove: ['server'] }, MADE, 'server', ['CloudFront']],
    [{ remove: ['age'] }, OUTCOME, 'age', []],
    [{ remove: ['alt-svc'] }, OUTCOME, 'alt-svc', []],
    [{ custom: [header('server', 'own', true)] }, OUTCOME, 'server', ['own']],
    [{ custom: [header('server', 'own', false)] }, OUTCOME, 'server', ['nginx']],
    [{ custom: [header('server', 'own', true)] }, MADE, 'server', ['own']],
    [{ remove: ['server'], custom: [header('server', 'own', false)] }, OUTCOME, 'server', ['own']],
    [{ custom: [header('date', 'never', true)] }, MADE, 'date', ['never']],
  ];
  test.each(EDGE_ROWS)('%j: %#', (policy, outcome, name, want) => expect(fieldLines(sent(policy, outcome), name)).toEqual(want));

  test('what the policy adds comes after Age', () => {
    expect(sent({ custom: [header('x-a', '1', true)] }).slice(-2)).toEqual([
      ['age', '5'],
      ['x-a', '1'],
    ]);
  });
});

test('the managed policies add what AWS says', () => {
  const added = MANAGED_RESPONSE_HEADERS_POLICIES.map((policy) =>
    apply(policy, [], [['origin', 'https://any.example']])
      .added.map(([name]) => name.replace('access-control-', ''))
      .join(' '),
  );
  const five = 'referrer-policy strict-transport-security x-content-type-options x-frame-options x-xss-protection';
  expect(added).toEqual([
    'allow-origin',
    'allow-origin expose-headers',
    five,
    `allow-origin ${five}`,
    `allow-origin expose-headers ${five}`,
  ]);
});
