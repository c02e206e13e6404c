import { describe, expect, test } from 'bun:test';
import { sampleDistribution } from '../../../test/samples/distribution.ts';
import type { Field } from '../../http/fields.ts';
import { compileDistribution } from '../../model/compile.ts';
import { needlesOf } from './needles.ts';
import type { Site } from './own-names.ts';
import { findInBody, findInFields, isText } from './reflection.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

const site: Site = {
  distribution: compileDistribution(sampleDistribution({ aliases: ['www.example.com'] })),
  origin: { domainName: 'origin.example.net' },
  request: { host: 'www.example.com', scheme: 'https', method: 'GET', path: '/', query: undefined },
  ownPorts: [8443],
};

function input(kind: UnkeyedInput['kind'], name: string, value: string): UnkeyedInput {
  return { kind, name, value };
}
const header = (name: string, value: string): UnkeyedInput => input('header', name, value);
const query = (name: string, value: string): UnkeyedInput => input('query', name, value);

describe('in a body', () => {
  const rows: [name: string, input: UnkeyedInput, body: string, want: string | undefined][] = [
    ['an address', header('x-cdn', 'evil.example'), '<script src="//evil.example/a.js">', 'certain 15'],
    ['an address, escaped as in JSON', header('x-cdn', 'evil.example'), String.raw`{"u":"https:\/\/evil.example"}`, 'certain 16'],
    ['the host of a URL', header('x-api', 'https://evil.example/v1'), '<a href="https://evil.example/v1">', 'certain 17'],
    ['an address that is only told', header('x-cdn', 'evil.example'), '{"x-cdn":"evil.example"}', 'likely 10'],
    ['the site’s own', header('x-cdn', 'www.example.com'), '<a href="//www.example.com/">', undefined],
    [
      'the site’s own, another port',
      input('host', 'host', 'www.example.com:1337'),
      '<a href="//www.example.com:1337/">',
      'certain 11',
    ],
    [
      'the site’s own, its own port',
      input('host', 'host', 'www.example.com:8443'),
      '<a href="//www.example.com:8443/">',
      undefined,
    ],
    ['where one came from, whole', header('referer', 'https://a.example/x'), '<a href="https://a.example/x">', 'certain 9'],
    [
      'where one came from, and another page of it',
      header('referer', 'https://a.example/'),
      '<a href="https://a.example/y">',
      undefined,
    ],
    ['markup', query('q', '%3Cb%3E'), '<p><b></p>', undefined],
    ['markup that is long enough', query('q', '%3Csvg%3E'), '<p><svg></p>', 'certain 3'],
    ['markup, escaped', query('q', '%3Csvg%3E'), '<p>&lt;svg&gt;</p>', undefined],
    ['markup in capitals', query('q', '%3CSVG%3E'), '<p><svg></p>', 'certain 3'],
    ['plus for a space', query('q', 'a+"onload=x'), '<p class="a "onload=x">', 'certain 10'],
    ['a handler', query('q', 'x%20onload=f()'), '<body class=x onload=f()>', 'certain 12'],
    ['a script for an address', query('next', 'javascript:f()'), '<a href="javascript:f()">', 'certain 9'],
    ['a path that is loaded', query('theme', '/up/evil'), '<link href="/up/evil.css">', 'certain 12'],
    ['an address within', query('p', 'x//evil.example/y'), '<p>x//evil.example/y', 'certain 3'],
    ['a word', query('q', 'umbrella'), '<p>umbrella</p>', 'likely 3'],
    ['a short word', query('q', 'shoes'), '<p>shoes</p>', undefined],
    ['a number', query('page', '12345678'), '<p>12345678</p>', undefined],
    ['an ordinary field', header('accept', 'text/html'), '<p>text/html</p>', undefined],
    ['an ordinary field with markup', header('user-agent', 'x<svg>'), '<p>x<svg></p>', 'certain 3'],
    ['a session', input('cookie', 'sid', '5f2e8a7c9b1d4e3f6a0c'), 'sid=5f2e8a7c9b1d4e3f6a0c', 'certain 4'],
    ['a bearer’s token', header('authorization', 'Bearer 5f2e8a7c9b1d4e3f6a0c'), '5f2e8a7c9b1d4e3f6a0c', 'certain 0'],
    ['a preference', input('cookie', 'theme', 'dark-blue'), '<body class="dark-blue">', 'likely 13'],
  ];
  test.each(rows)('%s', (_, given, body, want) => {
    const [finding] = findInBody(needlesOf([given], site), body.toLowerCase(), 'text/html');
    expect(finding && `${finding.certainty} ${finding.offset}`).toBe(want as never);
  });
});

