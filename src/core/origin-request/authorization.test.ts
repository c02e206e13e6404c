import { expect, test } from 'bun:test';
import type { OriginAccessControl } from '../../model/distribution.ts';
import { passesPayloadHash } from './authorization.ts';

const ROWS: readonly (readonly [
  originType: OriginAccessControl['originType'],
  behavior: OriginAccessControl['signingBehavior'],
  want: boolean,
])[] = [
  ['lambda', 'always', true],
  ['lambda', 'no-override', true],
  ['lambda', 'never', false],
  ['mediastore', 'always', true],
  ['s3', 'always', false],
];

test.each(ROWS)('the hash of a body for %s, %s: %p', (originType, signingBehavior, want) => {
  const originAccessControl = { id: 'E', originType, signingProtocol: 'sigv4', signingBehavior } as const;
  expect(passesPayloadHash({ originAccessControl })).toBe(want);
});

test('nothing is signed without an origin access control', () => {
  expect(passesPayloadHash({ originAccessControl: undefined })).toBe(false);
});
