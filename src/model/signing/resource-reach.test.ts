import { expect, test } from 'bun:test';
import { resourceMismatch, urlText, type RequestedUrl } from './resource-pattern.ts';
import { resourceReach } from './resource-reach.ts';

const url: RequestedUrl = { scheme: 'https', host: 'a.com', path: '/img/x.jpg', query: 'size=large' };

/** What stands before the octet that differs. */
const ROWS: readonly (readonly [pattern: string, want: string])[] = [
  ['http://a.com/img/x.jpg?size=large', 'http'],
  ['https://b.com/img/x.jpg?size=large', 'https://'],
  ['https://a.org/*', 'https://a.'],
  ['https://*.org/*', 'https://a.com'],
  ['https://a.com/img/y.jpg?size=large', 'https://a.com/img/'],
  ['https://a.com/*/y.jpg?size=large', 'https://a.com/img/x.jpg'],
  ['https://a.com/img/x.jpg?size=small', 'https://a.com/img/x.jpg?size='],
  [String.raw`https://a.com/img/*\?size=s*`, 'https://a.com/img/x.jpg?size='],
  ['https://a.com/img/x.jpg', 'https://a.com/img/x.jpg'],
  ['https://a.com/img/x.jpg?size=large&more', 'https://a.com/img/x.jpg?size=large'],
  ['https://a.com/???/x.jpg', 'https://a.com/img/x.jpg'],
];

test.each(ROWS)('%s goes as far as %s', (pattern, want) => {
  const section = resourceMismatch(pattern, url);
  if (section === undefined) throw new Error('it covers the URL');
  expect(urlText(url).slice(0, resourceReach(pattern, url, section))).toBe(want);
});
