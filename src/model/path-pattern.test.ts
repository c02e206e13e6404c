import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { normalisePath } from '../http/normalise-path.ts';
import { matchesGlob } from './glob.ts';
import { compilePathPattern } from './path-pattern.ts';

const rows: [pattern: string, path: string, want: boolean][] = [
  ['*', '/', true],
  ['*', '/a/b', true],
  ['/*', '/a/b', true],
  ['*.jpg', '/a/b.jpg', true],
  ['*.jpg', '/a/b.JPG', false],
  ['*.jpg', '/.jpg', true],
  ['images/*', '/images/a.png', true],
  ['/images/*', '/images/a.png', true],
  ['/images/*', '/images/', true],
  ['/images/*', '/images', false],
  ['/images/*', '/other/images/a.png', false],
  ['/images*', '/images-2/a', true],
  ['/images/*.png', '/images/a/b.png', true],
  ['/images/*.png', '/images/.png', true],
  ['/images/*.png', '/images.png', false],
  ['/a*a', '/a', false],
  ['/a*a', '/aa', true],
  ['/a?c', '/abc', true],
  ['/a?c', '/ac', false],
  ['/a?c', '/abbc', false],
  ['/a?c', '/a/c', true],
  ['/*/x/*.js', '/a/b/x/c/d.js', true],
  ['/*/x/*.js', '/x/d.js', false],
  ['/index.html', '/index.html', true],
  ['index.html', '/index.html', true],
  ['/index.html', '/index_html', false],
  ['/index.html', '/index.html/', false],
  ['/a+b$', '/a+b$', true],
  // The guide's example: the path is normalised before it is matched.
  ['/a*', '/a/b/..', true],
  ['/a/b*', '/a/b/..', false],
];

test.each(rows)('%s on %s: %p', (pattern, path, want) => {
  expect(compilePathPattern(pattern)(normalisePath(path))).toBe(want);
});

test('every shape of pattern agrees with the general matcher', () => {
  const piece = fc.constantFrom('a', 'b', '/', '.', '*', '?');
  const path = fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 10 }).map((parts) => `/${parts.join('')}`);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), path, (parts, candidate) => {
      const pattern = `/${parts.join('')}`;
      const quoted = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      const want = new RegExp(`^${quoted}$`).test(candidate);
      expect(matchesGlob(pattern, candidate)).toBe(want);
      expect(compilePathPattern(pattern)(candidate)).toBe(want);
    }),
  );
});

test('a pattern made to backtrack ends: a matcher that tries every split of it would not', () => {
  expect(matchesGlob(`${'*a'.repeat(50)}b`, 'a'.repeat(2000))).toBe(false);
});
