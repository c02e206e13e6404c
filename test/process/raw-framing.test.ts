/**
 * Requests that two readers could frame or route differently, octet by octet, each with another one behind it: for every request that
 * is admitted the origin gets one, whole and unambiguous, and for one that is refused nothing. RFC 9112 11.2. What is said of other
 * malformed requests: raw-requests.test.ts; in HTTP/2: raw-http2-requests.test.ts.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { raw } from '../listening.ts';
import { startRecordingOrigin, type RecordingOrigin } from './recording-origin.ts';
import { CACHING_DISABLED, cloudFrontOf, createSite } from './site.ts';

const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;

let origin: RecordingOrigin;
let warmfront: RunningWarmfront;
let host: string;

beforeAll(async () => {
  [origin, warmfront] = await Promise.all([startRecordingOrigin(), startWarmfront({ flags: ['--workers', '1'] })]);
  const behavior = {
    CachePolicyId: CACHING_DISABLED,
    OriginRequestPolicyId: ALL_VIEWER,
    AllowedMethods: { Quantity: 7, Items: [...METHODS], CachedMethods: { Quantity: 2, Items: METHODS.slice(0, 2) } },
  };
  host = (await createSite(cloudFrontOf(warmfront), { originPort: origin.port, behavior })).domainName;
});

afterAll(async () => {
  expect(warmfront.output()).not.toContain('could not be');
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

beforeEach(() => void origin.asked.splice(0));

/** Admitted, with its body where it has one, and so is what follows. */
const BOTH = '200 200';
/** Refused, and the connection with it. */
const LAST = '400';
/** Refused, but it is clear where it ends. */
const PASSED_OVER = (status: number): string => `${status} 200`;

/** `octets` with what follows: the statuses that came back, and the requests that the origin got. */
async function send(octets: string): Promise<{ statuses: string; asked: readonly string[] }> {
  const next = `GET /next HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const got = await raw(warmfront.httpPort, octets.replaceAll('{host}', host) + next);
  return { statuses: [...got.matchAll(/HTTP\/1\.1 ((?!100)\d{3})/g)].map(([, status]) => status).join(' '), asked: origin.asked };
}

function rows(
  title: string,
  want: string,
  octets: Readonly<Record<string, string>> | readonly string[],
  of = (row: string): string => row,
): void {
  describe(title, () => {
    const named = Array.isArray(octets) ? octets.map((row: string) => [row, row] as const) : Object.entries(octets);
    for (const [name, row] of named) {
      test(JSON.stringify(name), async () => {
        const { statuses, asked } = await send(of(row));
        expect(statuses).toBe(want);
        expect(asked.filter((request) => request.startsWith('broken'))).toEqual([]);
        expect(asked).toHaveLength(want.split(' ').filter((status) => status === '200').length);
        if (want.endsWith(' 200')) expect(asked.at(-1)).toStartWith('GET /next ');
      });
    }
  });
}

const post = (fields: string, body = ''): string => `POST /p HTTP/1.1\r\nHost: {host}\r\n${fields}\r\n${body}`;
const get = (fields: string, line = 'GET /p HTTP/1.1'): string => `${line}\r\nHost: {host}\r\n${fields}\r\n`;
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n';
const CHUNKS = '5\r\nhello\r\n0\r\n\r\n';

const coded = (field: string): string => post(field, CHUNKS);
rows('codings that are chunked', BOTH, ['chunked', 'CHUNKED', ' \t chunked', 'chunked \t'], (value) =>
  coded(`Transfer-Encoding:${value}\r\n`),
);
rows(
  'codings that are not',
  LAST,
  [
    '',
    'identity',
    'xchunked',
    'chunked,',
    ',chunked',
    'chunked, chunked',
    'chunked, identity',
    'identity, chunked',
    'gzip, chunked',
    'chunked;q=1',
    '"chunked"',
    "'chunked'",
    'chun\tked',
    '\vchunked',
    'chunked\f',
    'chunked\xa0',
    'chunked\x85',
    '\0chunked',
  ],
  (value) => coded(`Transfer-Encoding: ${value}\r\n`),
);
rows('codings said twice, hidden or beside a length', LAST, {
  'CL.TE': post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nG'),
  'TE.CL': post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `2e\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  twice: coded('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'),
  'twice, the second nonsense': coded('Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n'),
  folded: coded('Transfer-Encoding:\r\n chunked\r\n'),
  'folded with a tab': coded('X: y\r\n\tTransfer-Encoding: chunked\r\n'),
  'first and folded': coded(' Transfer-Encoding: chunked\r\n'),
  'a space before the colon': coded('Transfer-Encoding : chunked\r\n'),
  'a tab before the colon': coded('Transfer-Encoding\t: chunked\r\n'),
  'behind LF': coded('X: y\nTransfer-Encoding: chunked\r\n'),
  'behind CR': coded('X: y\rTransfer-Encoding: chunked\r\n'),
  'NUL in the name': coded('Transfer-Encoding\0: chunked\r\n'),
  'a soft hyphen in the name': coded('Transfer-Encoding\xad: chunked\r\n'),
  'in HTTP/1.0': post('Transfer-Encoding: chunked\r\n', CHUNKS).replace('1.1', '1.0'),
});

