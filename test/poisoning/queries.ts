/**
 * Unkeyed parameters, and bodies that are read as some.
 */
import type { OriginExchange } from '../../src/testing/index.ts';
import { ENTANGLEMENT, FORWARDING, HTML, page, queryOf, type Case } from './technique.ts';

function query(name: string, path: string, answer: (tx: OriginExchange) => void, second = '/', source = ENTANGLEMENT): Case {
  return { name, source, on: FORWARDING.slice(0, 2), answer, first: { path }, second: { path: second } };
}

const callbackOf = (text: string): string => [...text.matchAll(/callback=([^&;]*)/g)].at(-1)?.[1] ?? 'none';
const script = (tx: OriginExchange, name: string): void =>
  tx.respond(200, { 'content-type': 'application/javascript' }, `${decodeURIComponent(name)}({"ok":true})`);

export const QUERIES: readonly Case[] = [
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
  query('a parameter that is no number', '/?page=x', (tx) =>
    queryOf(tx).has('page') ? tx.respond(404, HTML, 'no such page') : page(tx, 'home'),
  ),
  query('a parameter that breaks the origin', '/?x[]=%', (tx) =>
    tx.target.includes('x[]') ? tx.respond(500) : page(tx, 'home'),
  ),
  query('a handler without quotes', '/?theme=x%20onload=alert(1)', (tx) =>
    page(tx, `<body class=${queryOf(tx).get('theme') ?? 'light'}>`),
  ),
  query('javascript: in a link', '/?back=javascript:alert(1)', (tx) =>
    page(tx, `<a href="${queryOf(tx).get('back') ?? '/'}">back</a>`),
  ),
  query('a file of the attacker’s on the site', '/?skin=/uploads/evil.js', (tx) =>
    page(tx, `<script src="${queryOf(tx).get('skin') ?? '/a.js'}"></script>`),
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
