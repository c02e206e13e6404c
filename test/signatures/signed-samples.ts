/**
 * Signed requests as the AWS SDK's signer and openssl's command line make them, for tests that verify, change and time them: every key kind,
 * hash, policy and carrier.
 */
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';
import type { ViewerRequest } from '../../src/core/request.ts';
import { sampleRequest } from '../samples/distribution.ts';
import { ecdsaKey, rsaKey, type SigningKey } from '../samples/signing-keys.ts';

export const NOW: number = Date.UTC(2026, 0, 1);
export const HOST = 'cdn.example.com';
export const VIEWER = '192.0.2.7';

export const KEYS: readonly SigningKey[] = [rsaKey('KRSA2048AAAAAA'), rsaKey('KRSA4096AAAAAA', 4096), ecdsaKey('KECDSAAAAAAAAA')];

export interface SignedSample {
  readonly name: string;
  readonly request: ViewerRequest;
}

const path = '/films/a%20b.mp4';
const query = '?part=1&sub=%C3%BC';
const dateLessThan = new Date(NOW + 60_000);

const KINDS = [
  ['canned', {}],
  ['custom', { dateGreaterThan: new Date(NOW - 60_000), ipAddress: '192.0.2.0/24' }],
] as const;

/** Valid at NOW, from VIEWER. */
export const SAMPLES: readonly SignedSample[] = KEYS.flatMap((key) =>
  (['SHA1', 'SHA256'] as const).flatMap((algorithm) =>
    KINDS.flatMap(([kind, conditions]) => {
      const how = { keyPairId: key.id, privateKey: key.privateKey, algorithm, dateLessThan, ...conditions };
      const url = `https://${HOST}${path}${query}`;
      const name = `${key.id} ${algorithm} ${kind}`;
      return [
        { name: `${name} URL`, request: requested(getSignedUrl({ url, ...how })) },
        { name: `${name} cookies`, request: requested(url, { ...getSignedCookies({ url, ...how }) }) },
      ];
    }),
  ),
);

export function requested(url: string, cookies: Readonly<Record<string, string | number | undefined>> = {}): ViewerRequest {
  const target = url.slice(url.indexOf(HOST) + HOST.length);
  const mark = target.indexOf('?');
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  return sampleRequest({
    scheme: 'https',
    host: HOST,
    viewerAddress: VIEWER,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? undefined : target.slice(mark + 1),
    fields: pairs.length === 0 ? [] : [['cookie', pairs.join('; ')]],
  });
}
