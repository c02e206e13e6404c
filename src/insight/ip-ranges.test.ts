import { expect, test } from 'bun:test';
import { ipRanges } from './ip-ranges.ts';

test('addresses and networks of both families, each once, for viewers and for origins', () => {
  const all = { region: 'GLOBAL', network_border_group: 'GLOBAL' } as const;
  const listed = ipRanges(
    ['203.0.113.7', '198.51.100.0/24', '2001:db8::1', '203.0.113.7', 'eth0'],
    Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  );
  expect(listed).toEqual({
    syncToken: '1767323045',
    createDate: '2026-01-02-03-04-05',
    prefixes: [
      { ip_prefix: '203.0.113.7/32', service: 'CLOUDFRONT', ...all },
      { ip_prefix: '198.51.100.0/24', service: 'CLOUDFRONT', ...all },
      { ip_prefix: '203.0.113.7/32', service: 'CLOUDFRONT_ORIGIN_FACING', ...all },
      { ip_prefix: '198.51.100.0/24', service: 'CLOUDFRONT_ORIGIN_FACING', ...all },
    ],
    ipv6_prefixes: [
      { ipv6_prefix: '2001:db8::1/128', service: 'CLOUDFRONT', ...all },
      { ipv6_prefix: '2001:db8::1/128', service: 'CLOUDFRONT_ORIGIN_FACING', ...all },
    ],
  });
});
