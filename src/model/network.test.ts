import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { canonicalAddress, inNetwork, isAddress, parseNetwork } from './network.ts';

const ROWS: readonly (readonly [address: string, network: string, want: boolean])[] = [
  ['192.0.2.7', '192.0.2.0/24', true],
  ['192.0.2.7', '192.0.2.99/24', true],
  ['192.0.3.7', '192.0.2.0/24', false],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.7/32', true],
  ['192.0.2.8', '192.0.2.7/32', false],
  ['203.0.113.9', '0.0.0.0/0', true],
  ['2001:db8::1', '0.0.0.0/0', false],
  ['192.0.2.7', '::/0', false],
  ['::ffff:192.0.2.7', '192.0.2.0/24', true],
  ['::FFFF:192.0.2.7', '192.0.2.0/24', true],
  ['192.0.2.7', '::ffff:192.0.2.0/120', true],
  ['192.0.3.7', '::ffff:192.0.2.0/120', false],
  ['192.0.2.7', '::ffff:192.0.2.0/64', false],
  ['::ffff:c000:207', '192.0.2.0/24', true],
  ['192.0.2.7', '::ffff:c000:200/120', true],
  ['::192.0.2.7', '::c000:207', true],
  ['::192.0.2.7', '192.0.2.7', false],
  ['::1.2.3', '::/0', false],
  ['2001:db8::1', '2001:db8::/32', true],
  ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1', true],
  ['2001:db9::1', '2001:db8::/32', false],
  ['192.0.2.7', '192.0.2.0/', false],
  ['192.0.2.7', '192.0.2.0/33', false],
  ['192.0.2.7', '192.0.2.0/-1', false],
  ['192.0.2.7', '192.0.2.0/024', false],
  ['192.0.2.7', '192.0.2.0/24/8', false],
  ['192.0.2.7', '192.0.2/24', false],
  ['192.0.2.7', '192.0.2.007', false],
  ['192.0.2.7', '', false],
  ['', '0.0.0.0/0', false],
  ['fe80::1%eth0', 'fe80::/10', false],
  ['::1', ':::1', false],
  ['::1', '1::2::3', false],
];

test.each(ROWS)('%p in %p: %p', (address, network, want) => expect(inNetwork(address, network)).toBe(want));

test('an address with a length is no address', () => {
  expect(['192.0.2.7', '::1', '192.0.2.7/32', 'localhost', ''].map(isAddress)).toEqual([true, true, false, false, false]);
});

test('property: an address is in a network exactly when its first bits are those of the network', () => {
  const numeric = fc.nat({ max: 0xffff_ffff });
  const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
  fc.assert(
    fc.property(numeric, numeric, fc.integer({ min: 0, max: 32 }), (address, base, length) => {
      const want = Math.floor(address / 2 ** (32 - length)) === Math.floor(base / 2 ** (32 - length));
      expect(inNetwork(dotted(address), `${dotted(base)}/${length}`)).toBe(want);
      expect(inNetwork(`::ffff:${dotted(address)}`, `::ffff:${dotted(base)}/${length + 96}`)).toBe(want);
    }),
  );
});

test('property: whatever is asked, nothing is thrown', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (address, network) => typeof inNetwork(address, network) === 'boolean'));
  fc.assert(fc.property(fc.ipV6(), (address) => parseNetwork(address)?.prefix.length !== undefined));
});

const CANONICAL: readonly (readonly [text: string, want: string | undefined])[] = [
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:201', '192.0.2.1'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['10:0:0:0:0:0:0:10', '10::10'],
  ['1.2.3', undefined],
];

for (const [text, want] of CANONICAL) {
  test(`${text} is written ${want}`, () => {
    expect(canonicalAddress(text)).toBe(want);
  });
}
