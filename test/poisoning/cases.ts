/**
 * Techniques of the public literature on cache poisoning and cache deception: an origin with the weakness, who asks first and who asks
 * second. Whoever asks second must get what they would have got had the first never asked. The origins are simulations of ours.
 */
import type { OriginExchange } from '../../src/testing/index.ts';
import type { SetUp } from './set-ups.ts';

export interface Ask {
  readonly method?: string;
  /** Below a folder of the case's own. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly host?: string;
  /** Sent as it is, in place of the rest; `%PATH%` and `%HOST%` are filled in. */
  readonly raw?: string;
}

export interface Case {
  readonly name: string;
  readonly source: string;
  /** All of them unless given. */
  readonly on?: readonly SetUp[];
  /** The weakness. `path`: below the folder. */
  answer(tx: OriginExchange, path: string): void;
  readonly first: Ask;
  readonly second: Ask;
}

const PRACTICAL = 'Kettle, Practical Web Cache Poisoning (2018)';
const ENTANGLEMENT = 'Kettle, Web Cache Entanglement (2020)';
const DECEPTION = 'Gil, Web Cache Deception (2017)';
const GOTTA = 'Kettle and Ruiz, Gotta cache ’em all (2024)';
const CPDOS = 'Nguyen, Lo Iacono, Federrath, Your Cache Has Fallen (2019)';
const SMUGGLING = 'Kettle, HTTP Desync Attacks (2019)';
const FORWARDING: readonly SetUp[] = ['CachingOptimized and AllViewer', 'one parameter keyed, all forwarded', 'RFC 9111'];

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const HOME = { path: '/' };
/** A viewer with a session. */
const ALICE = { cookie: 'session=alice-7f3b9c2d4e5a6b7c' };

const page = (tx: OriginExchange, body: string): void => tx.respond(200, HTML, `<!doctype html><html>${body}</html>`);
const queryOf = (tx: OriginExchange): URLSearchParams => new URLSearchParams(tx.target.split('?')[1] ?? '');

/** The account page, for whoever asks; nothing is said of caching, as by most frameworks. */
function account(tx: OriginExchange): void {
  const user = /session=([^;]*)/.exec(tx.headers['cookie'] ?? '')?.[1] ?? tx.headers['authorization'];
  if (user === undefined) return tx.respond(302, { location: '/login' }, '');
  page(tx, `<h1>Account of ${user.slice(0, 5)}</h1><p>balance 1,000</p>`);
}

/** Cuts the path where `delimiter` says, as some framework does, and answers with the account page below /account. */
const confusedBy =
  (delimiter: RegExp) =>
  (tx: OriginExchange, path: string): void => {
    const route = path.split(delimiter)[0];
    if (route === '/account') account(tx);
    else tx.respond(404, HTML, 'no such page');
  };

function header(
  name: string,
  value: string,
  answer: (tx: OriginExchange, value: string | undefined) => void,
  source = PRACTICAL,
): Case {
  return {
    name: `${name}: ${value.length > 60 ? `${value.slice(0, 20)}... (${value.length})` : value}`,
    source,
    answer: (tx) => answer(tx, tx.headers[name.toLowerCase()]),
    first: { path: '/', headers: { [name]: value } },
    second: HOME,
  };
}

const resource = (tx: OriginExchange, host: string | undefined): void =>
  page(tx, `<script src="https://${host ?? 'cdn'}/a.js"></script>`);
const redirectTo = (tx: OriginExchange, host: string | undefined): void =>
  tx.respond(302, { location: `https://${host ?? 'www.example.com'}/en/` }, '');
const bare = (tx: OriginExchange, value: string | undefined): void =>
  tx.respond(200, { 'content-type': 'text/plain' }, `hello from ${value ?? 'us'}`);
const errorFor =
  (status: number, headers: Record<string, string> = {}) =>
  (tx: OriginExchange, value: string | undefined): void =>
    value === undefined ? page(tx, 'home') : tx.respond(status, headers, 'refused');

