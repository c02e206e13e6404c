import { expect, test } from 'bun:test';
import { compileBan, isBanned } from './invalidation.ts';

function ban(items: readonly string[], rootObject = '') {
  return compileBan({ sequence: 7, distributionId: 'E1', invalidationId: 'I1', issuedAt: 0, items }, rootObject);
}

type Row = [name: string, items: string[], uri: string, want: boolean, tags?: string[]];
const ROWS: readonly Row[] = [
  ['the path itself', ['/a/b.css'], '/a/b.css', true],
  ['another path', ['/a/b.css'], '/a/b.cssx', false],
  ['a path is case-sensitive', ['/A.css'], '/a.css', false],
  ['a keyed query must be included', ['/img.jpg'], '/img.jpg?w=1', false],
  ['with the query', ['/img.jpg?w=1'], '/img.jpg?w=1', true],
  ['with another query', ['/img.jpg?w=1'], '/img.jpg?w=12', false],
  ['a trailing star covers the query', ['/img.jpg*'], '/img.jpg?w=1', true],
  ['a trailing star covers nothing more, too', ['/img.jpg*'], '/img.jpg', true],
  ['/dir/* reaches into sub-directories', ['/dir/*'], '/dir/a/b/c.html', true],
  ['/dir/* needs the slash', ['/dir/*'], '/dir', false],
  ['/dir* matches siblings with the prefix', ['/dir*'], '/directory/x', true],
  ['a star elsewhere is a character', ['/a/*/c'], '/a/b/c', false],
  ['a star elsewhere matches itself', ['/a/*/c'], '/a/*/c', true],
  ['two stars: the first is a character', ['/a*b*'], '/axb', false],
  ['two stars: and matches itself', ['/a*b*'], '/a*bc', true],
  ['everything', ['/*'], '/any/thing?at=all', true],
  ['everything without the slash', ['*'], '/any', true],
  ['the leading slash may be missing', ['a/b.css'], '/a/b.css', true],
  ['one of many items', ['/x', '/y*', '/z'], '/y/1', true],
  ['none of many items', ['/x', '/y*', '/z'], '/zz', false],
  ['prefixes of several lengths', ['/long/prefix*', '/s*'], '/long/prefix/1', true],
  ['encoded in lower case, asked in upper', ['/caf%c3%a9'], '/caf%C3%A9', true],
  ['plain text, asked encoded', ['/café'], '/caf%C3%A9', true],
  ['encoded, asked raw', ['/caf%C3%A9'], '/café', true],
  ['unreserved characters encoded without need', ['/%61bc'], '/abc', true],
  ['asked encoded without need', ['/abc'], '/a%62c', true],
  ['an encoded slash is not a slash', ['/a/b'], '/a%2Fb', false],
  ['an encoded slash, other case', ['/a%2fb'], '/a%2Fb', true],
  ['a space', ['/a b'], '/a%20b', true],
  ['an astral character', ['/\u{1f600}'], '/%F0%9F%98%80', true],
  ['a lone surrogate', ['/\ud800x'], '/%EF%BF%BDx', true],
  ['a percent sign that encodes nothing', ['/100%'], '/100%', true],
  ['a percent sign before other letters', ['/100%zz'], '/100%zz', true],
  ['encoded prefix, asked raw', ['/caf%c3%a9/*'], '/café/1', true],
  ['a prefix that ends inside a triplet', ['/a%4*'], '/a%41', true],
  ['a prefix of what viewers spell with needless encoding', ['/a%41/*'], '/a%41/x', true],
  ['a tag', ['#product-1'], '/p', true, ['product-1']],
  ['a tag in other case', ['#Product-1'], '/p', true, ['product-1']],
  ['a tag matches exactly', ['#product'], '/p', false, ['product-1']],
  ['a star in a tag is a character', ['#product*'], '/p', false, ['product-1']],
  ['a tag and a path, the path matches', ['#x', '/p'], '/p', true],
  ['a tag says nothing of paths', ['#p'], '/p', false],
  ['the root', ['/'], '/', true],
  ['the root is not everything', ['/'], '/a', false],
  ['the root has no root object here', ['/'], '/index.html', false],
];

test.each(ROWS)('%s', (_name, items, uri, want, tags = []) => {
  expect(isBanned(ban(items), { distributionId: 'E1', uri, tags })).toBe(want);
});

test('an invalidation of the root also forgets the root object, and only it', () => {
  const compiled = ban(['/'], 'index.html');
  const forgets = (uri: string): boolean => isBanned(compiled, { distributionId: 'E1', uri, tags: [] });
  expect([forgets('/index.html'), forgets('/'), forgets('/sub/index.html'), forgets('/index.html?x')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a ban of another distribution forgets nothing', () => {
  expect(isBanned(ban(['/*']), { distributionId: 'E2', uri: '/a', tags: [] })).toBe(false);
});
