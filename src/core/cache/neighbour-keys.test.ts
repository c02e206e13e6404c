import { describe, expect, test } from 'bun:test';
import { MOST_KEYS_SCANNED, MOST_NEIGHBOURS, neighbourKeys } from './neighbour-keys.ts';

describe('which keys are neighbours of E1/Docs/a.html', () => {
  const rows: [name: string, key: string, isNeighbour: boolean][] = [
    ['its own', 'E1/Docs/a.html', false],
    ['with a query', 'E1/Docs/a.html?x=1', true],
    ['with a header', 'E1/Docs/a.html\naccept-encoding:br', true],
    ['with a header that holds a ?', 'E1/Docs/a.html\norigin:a?b', true],
    ['in other letters', 'E1/docs/A.html', true],
    ['encoded', 'E1/Docs/%61.html', true],
    ['with a slash more', 'E1/Docs/a.html/', true],
    ['with doubled slashes', 'E1//Docs//a.html', true],
    ['with dot segments', 'E1/x/../Docs/a.html', true],
    ['another path', 'E1/Docs/b.html', false],
    ['a longer path', 'E1/Docs/a.html.bak', false],
    ['another distribution', 'E2/Docs/a.html?x=1', false],
    ['another distribution whose id begins alike', 'E12/Docs/a.html', false],
  ];
  test.each(rows)('%s', (_, key, isNeighbour) => {
    const { keys } = neighbourKeys([key], 'E1', '/Docs/a.html', 'E1/Docs/a.html');
    expect(keys).toEqual(isNeighbour ? [key] : []);
  });
});

test('the search is bounded by keys and by neighbours, and says so', () => {
  const many = (count: number, key: (index: number) => string) => Array.from({ length: count }, (_, index) => key(index));
  const others = neighbourKeys(
    many(MOST_KEYS_SCANNED + 1, (index) => `E2/${index}`),
    'E1',
    '/a',
    'E1/a',
  );
  expect(others).toEqual({ keys: [], scanned: MOST_KEYS_SCANNED, isComplete: false });
  const alike = neighbourKeys(
    many(MOST_NEIGHBOURS + 1, (index) => `E1/a?${index}`),
    'E1',
    '/a',
    'E1/a',
  );
  expect({ found: alike.keys.length, isComplete: alike.isComplete }).toEqual({ found: MOST_NEIGHBOURS, isComplete: false });
  expect(
    neighbourKeys(
      many(3, (index) => `E1/a?${index}`),
      'E1',
      '/a',
      'E1/a',
    ),
  ).toMatchObject({ scanned: 3, isComplete: true });
});