const HEADERS: readonly Case[] = [
  header('X-Forwarded-Host', 'evil.example', resource),
  header('X-Forwarded-Host', 'evil.example', redirectTo),
  header('X-Forwarded-Host', 'evil.example', bare),
  header('X-Forwarded-Host', 'evil."><script>alert(1)</script>', (tx, value) =>
    page(tx, `<meta content="https://${value ?? 'www'}/x">`),
  ),
  header('X-Forwarded-Host', 'www.example.com:1337', redirectTo, ENTANGLEMENT),
  header('X-Host', 'evil.example', resource),
  header('X-Forwarded-Server', 'evil.example', resource),
  header('Forwarded', 'for=1.2.3.4;host=evil.example;proto=http', (tx, value) =>
    resource(tx, /host=([^;]*)/.exec(value ?? '')?.[1]),
  ),
  header('X-Forwarded-Scheme', 'http', (tx, value) =>
    value === undefined ? page(tx, 'home') : tx.respond(301, { location: 'https://www.example.com/' }, ''),
  ),
  header('X-Forwarded-Scheme', 'nothttps', (tx, value) =>
    value === undefined ? page(tx, 'home') : tx.respond(301, { location: `${value}://www.example.com/` }, ''),
  ),
  header('X-Forwarded-SSL', 'off', (tx, value) => (value === 'off' ? redirectTo(tx, undefined) : page(tx, 'home'))),
  header('X-Forwarded-Port', '1337', (tx, value) =>
    tx.respond(302, { location: `https://www.example.com${value === undefined ? '' : `:${value}`}/en/` }, ''),
  ),
  header('X-Forwarded-Prefix', '/evil', (tx, value) => page(tx, `<base href="${value ?? ''}/">`)),
  header('X-Original-URL', '/admin', (tx, value) => page(tx, value === undefined ? 'home' : 'another page')),
  header('X-Rewrite-URL', '/other', (tx, value) => page(tx, value === undefined ? 'home' : 'another page')),
  header('X-Original-Host', 'evil.example', (tx, value) => page(tx, value === undefined ? 'home' : 'another site')),
  header('Origin', 'https://evil.example', (tx, value) =>
    tx.respond(200, { ...HTML, ...(value !== undefined && { 'access-control-allow-origin': value }) }, 'data'),
  ),
  header('Referer', 'https://evil.example/x"><script>alert(1)</script>', (tx, value) =>
    page(tx, `<a href="${value ?? '/'}">back</a>`),
  ),
  header('Referer', 'https://evil.example/landing?x=1', (tx, value) => page(tx, `<a href="${value ?? '/'}">back</a>`)),
  header('User-Agent', 'x<svg onload=alert(1)>', (tx, value) =>
    page(tx, `your browser: ${value?.includes('<') ? value : 'fine'}`),
  ),
  header('X-Forwarded-For', '1.2.3.4<script>alert(1)</script>', (tx, value) =>
    page(tx, value?.includes('<') ? `you are ${value}` : 'home'),
  ),
  header('Via', '1.1 <script>alert(1)</script>', (tx, value) => page(tx, value?.includes('<') ? `through ${value}` : 'home')),
  header('X-Custom-Theme', 'dark"><script src=//evil.example></script>', (tx, value) =>
    page(tx, `<body class="${value ?? 'light'}">`),
  ),
  header('X-Api-Base', 'https://evil.example/api', (tx, value) =>
    tx.respond(200, { 'content-type': 'application/json' }, JSON.stringify({ api: value ?? 'https://www.example.com/api' })),
  ),
  header('Cookie', 'lang=en"}</script><script>alert(1)</script>', (tx, value) =>
    page(tx, `<script>var c={"lang":"${/lang=(.*)/.exec(value ?? '')?.[1] ?? 'en'}"}</script>`),
  ),
  header('Cookie', 'next=//evil.example/login', (tx, value) =>
    tx.respond(302, { location: /next=(.*)/.exec(value ?? '')?.[1] ?? '/home' }, ''),
  ),
  header('Accept-Encoding', 'identity;q=0, evil<script>', (tx, value) => page(tx, value?.includes('evil') ? value : 'home')),
  header(
    'X-Middleware-Prefetch',
    '1',
    (tx, value) => (value === undefined ? page(tx, 'home') : tx.respond(200, {}, '{}')),
    'Next.js, CVE-2023-46298',
  ),
  // CPDoS
  header('X-HTTP-Method-Override', 'POST', errorFor(404), CPDOS),
  header('X-HTTP-Method', 'DELETE', errorFor(405, { 'cache-control': 'max-age=60' }), CPDOS),
  header('X-Method-Override', 'PUT', errorFor(501), CPDOS),
  header('X-Oversized', 'a'.repeat(9000), errorFor(400, { 'cache-control': 'max-age=60' }), CPDOS),
  header('X-Oversized', 'a'.repeat(9001), errorFor(500), CPDOS),
  header('X-Oversized', 'a'.repeat(9002), (tx, value) => (value === undefined ? page(tx, 'home') : tx.reset()), CPDOS),
  header('Cookie', `bomb=${'a'.repeat(9000)}`, errorFor(500), CPDOS),
  header('X-Metachar', 'a\xa0\xff', errorFor(404), CPDOS),
];

