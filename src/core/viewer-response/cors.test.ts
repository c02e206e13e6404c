import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { compileResponseHeadersPolicy, type CompiledCors } from '../../model/compile-response-headers-policy.ts';
import type { CorsPolicy } from '../../model/policies.ts';
import { decideCors, type Cors } from './cors.ts';

const ANY: CorsPolicy = {
  allowOrigins: ['*'],
  allowHeaders: [],
  allowMethods: ['GET', 'HEAD'],
  allowCredentials: false,
  exposeHeaders: ['x-shown', 'etag'],
  maxAge: 600_000,
  originOverride: false,
};
const LISTED: CorsPolicy = { ...ANY, allowOrigins: ['https://a.example', '*.b.example'] };

function compiled(cors: CorsPolicy): CompiledCors {
  const policy = compileResponseHeadersPolicy({
    id: 'p',
    name: 'p',
    remove: [],
    cors,
    security: [],
    custom: [],
    serverTimingSamplingRate: undefined,
  });
  if (policy.cors === undefined) throw new Error('the policy has lost its CORS part');
  return policy.cors;
}

/** `A: b | C: d`, with `+vary` where the answer varies by Origin. */
function shown(cors: Cors): string {
  const what =
    cors.kind === 'apply'
      ? cors.fields.map(([name, value]) => `${name.replace('access-control-', '')}: ${value}`).join(' | ')
      : cors.reason;
  return cors.variesByOrigin ? `${what} +vary` : what;
}

const FROM_A: Fields = [['origin', 'https://a.example']];
const FROM_B: Fields = [['origin', 'http://www.b.example:8080']];
const FROM_EVIL: Fields = [['origin', 'https://evil.example']];
const preflight = (headers?: string, origin = 'https://a.example'): Fields => [
  ['origin', origin],
  ['access-control-request-method', 'PUT'],
  ...(headers === undefined ? [] : [['access-control-request-headers', headers] as const]),
];
const EXPOSED = 'expose-headers: x-shown, etag';
const FIXED = 'allow-methods: GET, HEAD | max-age: 600';

