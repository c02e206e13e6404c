/**
 * Unkeyed request fields: reflected, obeyed, or refused.
 */
import type { OriginExchange } from '../../src/testing/index.ts';
import { CPDOS, ENTANGLEMENT, HOME, HTML, page, PRACTICAL, type Case } from './technique.ts';

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

const resource = (tx: OriginExchange, site: string | undefined): void =>
  page(tx, `<script src="https://${site ?? 'cdn'}/a.js"></script>`);
const redirectTo = (tx: OriginExchange, site: string | undefined): void =>
  tx.respond(302, { location: `https://${site ?? 'www.example.com'}/en/` }, '');
const bare = (tx: OriginExchange, value: string | undefined): void =>
  tx.respond(200, { 'content-type': 'text/plain' }, `hello from ${value ?? 'us'}`);
const errorFor =
  (status: number, headers: Record<string, string> = {}) =>
  (tx: OriginExchange, value: string | undefined): void =>
    value === undefined ? page(tx, 'home') : tx.respond(status, headers, 'refused');

export const HEADERS: readonly Case[] = [
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
  header('X-Unknown', '1', errorFor(404), CPDOS),
  header('X-Unknown', '2', errorFor(500), CPDOS),
  header('Max-Forwards', '0', errorFor(501), CPDOS),
  header('Content-MD5', 'x', errorFor(500), CPDOS),
  header('X-Metachar', 'a\xa0\xff', errorFor(404), CPDOS),
];