function query(name: string, path: string, answer: (tx: OriginExchange) => void, second = '/', source = ENTANGLEMENT): Case {
  return { name, source, on: FORWARDING.slice(0, 2), answer, first: { path }, second: { path: second } };
}

const callbackOf = (text: string): string => [...text.matchAll(/callback=([^&;]*)/g)].at(-1)?.[1] ?? 'none';
const script = (tx: OriginExchange, name: string): void =>
  tx.respond(200, { 'content-type': 'application/javascript' }, `${decodeURIComponent(name)}({"ok":true})`);

const QUERIES: readonly Case[] = [
  query('an unkeyed parameter as markup', '/?utm_content=%22%3E%3Cscript%3Ealert(1)%3C/script%3E', (tx) =>
    page(tx, `<link href="/?u=${queryOf(tx).get('utm_content') ?? ''}">`),
  ),
  query('the whole query as sent', "/?'><svg/onload=alert(1)>", (tx) =>
    page(tx, `<link href='${decodeURIComponent(tx.target)}'>`.replace(/\/c\d+/, '')),
  ),
  query('an unkeyed parameter in a redirect', '/?next=//evil.example/', (tx) =>
    tx.respond(302, { location: queryOf(tx).get('next') ?? '/home' }, ''),
  ),
  query('an unkeyed parameter in a script’s address', '/?cdn=evil.example', (tx) =>
    page(tx, `<script src="https://${queryOf(tx).get('cdn') ?? 'cdn'}/a.js"></script>`),
  ),
  query('an unkeyed parameter in a cookie', '/?lang=xx%3B%20Domain%3Dexample.com', (tx) =>
    tx.respond(200, { ...HTML, 'set-cookie': `lang=${queryOf(tx).get('lang') ?? 'en'}` }, 'home'),
  ),
  query('response splitting', '/?lang=en%0d%0aX-Injected:%20evil', (tx) => {
    const injected = queryOf(tx).get('lang')?.split('\r\n')[1]?.split(': ');
    tx.respond(200, { ...HTML, ...(injected && { [injected[0] as string]: injected[1] as string }) }, 'home');
  }),
  {
    ...query('JSONP: the callback is not keyed', '/js?cb=evilfn', (tx) => script(tx, queryOf(tx).get('cb') ?? 'none'), '/js'),
  },
  {
    name: 'parameter cloaking with ;',
    source: ENTANGLEMENT,
    on: ['one parameter keyed, all forwarded'],
    answer: (tx) => script(tx, callbackOf(tx.target)),
    first: { path: '/js?callback=good&utm_content=x;callback=evil' },
    second: { path: '/js?callback=good' },
  },
  {
    name: 'parameter cloaking with an encoded name',
    source: ENTANGLEMENT,
    on: ['one parameter keyed, all forwarded'],
    answer: (tx) => script(tx, callbackOf(decodeURIComponent(tx.target))),
    first: { path: '/js?callback=good&call%62ack=evil' },
    second: { path: '/js?callback=good' },
  },
  {
    name: 'parameter cloaking with an encoded &',
    source: ENTANGLEMENT,
    on: ['one parameter keyed, all forwarded'],
    answer: (tx) => script(tx, callbackOf(decodeURIComponent(tx.target))),
    first: { path: '/js?callback=good&x=1%26callback=evil' },
    second: { path: '/js?callback=good' },
  },
  {
    name: 'a parameter twice: both are keyed',
    source: ENTANGLEMENT,
    answer: (tx) => script(tx, callbackOf(tx.target)),
    on: ['one parameter keyed, all forwarded', 'ForwardedValues'],
    first: { path: '/js?callback=good&callback=evil' },
    second: { path: '/js?callback=good' },
  },
  {
    name: 'fat GET',
    source: ENTANGLEMENT,
    answer: (tx) => script(tx, callbackOf(`${tx.target}&${tx.body.toString()}`)),
    first: {
      path: '/js?callback=good',
      raw: 'GET %PATH% HTTP/1.1\r\nHost: %HOST%\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 13\r\nConnection: close\r\n\r\ncallback=evil',
    },
    second: { path: '/js?callback=good' },
  },
  {
    name: 'fat GET, chunked',
    source: ENTANGLEMENT,
    answer: (tx) => script(tx, callbackOf(`${tx.target}&${tx.body.toString()}`)),
    first: {
      path: '/js?callback=good',
      raw: 'GET %PATH% HTTP/1.1\r\nHost: %HOST%\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nd\r\ncallback=evil\r\n0\r\n\r\n',
    },
    second: { path: '/js?callback=good' },
  },
];

