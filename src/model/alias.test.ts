import { expect, test } from 'bun:test';
import { hostTable, ownerOf } from './alias.ts';

const table = hostTable([
  ['d111.cloudfront.localhost', 'own'],
  ['www.example.com', 'exact'],
  ['*.example.com', 'wide'],
  ['*.Img.Example.com', 'narrow'],
  ['www.example.com', 'late'],
]);

const rows: [host: string, want: string | undefined][] = [
  ['d111.cloudfront.localhost', 'own'],
  ['www.example.com', 'exact'],
  ['api.example.com', 'wide'],
  ['a.b.example.com', 'wide'],
  ['a.img.example.com', 'narrow'],
  ['img.example.com', 'wide'],
  ['a.b.img.example.com', 'narrow'],
  ['example.com', undefined],
  ['.example.com', undefined],
  ['notexample.com', undefined],
  ['example.org', undefined],
  ['', undefined],
];

test.each(rows)('%s belongs to %p', (host, want) => expect(ownerOf(table, host)).toBe(want));
