/**
 * The origin request policies that AWS manages: facts 3.8, under AWS's ids and API names.
 * Header names are lower case here; the API shows them through http/field-case.ts.
 */
import type { OriginRequestPolicy, Selection } from '../model/policies.ts';
import { CLOUDFRONT_HEADERS_2022 } from './cloudfront-headers.ts';

export interface ManagedOriginRequestPolicy extends OriginRequestPolicy {
  readonly comment: string;
}

const NONE: Selection = { kind: 'none' };
const ALL: Selection = { kind: 'all' };
const CORS_S3 = ['origin', 'access-control-request-headers', 'access-control-request-method'];

export const MANAGED_ORIGIN_REQUEST_POLICIES: readonly ManagedOriginRequestPolicy[] = [
  {
    id: '216adef6-5c7f-47e4-b989-5492eafa07d3',
    name: 'Managed-AllViewer',
    comment: 'Policy to forward all parameters in viewer requests',
    headers: { kind: 'allViewer' },
    cookies: ALL,
    queryStrings: ALL,
  },
  {
    id: '33f36d7e-f396-46d9-90e0-52428a34d9dc',
    name: 'Managed-AllViewerAndCloudFrontHeaders-2022-06',
    comment: 'Policy to forward all parameters in viewer requests and the CloudFront headers of June 2022',
    headers: { kind: 'allViewerAndWhitelistCloudFront', names: CLOUDFRONT_HEADERS_2022 },
    cookies: ALL,
    queryStrings: ALL,
  },
  {
    id: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    name: 'Managed-AllViewerExceptHostHeader',
    comment: 'Policy to forward all parameters in viewer requests except for the Host header',
    headers: { kind: 'allExcept', names: ['host'] },
    cookies: ALL,
    queryStrings: ALL,
  },
  {
    id: '59781a5b-3903-41f3-afcb-af62929ccde1',
    name: 'Managed-CORS-CustomOrigin',
    comment: 'Policy for custom origins with CORS',
    headers: { kind: 'whitelist', names: ['origin'] },
    cookies: NONE,
    queryStrings: NONE,
  },
  {
    id: '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf',
    name: 'Managed-CORS-S3Origin',
    comment: 'Policy for S3 origins with CORS',
    headers: { kind: 'whitelist', names: CORS_S3 },
    cookies: NONE,
    queryStrings: NONE,
  },
  {
    id: '775133bc-15f2-49f9-abea-afb2e0bf67d2',
    name: 'Managed-Elemental-MediaTailor-PersonalizedManifests',
    comment: 'Policy for Elemental MediaTailor origins',
    headers: { kind: 'whitelist', names: [...CORS_S3, 'user-agent', 'x-forwarded-for'] },
    cookies: NONE,
    queryStrings: ALL,
  },
  {
    id: 'bf0718e1-ba1e-49d1-88b1-f726733018ae',
    name: 'Managed-HostHeaderOnly',
    comment: 'Policy to forward the Host header alone',
    headers: { kind: 'whitelist', names: ['host'] },
    cookies: NONE,
    queryStrings: NONE,
  },
  {
    id: 'acba4595-bd28-49b8-b9fe-13317c0390fa',
    name: 'Managed-UserAgentRefererHeaders',
    comment: 'Policy to forward the User-Agent and Referer headers',
    headers: { kind: 'whitelist', names: ['user-agent', 'referer'] },
    cookies: NONE,
    queryStrings: NONE,
  },
];
