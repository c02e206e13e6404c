/**
 * What a record of a geo database says of a place, in the edge's words. Databases name their fields in two ways: nested, as MaxMind's
 * GeoIP2 and GeoLite2 and DB-IP's own files do, and flat, as ip-location-db's do. A value that could not stand in its header is left
 * out here; how a header writes the others is decided in core/viewer-request/cloudfront-header.ts.
 */
import type { ViewerPlace } from '../../core/viewer-request/cloudfront-header.ts';

type Path = readonly string[];

/** Where each fact may stand. */
const FIELDS = {
  country: [['country', 'iso_code'], ['country_code']],
  countryName: [['country', 'names', 'en']],
  region: [['subdivisions', '0', 'iso_code']],
  regionName: [['subdivisions', '0', 'names', 'en'], ['state1']],
  city: [['city', 'names', 'en'], ['city']],
  latitude: [['location', 'latitude'], ['latitude']],
  longitude: [['location', 'longitude'], ['longitude']],
  metroCode: [['location', 'metro_code']],
  postalCode: [['postal', 'code'], ['postcode']],
  timeZone: [['location', 'time_zone'], ['timezone']],
  asn: [['traits', 'autonomous_system_number'], ['autonomous_system_number']],
} as const satisfies Readonly<Record<keyof ViewerPlace, readonly Path[]>>;

const COUNTRY = /^[A-Z]{2}$/;
const REGION = /^[A-Z0-9]{1,3}$/;
const TOKEN = /^[\x21-\x7e]+$/;
const ANY = /./;

/** What databases write for addresses of no country. */
const NO_COUNTRY = 'ZZ';

export function readPlace(record: unknown): ViewerPlace {
  const text = (paths: readonly Path[], shape: RegExp): string | undefined => {
    const value = found(record, paths, 'string');
    return value !== undefined && shape.test(value) ? value : undefined;
  };
  const country = text(FIELDS.country, COUNTRY);
  if (country === NO_COUNTRY) return {};
  return {
    country,
    countryName: text(FIELDS.countryName, ANY) ?? (country && countryName(country)),
    region: text(FIELDS.region, REGION),
    regionName: text(FIELDS.regionName, ANY),
    city: text(FIELDS.city, ANY),
    latitude: found(record, FIELDS.latitude, 'number'),
    longitude: found(record, FIELDS.longitude, 'number'),
    metroCode: found(record, FIELDS.metroCode, 'number')?.toFixed(0),
    postalCode: text(FIELDS.postalCode, ANY),
    timeZone: text(FIELDS.timeZone, TOKEN),
    asn: found(record, FIELDS.asn, 'number'),
  };
}

const NAMES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const named = new Map<string, string | undefined>();

/** There are no more countries than pairs of letters: what was looked up is kept. */
function countryName(country: string): string | undefined {
  if (!named.has(country)) named.set(country, NAMES.of(country));
  return named.get(country);
}

interface Kinds {
  readonly string: string;
  readonly number: number;
}

function found<Kind extends keyof Kinds>(record: unknown, paths: readonly Path[], kind: Kind): Kinds[Kind] | undefined {
  for (const path of paths) {
    let value = record;
    for (const name of path) value = isFields(value) ? value[name] : undefined;
    if (typeof value === kind && !Number.isNaN(value)) return value as Kinds[Kind];
  }
  return undefined;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
