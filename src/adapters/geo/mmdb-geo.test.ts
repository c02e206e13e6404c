import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ViewerPlace } from '../../core/viewer-request/cloudfront-header.ts';
import type { Geo } from '../../edge/ports.ts';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { openMmdbGeo } from './mmdb-geo.ts';
import { mmdbFile } from './mmdb.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'warmfront-geo-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(content: string | Buffer): string {
  const path = join(folder, 'places.mmdb');
  writeFileSync(path, content);
  return path;
}

function opened(path?: string, report: (message: string) => void = unexpected): Geo {
  return openMmdbGeo({ path, clock: createVirtualClock(), report, tell: unexpected });
}

function unexpected(message: string): never {
  throw new Error(message);
}

const US: ViewerPlace = { country: 'US', countryName: 'United States' };

const BUNDLED: readonly (readonly [name: string, address: string, want: ViewerPlace])[] = [
  ['a public address', '8.8.8.8', US],
  ['another', '193.0.6.139', { country: 'NL', countryName: 'Netherlands' }],
  ['as a socket for both families writes it', '::ffff:8.8.8.8', US],
  ['IPv6', '2001:67c:2e8:22::c100:68b', { country: 'NL', countryName: 'Netherlands' }],
  ['private', '10.1.2.3', {}],
  ['loopback', '127.0.0.1', {}],
  ['loopback, IPv6', '::1', {}],
  ['link-local with its zone', 'fe80::1%eth0', {}],
  ['no address', '', {}],
];

for (const [name, address, want] of BUNDLED) {
  test(`the bundled database: ${name}`, () => {
    expect(opened().locate(address)).toEqual(want);
  });
}

test('a file of cities fills every field', () => {
  const path = written(
    mmdbFile({
      country: { iso_code: 'US', names: { de: 'USA', en: 'United States' } },
      subdivisions: [{ iso_code: 'MI', names: { en: 'Michigan' } }, { iso_code: 'X' }],
      city: { names: { en: 'Ypsilanti' } },
      location: { latitude: 42.2411, longitude: -83.613, metro_code: 505, time_zone: 'America/Detroit' },
      postal: { code: '48197' },
      traits: { autonomous_system_number: 12741 },
    }),
  );
  expect(opened(path).locate('8.8.8.8')).toEqual({
    country: 'US',
    countryName: 'United States',
    region: 'MI',
    regionName: 'Michigan',
    city: 'Ypsilanti',
    latitude: 42.2411,
    longitude: -83.613,
    metroCode: '505',
    postalCode: '48197',
    timeZone: 'America/Detroit',
    asn: 12741,
  });
});

const RECORDS: readonly (readonly [name: string, record: Parameters<typeof mmdbFile>[0], want: ViewerPlace])[] = [
  [
    'flat',
    {
      country_code: 'BR',
      state1: 'São Paulo',
      city: 'Campinas',
      latitude: -22.9,
      postcode: '13000',
      timezone: 'America/Sao_Paulo',
    },
    {
      country: 'BR',
      countryName: 'Brazil',
      regionName: 'São Paulo',
      city: 'Campinas',
      latitude: -22.9,
      postalCode: '13000',
      timeZone: 'America/Sao_Paulo',
    },
  ],
  ['of no country', { country_code: 'ZZ', city: 'Nowhere' }, {}],
  ['that no header can hold', { country_code: 'u\r\n', timezone: 'a b', subdivisions: [{ iso_code: 'LONG' }], city: '' }, {}],
  ['of another shape', 'text', {}],
];

for (const [name, record, want] of RECORDS) {
  test(`a record ${name}`, () => {
    expect(opened(written(mmdbFile(record))).locate('8.8.8.8')).toEqual(want);
  });
}

test('a file of IPv4 addresses places no IPv6 address, nor what it does not hold', () => {
  const geo = opened(written(mmdbFile({ country_code: 'US' })));
  expect([geo.locate('8.8.8.8'), geo.locate('2001:db8::1'), geo.locate('200.0.0.1')]).toEqual([US, {}, {}]);
});

const WHOLE = mmdbFile({ country_code: 'US' });
const FILES: readonly (readonly [name: string, content: string | Buffer, want: string])[] = [
  ['no database', 'country,code\n', 'it is no such file, or its end is missing'],
  ['an empty file', '', 'it is no such file, or its end is missing'],
  ['a file cut short', WHOLE.subarray(0, 30), 'it is no such file, or its end is missing'],
  ['a file whose end is damaged', WHOLE.subarray(0, -9), 'its metadata cannot be read'],
  ['a file without its beginning', mmdbFile('', { node_count: 1000 }), 'a part of it is missing'],
];

for (const [name, content, want] of FILES) {
  test(`${name} is refused`, () => {
    const path = written(content);
    expect(() => opened(path)).toThrow(`cannot use ${path} (--geo-database): ${want}; it must be a MaxMind DB file`);
  });
}

test('a file that is not there is refused', () => {
  expect(() => opened(join(folder, 'nosuch.mmdb'))).toThrow(/cannot use .*nosuch\.mmdb \(--geo-database\): ENOENT/);
});

test('a damaged record places nobody, and is told of once', () => {
  const damaged = mmdbFile({ country_code: 'US' });
  damaged.writeUInt8(0x1f, 22);
  const told: string[] = [];
  const geo = opened(written(damaged), (message) => told.push(message));
  expect([geo.locate('8.8.8.8'), geo.locate('9.9.9.9')]).toEqual([{}, {}]);
  expect(told.length).toBe(1);
  expect(told[0]).toContain('places.mmdb (--geo-database) is damaged');
});

test('another file under its name takes its place when it has come to rest; one that is no database does not', async () => {
  const path = join(folder, 'replaced.mmdb');
  const put = (content: string | Buffer): void => {
    writeFileSync(`${path}.new`, content);
    renameSync(`${path}.new`, path);
  };
  put(mmdbFile({ country_code: 'US' }));
  const clock = createVirtualClock();
  const said: string[] = [];
  const geo = openMmdbGeo({
    path,
    clock,
    report: (message, error) => said.push(`${message}: ${error instanceof Error ? error.message : ''}`),
    tell: (message) => said.push(message),
  });
  /** The next look at the file, to its end. */
  const look = async (): Promise<void> => {
    clock.advance(5000);
    while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  const country = () => geo.locate('8.8.8.8').country;

  await look();
  put(mmdbFile({ country_code: 'DE' }));
  await look();
  expect([country(), ...said]).toEqual(['US']);
  await look();
  expect([country(), said.length]).toEqual(['DE', 1]);
  expect(said[0]).toContain('replaced.mmdb');

  put('no database');
  for (let looks = 0; looks < 4; looks++) await look();
  expect([country(), said.length]).toEqual(['DE', 2]);
  expect(said[1]).toContain('is not used; viewers are placed by the one before: cannot use');

  rmSync(path);
  for (let looks = 0; looks < 4; looks++) await look();
  expect([country(), said.length]).toEqual(['DE', 3]);
  expect(said[2]).toContain('ENOENT');

  put(mmdbFile({ country_code: 'FR' }));
  await look();
  await look();
  expect([country(), said.length]).toEqual(['FR', 4]);
  geo.close();
  expect(clock.waiting).toBe(0);
});
