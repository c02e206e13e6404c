import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { normalisePath } from './normalise-path.ts';

const rows: [path: string, want: string][] = [
  ['/', '/'],
  ['/a/b', '/a/b'],
  ['/a/b/..', '/a/'],
  ['/a/b/../', '/a/'],
  ['/a/./b', '/a/b'],
  ['/a/.', '/a/'],
  ['/..', '/'],
  ['/../../a', '/a'],
  ['//', '/'],
  ['//a///b', '/a/b'],
  ['/a//', '/a/'],
  ['/a//../b', '/b'],
  ['/.hidden/..a', '/.hidden/..a'],
  ['/%61%2e%2E/b', '/a../b'],
  ['/a/%2e%2e/b', '/b'],
  ['/a%2fb', '/a%2Fb'],
  ['/%c3%a4', '/%C3%A4'],
  ['/a+b', '/a+b'],
];

test.each(rows)('%s is matched as %s', (path, want) => expect(normalisePath(path)).toBe(want));

test('the normal form is normal, rooted, and without empty or dot segments', () => {
  const piece = fc.constantFrom('/', '.', '..', 'a', '%2e', '%2F', '%61', '~');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const normal = normalisePath(`/${pieces.join('')}`);
      expect(normalisePath(normal)).toBe(normal);
      expect(normal).toMatch(/^\//);
      expect(normal.split('/').slice(1, -1)).not.toContainAnyValues(['', '.', '..']);
    }),
  );
});