rows('lengths', BOTH, ['5', '05', '\t5', '5\t'], (value) => post(`Content-Length: ${value}\r\n`, 'hello'));
rows(
  'lengths that are none',
  LAST,
  [
    '',
    '+5',
    '-5',
    '5 5',
    '5,5',
    '5, 5',
    '0x5',
    '5.0',
    '5e0',
    '5;',
    '"5"',
    '1_0',
    '5\v',
    '5\0',
    'NaN',
    '\xb25',
    '9'.repeat(20),
    '18446744073709551621',
  ],
  (value) => post(`Content-Length: ${value}\r\n`, 'hello'),
);
rows('lengths said twice or hidden', LAST, {
  'twice the same': post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'),
  'twice, once in capitals': post('Content-Length: 0\r\nCONTENT-LENGTH: 5\r\n', 'hello'),
  folded: post('Content-Length:\r\n 5\r\n', 'hello'),
  'a space before the colon': post('Content-Length : 5\r\n', 'hello'),
});

const chunked = (body: string): string => post('Transfer-Encoding: chunked\r\n', body);
const tail = '\r\nhello\r\n0\r\n\r\n';
rows(
  'chunks',
  BOTH,
  [
    '0\r\n\r\n',
    '00\r\n\r\n',
    `5;a${tail}`,
    `5 ;a=b;c="d"${tail}`,
    `5\t${tail}`,
    `0005${tail}`,
    'A\r\nhellohello\r\n0;x\r\n\r\n',
    '5\r\nhello\r\n0\r\nX: y\r\n\r\n',
    '5\r\nhello\r\n0\r\nContent-Length: 3\r\nHost: evil\r\nTransfer-Encoding: x\r\n\r\n',
  ],
  chunked,
);
rows(
  'chunks that are none',
  LAST,
  [
    `+5${tail}`,
    `-5${tail}`,
    `0x5${tail}`,
    `5_0${tail}`,
    ` 5${tail}`,
    `5 5${tail}`,
    `5h${tail}`,
    tail,
    `${'0'.repeat(13)}5${tail}`,
    `${'f'.repeat(17)}${tail}`,
    `5;\nhello\r\n0\r\n\r\n`,
    `5;a\rb${tail}`,
    `5;\0${tail}`,
    `5;${'a'.repeat(1100)}${tail}`,
    '5\nhello\n0\n\n',
    '5\rhello\r0\r\r',
    '5\r\nhelloXX0\r\n\r\n',
    '5\r\nhello0\r\n\r\n',
    '5\r\nhello\n0\r\n\r\n',
    '5\r\nhello\r\n\r\n0\r\n\r\n',
    '5\r\nhello\r\n0\n\r\n',
    '5\r\nhello\r\n0\r\n\n',
    '5\r\nhello\r\n0\r\nX\r\n\r\n',
    '5\r\nhello\r\n0\r\n X: y\r\n\r\n',
    '5\r\nhello\r\n0\r\nX: \0\r\n\r\n',
  ],
  chunked,
);

rows('bodies where there need be none', BOTH, ['DELETE', 'OPTIONS', 'PATCH', 'PUT'], (method) =>
  post(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED.replace('{host}', 'evil56')).replace('POST', method),
);
rows('bodies that are passed over: CloudFront', PASSED_OVER(403), ['GET', 'HEAD'], (method) =>
  post('Content-Length: 5\r\n', 'hello').replace('POST', method),
);
rows('bodies of methods that nobody has', PASSED_OVER(405), ['TRACE', 'CONNECT', 'BREW', 'post'], (method) =>
  post('Content-Length: 5\r\n', 'hello').replace('POST', method),
);
rows('chunked bodies of refused requests', PASSED_OVER(403), ['GET', 'HEAD'], (method) =>
  chunked(CHUNKS).replace('POST', method),
);

