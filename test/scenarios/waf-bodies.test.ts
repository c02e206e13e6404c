import { expect } from 'bun:test';
import type { Method } from '@aws-sdk/client-cloudfront';
import type { OversizeHandling } from '../../src/model/web-acl-statement.ts';
import { scenario } from './scenario.ts';
import { contains, protectedBy, rule, WEB_ACL_ARN } from './web-acls.ts';

const KIB = 1024;
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const METHODS: Method[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
const POSTS = {
  CachePolicyId: CACHING_DISABLED,
  AllowedMethods: { Quantity: 7, Items: METHODS, CachedMethods: { Quantity: 2, Items: METHODS.slice(0, 2) } },
};

const inspects = (oversize: OversizeHandling, bodyLimit = 16 * KIB) => {
  const acl = protectedBy([rule('evil', contains('evil', { kind: 'body', oversize }))], { bodyLimit });
  return { ...acl, distribution: { WebACLId: WEB_ACL_ARN, DefaultCacheBehavior: POSTS } };
};

/** `evil` with so many octets before it. */
const evilAfter = (octets: number): string => `${'x'.repeat(octets)}evil`;

const BODIES: readonly (readonly [name: string, oversize: OversizeHandling, body: string, status: number, limit?: number])[] = [
  ['a body that matches', 'CONTINUE', 'so evil', 403],
  ['a body that does not', 'CONTINUE', 'good', 200],
  ['a match that ends with the limit', 'CONTINUE', evilAfter(16 * KIB - 4), 403],
  ['a match that ends behind the limit', 'CONTINUE', evilAfter(16 * KIB - 3), 200],
  ['as large as the limit: no oversize', 'MATCH', 'x'.repeat(16 * KIB), 200],
  ['one octet more', 'MATCH', 'x'.repeat(16 * KIB + 1), 403],
  ['one octet more, and no match', 'NO_MATCH', `evil${'x'.repeat(16 * KIB)}`, 200],
  ['a limit of 64 KB', 'CONTINUE', evilAfter(64 * KIB - 4), 403, 64 * KIB],
];

for (const [name, oversize, body, status, limit] of BODIES) {
  scenario(`${name}: ${status}`, inspects(oversize, limit), async ({ origin, viewer }) => {
    origin.on('POST /in', (tx) => tx.respond(200, {}, 'taken'));
    (await viewer.send('POST', '/in', { body })).expect({ status });
    // Whatever was looked at, the origin has all of it.
    if (status === 200) expect(origin.lastRequest().body.toString()).toBe(body);
  });
}

scenario('megabytes behind what is inspected stream on, whole', inspects('CONTINUE'), async ({ origin, viewer }) => {
  origin.on('PUT /in', (tx) => tx.respond(200, {}, 'taken'));
  const body = Buffer.alloc(3 * KIB * KIB, 'abcdefg');
  (await viewer.send('PUT', '/in', { body })).expect({ status: 200 });
  expect(origin.lastRequest().body.equals(body)).toBe(true);
});

scenario('a request without a body is inspected as one', inspects('MATCH'), async ({ origin, viewer }) => {
  origin.on('GET /in', (tx) => tx.respond(200, {}, ''));
  (await viewer.get('/in')).expect({ status: 200 });
});
