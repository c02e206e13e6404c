import { describe, expect, test } from 'bun:test';
import { sampleRequest } from '../../../test/samples/distribution.ts';
import { sampleClientCertificate, sampleTls } from '../../../test/samples/tls.ts';
import { cloudFrontHeader } from './cloudfront-header.ts';
import { detectDevice } from './device.ts';

const agents: [name: string, userAgent: string, want: string][] = [
  ['curl', 'curl/8.5.0', 'desktop'],
  ['nothing', '', 'desktop'],
  ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'desktop'],
  [
    'iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1',
    'ios mobile',
  ],
  ['iPad', 'Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1', 'ios mobile tablet'],
  ['Pixel', 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36', 'android mobile'],
  ['Galaxy Tab', 'Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 Chrome/126.0 Safari/537.36', 'android tablet'],
  ['webOS TV', 'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/94.0 Safari/537.36', 'smartTv'],
  [
    'Fire TV',
    'Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7233) AppleWebKit/537.36 Silk/98.6 Mobile Safari/537.36',
    'android smartTv',
  ],
];

test.each(agents)('%s', (_, userAgent, want) => {
  const kinds = Object.entries(detectDevice(userAgent)).filter(([, is]) => is);
  expect(
    kinds
      .map(([kind]) => kind)
      .toSorted()
      .join(' '),
  ).toBe(want);
});

describe('headers', () => {
  const request = sampleRequest({
    scheme: 'https',
    httpVersion: '2.0',
    viewerAddress: '2001:db8::1',
    fields: [['user-agent', 'curl/8']],
  });
  const place = {
    country: 'BR',
    city: 'São Paulo',
    countryName: 'Brazil',
    regionName: 'São Paulo',
    latitude: 52.2394,
    asn: 12_741,
  };
  const rows: [name: string, want: string | undefined][] = [
    ['cloudfront-forwarded-proto', 'https'],
    ['cloudfront-viewer-http-version', '2.0'],
    ['cloudfront-viewer-address', '2001:db8::1:46532'],
    ['cloudfront-is-desktop-viewer', 'true'],
    ['cloudfront-is-mobile-viewer', 'false'],
    ['cloudfront-viewer-country', 'BR'],
    ['cloudfront-viewer-city', 'S%C3%A3o%20Paulo'],
    ['cloudfront-viewer-country-region-name', 'S%C3%A3o Paulo'],
    ['cloudfront-viewer-latitude', '52.23940'],
    ['cloudfront-viewer-asn', '12741'],
    ['cloudfront-viewer-postal-code', undefined],
    ['cloudfront-viewer-tls', undefined],
    ['cloudfront-viewer-cert-present', '0'],
    ['cloudfront-viewer-cert-subject', undefined],
    ['cloudfront-made-up', undefined],
  ];
  test.each(rows)('%s: %p', (name, want) => expect(cloudFrontHeader(name, request, place)).toBe(want));
});

describe('over TLS, with a certificate', () => {
  const rows: [name: string, trustedBy: string | undefined, want: string | undefined][] = [
    ['tls', 'ts 1', 'TLSv1.3:TLS_AES_128_GCM_SHA256:sessionResumed'],
    ['cert-present', 'ts 1', '1'],
    ['cert-serial-number', 'ts 1', '0a:1b'],
    ['cert-issuer', 'ts 1', 'CN=Viewers,O=Example'],
    ['cert-subject', 'ts 1', 'CN=viewer,O=Example\\, Inc.'],
    ['cert-sha256', 'ts 1', '00ff'.repeat(16)],
    ['cert-validity', 'ts 1', 'NotBefore=2026-01-02T03:04:05Z;NotAfter=2027-01-02T03:04:05Z'],
    ['cert-pem', 'ts 1', '-----BEGIN%20CERTIFICATE-----%0AAAEC%0AAwQF%0A-----END%20CERTIFICATE-----%0A'],
    ['cert-pem', undefined, undefined],
    ['cert-present', undefined, '1'],
  ];
  test.each(rows)('cloudfront-viewer-%s, trusted by %p: %p', (name, trustedBy, want) => {
    const clientCertificate = sampleClientCertificate({ trustedBy });
    const request = sampleRequest({ scheme: 'https', tls: sampleTls({ handshake: 'sessionResumed', clientCertificate }) });
    expect(cloudFrontHeader(`cloudfront-viewer-${name}`, request, {})).toBe(want);
  });
});