type Row = readonly [name: string, cors: CorsPolicy, method: string, asked: Fields, origins: Fields, want: string];
const ROWS: readonly Row[] = [
  ['anyone, no Origin', ANY, 'GET', [], [], 'no-origin'],
  ['anyone', ANY, 'GET', FROM_A, [], `allow-origin: * | ${EXPOSED}`],
  ['anyone, even null', ANY, 'GET', [['origin', 'null']], [], `allow-origin: * | ${EXPOSED}`],
  ['a list, no Origin', LISTED, 'GET', [], [], 'no-origin +vary'],
  ['a list, an exact one', LISTED, 'GET', FROM_A, [], `allow-origin: https://a.example | ${EXPOSED} +vary`],
  ['a list, a pattern', LISTED, 'HEAD', FROM_B, [], `allow-origin: http://www.b.example:8080 | ${EXPOSED} +vary`],
  ['a list, another', LISTED, 'GET', FROM_EVIL, [], 'origin-not-allowed +vary'],
  ['a list, null', LISTED, 'GET', [['origin', 'null']], [], 'origin-not-allowed +vary'],
  [
    'a list with a star',
    { ...LISTED, allowOrigins: ['https://a.example', '*'] },
    'GET',
    FROM_EVIL,
    [],
    `allow-origin: https://evil.example | ${EXPOSED} +vary`,
  ],
  [
    'credentials',
    { ...LISTED, allowCredentials: true },
    'GET',
    FROM_A,
    [],
    `allow-origin: https://a.example | allow-credentials: true | ${EXPOSED} +vary`,
  ],
  [
    'credentials, a preflight',
    { ...LISTED, allowCredentials: true },
    'OPTIONS',
    preflight(),
    [],
    `allow-origin: https://a.example | allow-credentials: true | ${FIXED} +vary`,
  ],
  ['credentials, not allowed', { ...LISTED, allowCredentials: true }, 'GET', FROM_EVIL, [], 'origin-not-allowed +vary'],
  ['nothing exposed', { ...ANY, exposeHeaders: [] }, 'GET', FROM_A, [], 'allow-origin: *'],
  ['a preflight', ANY, 'OPTIONS', preflight(), [], `allow-origin: * | ${FIXED}`],
  ['a preflight from elsewhere', LISTED, 'OPTIONS', preflight(undefined, 'https://evil.example'), [], 'origin-not-allowed +vary'],
  ['OPTIONS that is no preflight', ANY, 'OPTIONS', FROM_A, [], `allow-origin: * | ${EXPOSED}`],
  ['GET that names a method', ANY, 'GET', preflight(), [], `allow-origin: * | ${EXPOSED}`],
  [
    'a preflight without methods and age',
    { ...ANY, allowMethods: [], maxAge: undefined },
    'OPTIONS',
    preflight(),
    [],
    'allow-origin: *',
  ],
  ['an age of 0', { ...ANY, maxAge: 0 }, 'OPTIONS', preflight(), [], 'allow-origin: * | allow-methods: GET, HEAD | max-age: 0'],
  [
    'all headers',
    { ...ANY, allowHeaders: ['*'] },
    'OPTIONS',
    preflight('authorization, x-a'),
    [],
    `allow-origin: * | ${FIXED} | allow-headers: *`,
  ],
  [
    'named headers, asked or not',
    { ...ANY, allowHeaders: ['X-A', 'X-B'] },
    'OPTIONS',
    preflight('x-c'),
    [],
    `allow-origin: * | ${FIXED} | allow-headers: X-A, X-B`,
  ],
  [
    'a pattern',
    { ...ANY, allowHeaders: ['x-amz-*'] },
    'OPTIONS',
    preflight('x-amz-date, content-type, x-amz-acl'),
    [],
    `allow-origin: * | ${FIXED} | allow-headers: x-amz-date, x-amz-acl`,
  ],
  [
    'a pattern in the middle',
    { ...ANY, allowHeaders: ['X-*-Amz'] },
    'OPTIONS',
    preflight('X-Foo-Amz, x-amz'),
    [],
    `allow-origin: * | ${FIXED} | allow-headers: X-Foo-Amz`,
  ],
  [
    'a pattern nothing matches',
    { ...ANY, allowHeaders: ['x-amz-*'] },
    'OPTIONS',
    preflight('content-type'),
    [],
    `allow-origin: * | ${FIXED}`,
  ],
  [
    'a pattern and names',
    { ...ANY, allowHeaders: ['x-amz-date', 'x-amz-*'] },
    'OPTIONS',
    preflight('x-amz-date,x-amz-b,X-AMZ-B'),
    [],
    `allow-origin: * | ${FIXED} | allow-headers: x-amz-date, x-amz-b`,
  ],
  [
    'a pattern never covers Authorization',
    { ...ANY, allowHeaders: ['a*'] },
    'OPTIONS',
    preflight('Authorization, accept'),
    [],
    `allow-origin: * | ${FIXED} | allow-headers: accept`,
  ],
  [
    'Authorization by name',
    { ...ANY, allowHeaders: ['*', 'Authorization'] },
    'OPTIONS',
    preflight(),
    [],
    `allow-origin: * | ${FIXED} | allow-headers: *, Authorization`,
  ],
  [
    'what is no name is not echoed',
    { ...ANY, allowHeaders: ['x-*'] },
    'OPTIONS',
    preflight('x-a b, "x-c"'),
    [],
    `allow-origin: * | ${FIXED}`,
  ],
  ['the origin decides', ANY, 'GET', FROM_A, [['access-control-allow-origin', 'https://a.example']], 'origin-decides'],
  ['any CORS header of the origin counts', LISTED, 'GET', FROM_A, [['access-control-max-age', '5']], 'origin-decides'],
  [
    'with override the policy decides',
    { ...LISTED, originOverride: true },
    'GET',
    FROM_A,
    [['access-control-allow-origin', '*']],
    `allow-origin: https://a.example | ${EXPOSED} +vary`,
  ],
];
test.each(ROWS)('%s', (_name, cors, method, asked, origins, want) => {
  expect(shown(decideCors(compiled(cors), { method, fields: asked }, origins))).toBe(want);
});
