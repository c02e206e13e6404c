import { expect, test } from 'bun:test';
import type { Fields } from '../../../http/fields.ts';
import { invalidatedTargets } from './invalidated-targets.ts';

const BASE = { scheme: 'http', host: 'h:80', path: '/a/b', query: 'q' } as const;

const rows: [name: string, method: string, status: number, fields: Fields, want: string[]][] = [
  ['safe', 'GET', 200, [['location', '/x']], []],
  ['failed', 'POST', 404, [], []],
  ['succeeded', 'POST', 200, [], ['/a/b?q']],
  ['redirected', 'PUT', 303, [['location', '/x']], ['/a/b?q', '/x']],
  ['unknown method', 'M-SEARCH', 200, [], ['/a/b?q']],
  [
    'both names',
    'DELETE',
    200,
    [
      ['location', 'x?y#z'],
      ['content-location', '../c/./d'],
    ],
    ['/a/b?q', '/a/x?y', '/c/d'],
  ],
  ['the whole URI', 'POST', 201, [['location', 'HTTP://H:80/x?y']], ['/a/b?q', '/x?y']],
  ['no path', 'POST', 201, [['location', 'http://h:80']], ['/a/b?q', '/']],
  ['the same authority', 'POST', 201, [['location', '//h:80/x']], ['/a/b?q', '/x']],
  ['another host', 'POST', 201, [['location', 'http://other/x']], ['/a/b?q']],
  ['another scheme', 'POST', 201, [['location', 'https://h:80/x']], ['/a/b?q']],
  ['no address at all', 'POST', 201, [['location', 'mailto:a@b']], ['/a/b?q']],
  ['a query only', 'POST', 201, [['content-location', '?r']], ['/a/b?q', '/a/b?r']],
  ['itself', 'POST', 201, [['content-location', '']], ['/a/b?q', '/a/b?q']],
];
test.each(rows)('%s', (_, method, status, fields, want) => {
  const targets = invalidatedTargets({ method, ...BASE }, { status, fields });
  expect(targets.map(({ path, query }) => (query === undefined ? path : `${path}?${query}`))).toEqual(want);
});
