import { expect, test } from 'bun:test';
import type { CacheControl } from './cache-control.ts';
import { parseTargetedCacheControl } from './targeted-cache-control.ts';

test.each<[value: string, want: Partial<CacheControl> | undefined]>([
  ['max-age=60', { maxAge: 60 }],
  ['foobar, max-age=60', { maxAge: 60, unknown: [] }],
  ['max-age=60, no-store', { maxAge: 60, noStore: true }],
  ['no-store=?0, public', { noStore: false, public: true }],
  ['max-age=-1', { maxAge: 'invalid' }],
  ['private="set-cookie, a"', { private: ['set-cookie', 'a'] }],
  ['no-cache', { noCache: true }],
  ['stale-while-revalidate=5, stale-if-error=6', { staleWhileRevalidate: 5, staleIfError: 6 }],
  ['', undefined],
  ['max-age="60"', undefined],
  ['max-age=60.5', undefined],
  ['no-store=1', undefined],
  ['MaX-aGe=60', undefined],
  ['max-age=60, &&&&&', undefined],
])('%p', (value, want) => {
  const parsed = parseTargetedCacheControl(value);
  if (want === undefined) expect(parsed).toBeUndefined();
  else expect(parsed).toMatchObject(want);
});
