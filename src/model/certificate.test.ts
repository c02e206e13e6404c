import { expect, test } from 'bun:test';
import { coversAlias } from './certificate.ts';

const rows: [alias: string, names: string[], want: boolean][] = [
  ['www.example.com', ['www.example.com'], true],
  ['www.example.com', ['example.com', 'www.example.com'], true],
  ['www.example.com', ['*.example.com'], true],
  ['a.b.example.com', ['*.example.com'], false],
  ['example.com', ['*.example.com'], false],
  ['*.example.com', ['*.example.com'], true],
  ['*.example.com', ['www.example.com', 'example.com'], false],
  ['*.b.example.com', ['*.example.com'], false],
  ['www.example.org', ['www.example.com'], false],
  ['www.example.com', [], false],
];
test.each(rows)('%s by %p: %p', (alias, names, want) => expect(coversAlias(names, alias)).toBe(want));