function host(name: string, first: Omit<Ask, 'path'>, source = ENTANGLEMENT): Case {
  return {
    name,
    source,
    answer: (tx) =>
      tx.respond(302, { location: `https://${tx.headers['host']?.replace(/^localhost.*/, 'www.example.com')}/en/` }, ''),
    first: { path: '/', ...first },
    second: { path: '/', host: 'www.example.com' },
  };
}

const closing = 'Connection: close\r\n\r\n';
const HOSTS: readonly Case[] = [
  host('Host with another port', { host: 'www.example.com:1337' }),
  host('two Host fields', { raw: `GET %PATH% HTTP/1.1\r\nHost: www.example.com\r\nHost: evil.example\r\n${closing}` }),
  host('absolute form, another Host', { raw: `GET http://www.example.com%PATH% HTTP/1.1\r\nHost: evil.example\r\n${closing}` }),
  host('absolute form of another site', { raw: `GET http://evil.example%PATH% HTTP/1.1\r\nHost: www.example.com\r\n${closing}` }),
  host('a space before the colon', {
    raw: `GET %PATH% HTTP/1.1\r\nHost: www.example.com\r\nX-Forwarded-Host : evil.example\r\n${closing}`,
  }),
  host('a folded field', {
    raw: `GET %PATH% HTTP/1.1\r\nHost: www.example.com\r\nX-A: b\r\n X-Forwarded-Host: evil.example\r\n${closing}`,
  }),
  host('Host with a path', { raw: `GET %PATH% HTTP/1.1\r\nHost: www.example.com/evil\r\n${closing}` }),
  host('Host with user information', { raw: `GET %PATH% HTTP/1.1\r\nHost: evil.example@www.example.com\r\n${closing}` }),
];

/** The smuggled request would be answered with the other page, and that stored for the next. */
function smuggled(name: string, head: string, body: string): Case {
  return {
    name,
    source: SMUGGLING,
    answer: (tx, path) => page(tx, path === '/evil' ? 'evil' : 'home'),
    first: {
      path: '/',
      raw: `POST %PATH% HTTP/1.1\r\nHost: %HOST%\r\n${head}\r\n\r\n${body}GET %PATH%evil HTTP/1.1\r\nHost: %HOST%\r\n${closing}`,
    },
    second: HOME,
  };
}

