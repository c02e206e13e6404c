import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { resourceMismatch, urlText, type RequestedUrl, type ResourceSection } from './resource-pattern.ts';

function read(url: string): RequestedUrl {
  const [, scheme = '', host = '', path = '', query] = /^(\w+):\/\/([^/]*)(\/[^?]*)(?:\?(.*))?$/s.exec(url) ?? [];
  return { scheme, host, path, query };
}

const OPEN = 'matches';
const ROWS: readonly (readonly [pattern: string, url: string, want: ResourceSection | typeof OPEN])[] = [
  ['*', 'https://any.example.com/a/b?c=d', OPEN],
  ['https://a.com/x.jpg', 'https://a.com/x.jpg', OPEN],
  ['https://a.com/x.jpg', 'http://a.com/x.jpg', 'scheme'],
  ['https://a.com/x.jpg', 'https://A.com/x.jpg', OPEN],
  ['https://a.com/x.jpg', 'https://a.com/X.jpg', 'path'],
  ['https://a.com/x.jpg', 'https://a.com/x.jpgs', 'path'],
  ['https://a.com/x.jpg', 'https://a.com:8443/x.jpg', 'host'],
  ['https://a.com:8443/x.jpg', 'https://a.com:8443/x.jpg', OPEN],
  ['https://a.com/x.jpg', 'https://a.com/x.jpg?size=large', 'query'],
  ['https://a.com/x.jpg?size=large', 'https://a.com/x.jpg?size=large', OPEN],
  [String.raw`https://a.com/x.jpg\?size=large`, 'https://a.com/x.jpg?size=large', OPEN],
  ['https://a.com/x.jpg?size=large', 'https://a.com/x.jpg', 'path'],
  ['https://a.com/x.jpg?size=large', 'https://a.com/x.jpg?size=larger', 'query'],
  ['https://a.com/x.jpg?size=*', 'https://a.com/x.jpg?size=1&b=2', OPEN],
  ['https://a.com/x?b', 'https://a.com/xAb', OPEN],
  ['https://a.com/x?b', 'https://a.com/x?b', OPEN],
  ['https://a.com/x?b?c', 'https://a.com/xAb?c', OPEN],
  ['https://a.com/x?b?c', 'https://a.com/x?bAc', OPEN],
  ['https://a.com/x?b?c', 'https://a.com/x?b?c', OPEN],
  ['https://a.com/x?b?c', 'https://a.com/xAb?d', 'query'],
  ['https://a.com/x?b', 'https://a.com/x/bb', 'path'],
  ['https://a.com/a*z', 'https://a.com/a/b/z', OPEN],
  // A star of the path does not reach into the query.
  ['https://a.com/a*z', 'https://a.com/a?x=z', 'path'],
  ['https://a.com/a*z', 'https://a.com/az?x=z', 'query'],
  ['https://a.com/hello*', 'https://a.com/hello/world?x=y', OPEN],
  ['https://a.com/hello*', 'https://a.com/hello', OPEN],
  ['https://a.com/hello*', 'https://a.com/hell', 'path'],
  [String.raw`https://a.com/hello*\?*`, 'https://a.com/hello/world?x=y', OPEN],
  [String.raw`https://a.com/hello*\?*`, 'https://a.com/hello', OPEN],
  [String.raw`https://a.com/*\?x=y`, 'https://a.com/hello?x=y', OPEN],
  [String.raw`https://a.com/*\?x=y`, 'https://a.com/hello', 'query'],
  [String.raw`https://a.com/*\?x=y`, 'https://a.com/hello?x=z', 'query'],
  ['*://a.com/x', 'http://a.com/x', OPEN],
  ['*://a.com/x', 'https://a.com/x', OPEN],
  ['http*://a.com/x', 'https://a.com/x', OPEN],
  ['ftp://a.com/x', 'https://a.com/x', 'scheme'],
  ['://a.com/x', 'https://a.com/x', 'scheme'],
  ['a.com/x', 'https://a.com/x', 'scheme'],
  ['', 'https://a.com/x', 'scheme'],
  ['*a.com/x', 'https://a.com/x', OPEN],
  ['*a.com/x', 'http://www.a.com/x', OPEN],
  ['*a.com', 'https://www.a.com/', OPEN],
  ['*a.com', 'https://www.a.com/x', 'path'],
  ['http://a.com*', 'http://a.com/x?y', OPEN],
  ['http://a.com*', 'http://a.com.evil.test/x', OPEN],
  ['http://a.com', 'http://a.com/', OPEN],
  ['https://*.a.com/x', 'https://www.a.com/x', OPEN],
  // A star of the host does not reach into the path.
  ['https://*.a.com/x', 'https://evil.test/.a.com/x', 'host'],
  ['https://*a.com/x', 'https://evil.test/a.com/x', 'host'],
  ['https://a?com/x', 'https://a/com/x', 'host'],
  ['*/x', 'https://any.test/x', OPEN],
  ['https://a.com/%2e', 'https://a.com/.', 'path'],
  ['https://a.com/a b', 'https://a.com/a%20b', 'path'],
  ['https://a.com/x', 'https://a.com/x?', 'query'],
];

test.each(ROWS)('%s for %s: %s', (pattern, url, want) => expect(resourceMismatch(pattern, read(url)) ?? OPEN).toBe(want));

const label = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.', '-'), minLength: 1, maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '=', '&', '%'), maxLength: 10 });
const url = fc.record({
  scheme: fc.constantFrom('http', 'https'),
  host: label,
  path: text.map((rest) => `/${rest}`),
  query: fc.option(text, { nil: undefined }),
});

test('property: a pattern without wildcards covers exactly its own URL', () => {
  fc.assert(
    fc.property(url, url, (one, other) => {
      expect(resourceMismatch(urlText(one), one)).toBeUndefined();
      expect(resourceMismatch(urlText(one), other) === undefined).toBe(urlText(one) === urlText(other));
    }),
  );
});

test('property: a star in the place of a run of the path still covers it', () => {
  fc.assert(
    fc.property(url, fc.nat(10), fc.nat(10), (asked, from, length) => {
      const start = 1 + (from % asked.path.length);
      const path = `${asked.path.slice(0, start)}*${asked.path.slice(start + length)}`;
      expect(resourceMismatch(urlText({ ...asked, path }), asked)).toBeUndefined();
    }),
  );
});
