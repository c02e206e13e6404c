/**
 * Geographic restrictions. Facts: data plane 10.1; country codes by ISO 3166-1 alpha-2.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { COUNTRIES } from '../../../../tables/countries.ts';
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { Defined } from '../filled-config.ts';

export function validateGeoRestriction(geo: Defined<Sdk.GeoRestriction>): void {
  const countries = items(geo);
  const strange = countries.find((country) => !COUNTRIES.has(country));
  const contradicts = (geo.RestrictionType === 'none') !== (countries.length === 0);
  if (strange === undefined && !contradicts) return;
  const why =
    strange === undefined
      ? 'Countries are listed exactly when the restriction type is whitelist or blacklist.'
      : `${strange} is not a country code.`;
  throw new ApiError('InvalidGeoRestrictionParameter', `The specified geo restriction parameter is not valid. ${why}`, 400);
}
