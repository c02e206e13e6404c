import { expect, test } from 'bun:test';
import { sampleDistribution } from '../../../test/samples/distribution.ts';
import { compileDistribution } from '../../model/compile.ts';
import type { GeoRestriction } from '../../model/distribution.ts';
import { decideGeoRestriction } from './geo-restriction.ts';

const ROWS: readonly (readonly [
  kind: GeoRestriction['kind'],
  countries: readonly string[],
  country: string | undefined,
  want: string,
])[] = [
  ['none', [], 'DE', 'proceed'],
  ['whitelist', ['DE', 'FR'], 'FR', 'proceed'],
  ['whitelist', ['DE', 'FR'], 'US', 'refused'],
  ['whitelist', ['DE', 'FR'], undefined, 'proceed'],
  ['blacklist', ['DE', 'FR'], 'FR', 'refused'],
  ['blacklist', ['DE', 'FR'], 'US', 'proceed'],
  ['blacklist', ['DE', 'FR'], undefined, 'proceed'],
];

test.each(ROWS)('%s of %p, from %p: %s', (kind, countries, country, want) => {
  const geoRestriction = kind === 'none' ? { kind } : { kind, countries };
  const distribution = compileDistribution(sampleDistribution({ geoRestriction }));
  expect(decideGeoRestriction(distribution, () => ({ country })).kind).toBe(want as 'proceed');
});

test('nobody is placed where nothing is restricted', () => {
  decideGeoRestriction(compileDistribution(sampleDistribution()), () => expect.unreachable('asked where the viewer is'));
});
