import { describe, expect, test } from 'bun:test';
import { isForbiddenOriginHeader } from './forbidden-origin-headers.ts';
import { CLOUDFRONT_HEADERS, CLOUDFRONT_HEADERS_2022 } from './cloudfront-headers.ts';
import { MANAGED_CACHE_POLICIES } from './managed-cache-policies.ts';
import { MANAGED_ORIGIN_REQUEST_POLICIES } from './managed-origin-request-policies.ts';
import { MANAGED_RESPONSE_HEADERS_POLICIES } from './managed-response-headers-policies.ts';
import { NEVER_KEYED, VIEWER_HEADERS } from './viewer-headers.ts';

const ALL = [...MANAGED_CACHE_POLICIES, ...MANAGED_ORIGIN_REQUEST_POLICIES, ...MANAGED_RESPONSE_HEADERS_POLICIES];

describe('managed policies', () => {
  test('are as many as AWS lists', () => {
    expect(
      [MANAGED_CACHE_POLICIES, MANAGED_ORIGIN_REQUEST_POLICIES, MANAGED_RESPONSE_HEADERS_POLICIES].map((list) => list.length),
    ).toEqual([11, 8, 5]);
  });

  test('have ids and names of their own, in AWS form', () => {
    expect(new Set(ALL.map((policy) => policy.id)).size).toBe(ALL.length);
    expect(new Set(ALL.map((policy) => policy.name)).size).toBe(ALL.length);
    for (const { id, name } of ALL) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(name).toStartWith('Managed-');
    }
  });

  test('keep the order of TTLs and key nothing that cannot be keyed', () => {
    const unkeyable = new Set(CLOUDFRONT_HEADERS.filter((header) => !header.inCachePolicy).map(({ name }) => name.toLowerCase()));
    for (const policy of MANAGED_CACHE_POLICIES) {
      expect(policy.minTtl <= policy.defaultTtl && policy.defaultTtl <= policy.maxTtl).toBe(true);
      expect(policy.headers.filter((name) => NEVER_KEYED.has(name) || unkeyable.has(name))).toEqual([]);
    }
  });
});

test('the header tables name nothing twice, and 21 headers of June 2022', () => {
  const names = [...VIEWER_HEADERS, ...CLOUDFRONT_HEADERS].map(({ name }) => name.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  expect(CLOUDFRONT_HEADERS_2022).toHaveLength(21);
});

test.each([
  ['Host', true],
  ['X-Amz-Anything', true],
  ['x-edge-location', true],
  ['X-Forwarded-Proto', true],
  ['X-Forwarded-For', false],
  ['Authorization', false],
  ['X-Secret', false],
])('origin custom header %s refused: %p', (name, want) => expect(isForbiddenOriginHeader(name)).toBe(want));