rows(
  'names of hosts',
  PASSED_OVER(400),
  [
    '',
    '\t',
    'a b',
    'u@{host}',
    'u:p@{host}',
    '{host}:+80',
    '{host}:80:80',
    '{host}:80x',
    '.{host}',
    '{host}/',
    '{host}?x',
    '{host}#x',
    '{host}\\x',
    'http://{host}',
    '[::1',
    '::1',
    '[{host}]',
    '{host}, {host}',
    '{host} {host}',
    '%64{host}',
    '{host}%00',
    '"{host}"',
    '*',
    '-',
    '\xe4{host}',
  ],
  (value) => `GET /p HTTP/1.1\r\nHost: ${value}\r\n\r\n`,
);
rows(
  'names of others',
  PASSED_OVER(403),
  ['{host}.', 'xn--{host}', '[::1]', '127.0.0.1', '169.254.169.254'],
  (value) => `GET /p HTTP/1.1\r\nHost: ${value}\r\n\r\n`,
);

rows(
  'request lines',
  LAST,
  [
    'GET  /p HTTP/1.1',
    'GET\t/p HTTP/1.1',
    'GET /p HTTP/1.1 ',
    ' GET /p HTTP/1.1',
    'GET /p http/1.1',
    'GET /p HTTP/1.10',
    'GET /p HTTP/2.0',
    'GET /p HTTP/0.9',
    'GET /p HTTPS/1.1',
    'GET /p',
    'GET /p\x7f HTTP/1.1',
    'G(T /p HTTP/1.1',
    '"GET" /p HTTP/1.1',
    'GET ?x HTTP/1.1',
    'GET http://{host}@evil/p HTTP/1.1',
    'GET http://evil@{host}/p HTTP/1.1',
    'GET http://{host}:@evil/p HTTP/1.1',
    'GET http://{host}:80/p HTTP/1.1',
    'GET http:/{host}/p HTTP/1.1',
    'GET http:///p HTTP/1.1',
    'GET http://{host}\\@evil/p HTTP/1.1',
    'GET @{host}/p HTTP/1.1',
    'GET :80/p HTTP/1.1',
    'OPTIONS *? HTTP/1.1',
    'GET /p HTTP/1.1\rX: y',
  ],
  (line) => get('', line),
);
rows(
  'targets as sent',
  BOTH,
  [
    '//evil/p',
    '/@evil/p',
    '/%0d%0aX:y',
    '/%2e%2e/%2e%2e/etc',
    '/..;/p',
    '/p?a=b?c',
    '/p?',
    '/%00',
    '/%C0%AE',
    'HTTP://{host}/p',
    'http://{host}?x',
  ],
  (target) => get('', `GET ${target} HTTP/1.1`),
);

rows('fields of a connection', BOTH, {
  'Connection names Content-Length': post('Connection: Content-Length\r\nContent-Length: 5\r\n', 'hello'),
  'Connection names Transfer-Encoding': coded('Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n'),
  'Connection names Host': get('Connection: Host, Via, X-Forwarded-For, Authorization, Cookie\r\n'),
  'Connection names much': get(`Connection: ${Array.from({ length: 2000 }, (_, index) => `x${index}`).join(',')}\r\n`),
  'an upgrade to h2c': get('Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n'),
  'an upgrade to TLS': get('Upgrade: TLS/1.0\r\nConnection: Upgrade\r\n'),
  'a WebSocket without a key': get('Upgrade: websocket\r\nConnection: Upgrade\r\n'),
  'TE, Trailer and what proxies have': get(
    'TE: trailers\r\nTrailer: X\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: x\r\n',
  ),
  'a length with an underscore': post('Content_Length: 5\r\nContent-Length: 0\r\n'),
  'a coding with an underscore': post('Transfer_Encoding: chunked\r\nContent-Length: 0\r\n'),
  'names of objects': get('__proto__: y\r\nconstructor: y\r\ntoString: y\r\n'),
  'six thousand fields': get('a:\r\n'.repeat(6000)),
  'Expect with a body': post('Expect: 100-Continue\r\nContent-Length: 5\r\n', 'hello'),
  'Expect without': post('Expect: 100-continue\r\n'),
  'HTTP/1.0 that is kept': `POST /p HTTP/1.0\r\nHost: {host}\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello`,
  'an empty line between requests': `${get('')}\r\n`,
});

test('fifty requests sent at once, some refused, are answered in order', async () => {
  const { statuses, asked } = await send(
    `${get('')}${post('Content-Length: 5\r\n', 'hello')}${post('Content-Length: 5\r\n', 'hello').replace('POST', 'GET')}`.repeat(
      17,
    ),
  );
  expect(statuses).toBe(`${'200 200 403 '.repeat(17)}200`);
  expect(asked).toHaveLength(35);
});

test('what cannot be read ends the connection, not what went before', async () => {
  const { statuses, asked } = await send(`${get('')}BAD\r\n\r\n${SMUGGLED}`);
  expect(statuses).toBe('200 400');
  expect(asked).toHaveLength(1);
});
