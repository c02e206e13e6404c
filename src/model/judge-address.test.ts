import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { createJudgeAddress, LOCAL_ADDRESS_RULES, type AddressRules } from './judge-address.ts';

const PRODUCTION: AddressRules = { thisMachine: false, private: true, allowed: [] };
const PUBLIC: AddressRules = { thisMachine: false, private: false, allowed: [] };
const allowing = (...allowed: readonly string[]): AddressRules => ({ ...PUBLIC, allowed });

const rows: [address: string, rules: AddressRules, want: string | undefined][] = [
  ['93.184.216.34', PUBLIC, undefined],
  ['2606:2800:220:1::1', PUBLIC, undefined],
  ['127.0.0.1', LOCAL_ADDRESS_RULES, undefined],
  ['::1', LOCAL_ADDRESS_RULES, undefined],
  ['127.255.255.254', PRODUCTION, 'loopback, this machine itself'],
  ['::1', PRODUCTION, 'loopback, this machine itself'],
  ['::ffff:127.0.0.1', PRODUCTION, 'loopback, this machine itself'],
  ['::ffff:7f00:1', PRODUCTION, 'loopback, this machine itself'],
  ['::127.0.0.1', PRODUCTION, 'loopback, this machine itself (an IPv4 address inside an IPv6 one)'],
  ['64:ff9b::127.0.0.1', PRODUCTION, 'loopback, this machine itself (an IPv4 address inside an IPv6 one)'],
  ['64:ff9b:1:7f00:0:100::', PRODUCTION, 'loopback, this machine itself (an IPv4 address inside an IPv6 one)'],
  ['2002:7f00:1::', PRODUCTION, 'loopback, this machine itself (an IPv4 address inside an IPv6 one)'],
  ['2001:0:0:0:0:0:80ff:fffe', PRODUCTION, 'loopback, this machine itself (an IPv4 address inside an IPv6 one)'],
  ['169.254.169.254', LOCAL_ADDRESS_RULES, 'the metadata service of clouds'],
  ['64:ff9b::a9fe:a9fe', LOCAL_ADDRESS_RULES, 'the metadata service of clouds (an IPv4 address inside an IPv6 one)'],
  ['fd00:ec2::254', LOCAL_ADDRESS_RULES, 'a local service of AWS, metadata among them'],
  ['168.63.129.16', LOCAL_ADDRESS_RULES, 'the platform service of Azure'],
  ['169.254.1.1', LOCAL_ADDRESS_RULES, 'link-local'],
  ['fe80::1', LOCAL_ADDRESS_RULES, 'link-local'],
  ['fe80::1%eth0', LOCAL_ADDRESS_RULES, 'link-local'],
  ['0.0.0.0', LOCAL_ADDRESS_RULES, 'of this network, unspecified'],
  ['::', LOCAL_ADDRESS_RULES, 'unspecified'],
  ['::0.0.0.0', LOCAL_ADDRESS_RULES, 'unspecified'],
  ['224.0.0.1', LOCAL_ADDRESS_RULES, 'multicast'],
  ['ff02::1', LOCAL_ADDRESS_RULES, 'multicast'],
  ['255.255.255.255', LOCAL_ADDRESS_RULES, 'reserved or broadcast'],
  ['10.1.2.3', PRODUCTION, undefined],
  ['fd12::1', PRODUCTION, undefined],
  ['10.1.2.3', PUBLIC, 'private'],
  ['172.31.255.255', PUBLIC, 'private'],
  ['172.32.0.1', PUBLIC, undefined],
  ['192.168.0.1', PUBLIC, 'private'],
  ['100.64.0.1', PUBLIC, 'of a carrier’s network (RFC 6598)'],
  ['fd12::1', PUBLIC, 'unique local'],
  ['10.1.2.3', allowing('10.1.0.0/16'), undefined],
  ['::ffff:10.1.2.3', allowing('10.1.0.0/16'), undefined],
  ['64:ff9b::10.1.2.3', allowing('10.1.0.0/16'), undefined],
  ['10.2.2.3', allowing('10.1.0.0/16'), 'private'],
  ['127.0.0.1', allowing('127.0.0.1'), undefined],
  ['127.0.0.2', allowing('127.0.0.1'), 'loopback, this machine itself'],
  ['169.254.169.254', allowing('169.254.169.254/32'), undefined],
  ['localhost', LOCAL_ADDRESS_RULES, 'no address that is known here'],
  ['127.1', LOCAL_ADDRESS_RULES, 'no address that is known here'],
];
describe('judgeAddress', () => {
  test.each(rows)('%s, %o: %p', (address, rules, want) => expect(createJudgeAddress(rules)(address)).toBe(want));
});

test('property: an IPv4 address is judged alike in every form that IPv6 has for it', () => {
  const octet = fc.nat({ max: 255 });
  const rules = fc.record({ thisMachine: fc.boolean(), private: fc.boolean(), allowed: fc.constantFrom([], ['10.0.0.0/8']) });
  const interesting = fc.constantFrom([127, 0, 0, 1], [10, 1, 2, 3], [169, 254, 169, 254], [192, 168, 1, 1], [224, 0, 0, 1]);
  fc.assert(
    fc.property(fc.oneof(fc.tuple(octet, octet, octet, octet), interesting), rules, (octets, given) => {
      const judge = createJudgeAddress(given);
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      const group = (high: number, low: number): string => ((high << 8) | low).toString(16);
      const plain = `${a}.${b}.${c}.${d}`;
      const isRefused = judge(plain) !== undefined;
      const forms = [
        `::ffff:${plain}`,
        `64:ff9b::${plain}`,
        `64:ff9b:1:${group(a, b)}:${group(0, c)}:${group(d, 0)}::`,
        `2002:${group(a, b)}:${group(c, d)}::1`,
        `2001::${group(a ^ 255, b ^ 255)}:${group(c ^ 255, d ^ 255)}`,
      ];
      expect(forms.map((form) => judge(form) !== undefined)).toEqual(forms.map(() => isRefused));
    }),
  );
});