const SMUGGLED: readonly Case[] = [
  smuggled('CL.TE', 'Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
  smuggled('TE.TE', 'Transfer-Encoding: xchunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
  smuggled('two lengths', 'Content-Length: 0\r\nContent-Length: 44', ''),
  smuggled('TE after a space', 'Transfer-Encoding : chunked\r\nContent-Length: 5', '0\r\n\r\n'),
  smuggled('a method without a body', 'Content-Length: 0', ''),
];

function deception(name: string, path: string, answer: Case['answer'], source = GOTTA): Case {
  return { name, source, answer, first: { path, headers: ALICE }, second: { path } };
}

const DECEPTIONS: readonly Case[] = [
  deception('/account/x.css', '/account/x.css', confusedBy(/(?<=.)\//), DECEPTION),
  deception('/account/x.js', '/account/x.js', confusedBy(/(?<=.)\//), DECEPTION),
  deception('/account/x.png', '/account/x.png', confusedBy(/(?<=.)\//), DECEPTION),
  deception('; (Spring, Tomcat)', '/account;x.css', confusedBy(/;/)),
  deception('. (Rails)', '/account.css', confusedBy(/\./)),
  deception('%00 (OpenLiteSpeed)', '/account%00x.css', confusedBy(/%00/)),
  deception('%0a (Nginx with a rewrite)', '/account%0ax.css', confusedBy(/%0a/)),
  deception('%23', '/account%23x.css', confusedBy(/%23/)),
  deception('%3f', '/account%3fx.css', confusedBy(/%3f/)),
  deception('%2f', '/account%2fx.css', confusedBy(/%2f/)),
  deception('%3b', '/account%3bx.ico', confusedBy(/%3b/)),
  deception('!', '/account!x.css', confusedBy(/!/)),
  deception('$', '/account$x.css', confusedBy(/\$/)),
  deception('a static folder and dot segments', '/static/..%2faccount', (tx, path) =>
    path === '/static/..%2faccount' ? account(tx) : tx.respond(404),
  ),
  deception('encoded dot segments', '/static/%2e%2e/account', (tx) => account(tx)),
  deception('encoded dots and slash', '/static/%2e%2e%2faccount', (tx) => account(tx)),
  deception('a backslash', '/static/..%5caccount', (tx) => account(tx)),
  deception('a static file’s name', '/account%2f%2e%2e%2frobots.txt', (tx) => account(tx)),
  deception('a static file’s name after a delimiter', '/account;/../robots.txt', confusedBy(/;/)),
  deception('/index.html after a delimiter', '/account;%2f%2e%2e%2findex.html', confusedBy(/;/)),
  deception(
    'no Content-Type',
    '/account/y.css',
    (tx) => {
      const isAlice = tx.headers['cookie']?.includes('alice') === true;
      tx.respond(200, {}, isAlice ? 'balance 1,000' : 'log in');
    },
    DECEPTION,
  ),
  deception('JSON for a script', '/api/me/x.js', (tx) => {
    const isAlice = tx.headers['cookie']?.includes('alice') === true;
    tx.respond(200, { 'content-type': 'application/json' }, JSON.stringify({ user: isAlice ? 'alice' : null }));
  }),
];

const LEAKS: readonly Case[] = [
  {
    name: 'private, overruled by MinTTL',
    source: 'RFC 9111 5.2.2.7',
    answer: (tx) => tx.respond(200, { ...HTML, 'cache-control': 'private' }, tx.headers['cookie'] ?? 'nobody'),
    first: { path: '/me', headers: ALICE },
    second: { path: '/me' },
  },
  {
    name: 'no-store, overruled by MinTTL',
    source: 'RFC 9111 5.2.2.5',
    answer: (tx) =>
      tx.respond(200, { ...HTML, 'cache-control': 'no-store' }, tx.headers['cookie'] === undefined ? 'nobody' : 'alice'),
    first: { path: '/me', headers: ALICE },
    second: { path: '/me' },
  },
  {
    name: 'an answer to Authorization',
    source: 'RFC 9111 3.5',
    answer: (tx) => tx.respond(200, HTML, tx.headers['authorization'] === undefined ? 'nobody' : 'alice'),
    first: { path: '/me', headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0' } },
    second: { path: '/me' },
  },
  {
    name: 'a session for whoever comes first',
    source: 'RFC 9111 7.3',
    answer: (tx) => {
      const isFirst = tx.headers['x-first'] !== undefined || tx.headers['user-agent'] === 'first';
      tx.respond(
        200,
        { ...HTML, 'set-cookie': isFirst ? 'sid=5f2e8a7c9b1d4e3f6a0c; HttpOnly' : 'sid=00112233445566778899aabb' },
        'home',
      );
    },
    first: { path: '/', headers: { 'user-agent': 'first' } },
    second: HOME,
  },
  {
    name: 'Vary: Cookie',
    source: 'RFC 9110 12.5.5',
    answer: (tx) => tx.respond(200, { ...HTML, vary: 'Cookie' }, tx.headers['cookie'] === undefined ? 'nobody' : 'alice'),
    first: { path: '/', headers: { cookie: 'session=alice' } },
    second: HOME,
  },
  {
    name: 'the session stands in the page',
    source: 'Mirheidari et al., Cached and Confused (2020)',
    answer: (tx) => page(tx, `<input name=csrf value="${/csrf=([^;]*)/.exec(tx.headers['cookie'] ?? '')?.[1] ?? 'none'}">`),
    first: { path: '/form', headers: { cookie: 'csrf=c0ffee1234567890abcdef' } },
    second: { path: '/form' },
  },
];

const OTHERS: readonly Case[] = [
  {
    name: 'a part that contradicts itself',
    source: 'Range',
    answer: (tx) =>
      tx.headers['range'] === undefined
        ? page(tx, 'the whole page')
        : tx.respond(206, { ...HTML, 'content-range': 'bytes 0-2/100' }, '<!d'),
    first: { path: '/', headers: { range: 'bytes=0-2' } },
    second: HOME,
  },
  {
    name: 'a part in place of the whole',
    source: 'Range',
    answer: (tx) =>
      tx.headers['range'] === undefined
        ? page(tx, 'the whole page')
        : tx.respond(206, { ...HTML, 'content-range': 'bytes 0-2/100' }, '<!d'.slice(0, 3)),
    first: { path: '/', headers: { range: 'bytes=0-2' } },
    second: HOME,
  },
  {
    name: 'an origin that fails at ranges',
    source: CPDOS,
    answer: (tx) => (tx.headers['range'] === undefined ? page(tx, 'the whole page') : tx.respond(500, HTML, 'no ranges')),
    first: { path: '/', headers: { range: 'bytes=0-2' } },
    second: HOME,
  },
  {
    name: 'an origin that breaks off at ranges',
    source: CPDOS,
    answer: (tx) => (tx.headers['range'] === undefined ? page(tx, 'the whole page') : tx.reset()),
    first: { path: '/', headers: { range: 'bytes=0-2' } },
    second: HOME,
  },
  {
    name: 'a range that nothing satisfies',
    source: 'Range',
    answer: (tx) =>
      tx.headers['range'] === undefined ? page(tx, 'whole') : tx.respond(416, { 'content-range': 'bytes */5' }, ''),
    first: { path: '/', headers: { range: 'bytes=9999999-' } },
    second: HOME,
  },
  {
    name: 'a condition that fails',
    source: CPDOS,
    answer: (tx) =>
      tx.headers['if-match'] === undefined ? page(tx, 'home') : tx.respond(412, { 'cache-control': 'max-age=60' }, ''),
    first: { path: '/', headers: { 'if-match': '"evil"' } },
    second: HOME,
  },
  {
    name: 'HEAD before GET',
    source: ENTANGLEMENT,
    answer: (tx) => (tx.method === 'HEAD' ? tx.respond(404, HTML) : page(tx, 'home')),
    first: { method: 'HEAD', path: '/' },
    second: HOME,
  },
  {
    name: 'POST before GET',
    source: ENTANGLEMENT,
    answer: (tx) => page(tx, tx.method),
    first: { method: 'POST', path: '/' },
    second: HOME,
  },
  {
    name: 'another case of the path',
    source: ENTANGLEMENT,
    answer: (tx, path) => page(tx, path),
    first: { path: '/Page' },
    second: { path: '/page' },
  },
  {
    name: 'an encoded ? in the path',
    source: ENTANGLEMENT,
    answer: (tx, path) => page(tx, path),
    first: { path: '/page%3fx=%22%3E%3Cscript%3E' },
    second: { path: '/page?x=%22%3E%3Cscript%3E' },
  },
  {
    name: 'an encoded letter in the path',
    source: ENTANGLEMENT,
    answer: (tx, path) => page(tx, path),
    first: { path: '/p%61ge' },
    second: { path: '/page' },
  },
  {
    name: 'Connection drops a field',
    source: 'Attacking Secondary Contexts',
    answer: (tx) => page(tx, tx.headers['x-amz-cf-id'] === undefined ? 'without' : 'with'),
    first: { path: '/', headers: { connection: 'close, x-amz-cf-id, x-forwarded-for' } },
    second: HOME,
  },
  {
    name: 'a page beyond what the guard waits for',
    source: PRACTICAL,
    on: FORWARDING.slice(0, 2),
    answer: (tx) => page(tx, `${'x'.repeat(100_000)}<script src="https://${tx.headers['x-cdn'] ?? 'cdn'}/a.js"></script>`),
    first: { path: '/', headers: { 'x-cdn': 'evil.example' } },
    second: HOME,
  },
];

export const CASES: readonly Case[] = [...HEADERS, ...QUERIES, ...HOSTS, ...SMUGGLED, ...DECEPTIONS, ...LEAKS, ...OTHERS];