describe('in a script', () => {
  const rows: [name: string, value: string, body: string, want: string | undefined][] = [
    ['it is called', 'evilfn', '/**/ evilfn({"a":1})', 'certain'],
    ['it is code', 'evil();', 'let a = 1; evil(); ok()', 'certain'],
    ['it is a word', 'evilfn', 'let a = "evilfn"', undefined],
    ['it is a long word', 'evilfunction', 'let a = "evilfunction"', 'likely'],
  ];
  test.each(rows)('%s', (_, value, body, want) => {
    const needles = needlesOf([query('callback', value)], site);
    expect(findInBody(needles, body, 'application/javascript')[0]?.certainty).toBe(want as never);
  });
});

describe('in fields', () => {
  const rows: [name: string, input: UnkeyedInput, fields: readonly Field[], want: string | undefined][] = [
    ['Location', query('next', '/cart'), [['location', '/login?next=/cart']], 'certain'],
    ['a field that nobody acts upon', query('q', 'shoes'), [['x-echo', 'shoes']], undefined],
    ['the same, long', query('q', 'umbrella'), [['x-echo', 'umbrella']], 'likely'],
    ['Set-Cookie', header('x-lang', 'klingon'), [['set-cookie', 'lang=klingon']], 'certain'],
    ['CORS', header('origin', 'https://a.example'), [['access-control-allow-origin', 'https://a.example']], 'certain'],
    [
      'CORS by a list',
      header('origin', 'https://a.example'),
      [
        ['access-control-allow-origin', 'https://a.example'],
        ['vary', 'Origin'],
      ],
      undefined,
    ],
  ];
  test.each(rows)('%s', (_, given, fields, want) => {
    expect(findInFields(needlesOf([given], site), fields)[0]?.certainty).toBe(want as never);
  });
});

test('pictures and endless streams are not looked through', () => {
  const types = ['text/html', 'application/json; charset=utf-8', 'image/svg+xml', 'image/png', 'text/event-stream', 'video/mp4'];
  expect(types.filter((type) => isText([['content-type', type]]))).toEqual(types.slice(0, 3));
  expect(isText([])).toBe(true);
});

test('many values cost no more than one look at the text, and are found all the same', () => {
  const inputs = Array.from({ length: 100 }, (_, index) => query(`p${index}`, `<value-${index}>`));
  const found = findInBody(needlesOf(inputs, site), 'a page with <value-7> and <value-70> and <value-99>', 'text/html');
  expect(found.map(({ input: by, offset }) => [by!.name, offset])).toEqual([
    ['p7', 12],
    ['p70', 26],
    ['p99', 41],
  ]);
});

test('values that begin alike are not looked for where the text begins like them again and again', () => {
  const alike = (count: number) =>
    needlesOf(
      Array.from({ length: count }, (_, index) => query(`p${index}`, `----${index}`)),
      site,
    );
  const text = `${'-'.repeat(256 * 1024)}<b>----7</b>`;
  const told = (count: number) =>
    findInBody(alike(count), text, 'text/html').map(({ rule, certainty }) => `${rule} ${certainty}`);
  expect(told(120)).toEqual(['too-many-inputs certain']);
  expect(told(16)).toEqual([]);
  expect(findInBody(alike(120), '----7 and ----11 and ------', 'text/javascript')).toEqual([]);
});
