/**
 * The cache policies that AWS manages: facts 3.7, under AWS's ids and API names. Listed by the API and resolved into cache behaviors.
 * Header names are lower case here; the API shows them through http/field-case.ts.
 */
import { DAY, seconds, type Duration } from '../model/units.ts';
import type { CachePolicy, Selection } from '../model/policies.ts';

export interface ManagedCachePolicy extends CachePolicy {
  readonly comment: string;
}

const YEAR: Duration = 365 * DAY;
const NONE: Selection = { kind: 'none' };
const ALL: Selection = { kind: 'all' };
const METHOD_AND_ORIGIN = ['host', 'origin', 'x-http-method-override', 'x-http-method', 'x-method-override'];

const AMPLIFY = {
  minTtl: seconds(2),
  defaultTtl: seconds(2),
  maxTtl: seconds(600),
  headers: ['authorization', 'cloudfront-viewer-country', 'host'],
  cookies: ALL,
  queryStrings: ALL,
  acceptEncodingGzip: true,
  acceptEncodingBrotli: true,
} as const;

const OPTIMIZED = {
  minTtl: seconds(1),
  defaultTtl: DAY,
  maxTtl: YEAR,
  headers: [],
  cookies: NONE,
  queryStrings: NONE,
} as const;

export const MANAGED_CACHE_POLICIES: readonly ManagedCachePolicy[] = [
  {
    id: '2e54312d-136d-493c-8eb9-b001f22f67d2',
    name: 'Managed-Amplify',
    comment: 'Policy for Amplify Origin',
    ...AMPLIFY,
  },
  // The settings of the four below are unpublished. Ours: those of Managed-Amplify, less what the name denies.
  {
    id: '4d1d2f1d-3a71-49ad-9e08-7ea5d843a556',
    name: 'Managed-Amplify-Default',
    comment: 'Default policy for Amplify applications',
    ...AMPLIFY,
  },
  {
    id: 'a6bad946-36c3-4c33-aa98-362c74a7fb13',
    name: 'Managed-Amplify-DefaultNoCookies',
    comment: 'Default policy for Amplify applications, without cookies',
    ...AMPLIFY,
    cookies: NONE,
  },
  {
    id: '1c6db51a-a33f-469a-8245-dae26771f530',
    name: 'Managed-Amplify-ImageOptimization',
    comment: 'Policy for image optimization in Amplify applications',
    ...AMPLIFY,
    cookies: NONE,
  },
  {
    id: '7e5fad67-ee98-4ad0-b05a-394999eefc1a',
    name: 'Managed-Amplify-StaticContent',
    comment: 'Policy for static content of Amplify applications',
    ...AMPLIFY,
    cookies: NONE,
    queryStrings: NONE,
  },
  {
    id: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    name: 'Managed-CachingDisabled',
    comment: 'Policy with caching disabled',
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 0,
    headers: [],
    cookies: NONE,
    queryStrings: NONE,
    acceptEncodingGzip: false,
    acceptEncodingBrotli: false,
  },
  {
    id: '658327ea-f89d-4fab-a63d-7e88639e58f6',
    name: 'Managed-CachingOptimized',
    comment: 'Policy with caching enabled. Supports Gzip and Brotli compression.',
    ...OPTIMIZED,
    acceptEncodingGzip: true,
    acceptEncodingBrotli: true,
  },
  {
    id: 'b2884449-e4de-46a7-ac36-70bc7f1ddd6d',
    name: 'Managed-CachingOptimizedForUncompressedObjects',
    comment: 'Policy with caching enabled. Compressed content not supported.',
    ...OPTIMIZED,
    acceptEncodingGzip: false,
    acceptEncodingBrotli: false,
  },
  {
    id: '08627262-05a9-4f76-9ded-b50ca2e3a84f',
    name: 'Managed-Elemental-MediaPackage',
    comment: 'Policy for Elemental MediaPackage Origin',
    minTtl: 0,
    defaultTtl: DAY,
    maxTtl: YEAR,
    headers: ['origin'],
    cookies: NONE,
    queryStrings: { kind: 'whitelist', names: ['aws.manifestfilter', 'start', 'end', 'm'] },
    acceptEncodingGzip: true,
    acceptEncodingBrotli: false,
  },
  {
    id: '83da9c7e-98b4-4e11-a168-04f0df8e2c65',
    name: 'Managed-UseOriginCacheControlHeaders',
    comment: 'Policy for origins that send Cache-Control headers. Query strings are not part of the cache key.',
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: YEAR,
    headers: METHOD_AND_ORIGIN,
    cookies: ALL,
    queryStrings: NONE,
    acceptEncodingGzip: true,
    acceptEncodingBrotli: true,
  },
  {
    id: '4cc15a8a-d715-48a4-82b8-cc0b614638fe',
    name: 'Managed-UseOriginCacheControlHeaders-QueryStrings',
    comment: 'Policy for origins that send Cache-Control headers. Query strings are part of the cache key.',
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: YEAR,
    headers: METHOD_AND_ORIGIN,
    cookies: ALL,
    queryStrings: ALL,
    acceptEncodingGzip: true,
    acceptEncodingBrotli: true,
  },
];
