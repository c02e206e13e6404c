/**
 * A viewer with a session is led to a URL that caches take for public; or the site itself answers as if it were.
 */
import type { OriginExchange } from '../../src/testing/index.ts';
import { ALICE, DECEPTION, GOTTA, HOME, HTML, page, type Case } from './technique.ts';

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

function deception(name: string, path: string, answer: Case['answer'], source = GOTTA): Case {
  return { name, source, answer, first: { path, headers: ALICE }, second: { path } };
}

export const DECEPTIONS: readonly Case[] = [
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

export const LEAKS: readonly Case[] = [
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
