/**
 * What the bytes of a request can be made to say: its host, its end, its path, its range.
 */
import { CPDOS, ENTANGLEMENT, FORWARDING, HOME, HTML, page, PRACTICAL, SMUGGLING, type Ask, type Case } from './technique.ts';

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
export const HOSTS: readonly Case[] = [
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

export const SMUGGLED: readonly Case[] = [
  smuggled('CL.TE', 'Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
  smuggled('TE.TE', 'Transfer-Encoding: xchunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
  smuggled('two lengths', 'Content-Length: 0\r\nContent-Length: 44', ''),
  smuggled('TE after a space', 'Transfer-Encoding : chunked\r\nContent-Length: 5', '0\r\n\r\n'),
  smuggled('a method without a body', 'Content-Length: 0', ''),
];

export const OTHERS: readonly Case[] = [
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
