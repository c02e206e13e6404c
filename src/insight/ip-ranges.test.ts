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

test('a network is told by its first address, however it was spelled, and an IPv4 one that is mapped as what it is', () => {
  const given = ['198.51.100.7/24', '198.51.100.0/24', '::ffff:192.0.2.0/120', '2001:DB8:0:0:5::1/64', '2001:db8::/64', '::/0'];
  const { prefixes, ipv6_prefixes } = ipRanges(given, 0);
  expect(prefixes.map(({ ip_prefix }) => ip_prefix).slice(0, prefixes.length / 2)).toEqual(['198.51.100.0/24', '192.0.2.0/24']);
  expect(ipv6_prefixes.map(({ ipv6_prefix }) => ipv6_prefix).slice(0, ipv6_prefixes.length / 2)).toEqual([
    '2001:db8::/64',
    '::/0',
  ]);
});
