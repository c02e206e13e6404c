/**
 * The response headers policies that AWS manages: facts 3.9, under AWS's ids and API names.
 * The security headers are rendered lines here; the API takes them apart again by name.
 */
import type { CorsPolicy, PolicyHeader, ResponseHeadersPolicy } from '../model/policies.ts';

export interface ManagedResponseHeadersPolicy extends ResponseHeadersPolicy {
  readonly comment: string;
}

const SIMPLE_CORS: CorsPolicy = {
  allowOrigins: ['*'],
  allowHeaders: [],
  allowMethods: [],
  allowCredentials: false,
  exposeHeaders: [],
  maxAge: undefined,
  originOverride: false,
};

const CORS_WITH_PREFLIGHT: CorsPolicy = {
  ...SIMPLE_CORS,
  allowMethods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
  exposeHeaders: ['*'],
};

const SECURITY: readonly PolicyHeader[] = [
  { name: 'referrer-policy', value: 'strict-origin-when-cross-origin', override: false },
  { name: 'strict-transport-security', value: 'max-age=31536000', override: false },
  { name: 'x-content-type-options', value: 'nosniff', override: true },
  { name: 'x-frame-options', value: 'SAMEORIGIN', override: false },
  { name: 'x-xss-protection', value: '1; mode=block', override: false },
];

export const MANAGED_RESPONSE_HEADERS_POLICIES: readonly ManagedResponseHeadersPolicy[] = [
  managed(
    '60669652-455b-4ae9-85a4-c4c02393f86c',
    'Managed-SimpleCORS',
    'Allows all origins for simple CORS requests',
    SIMPLE_CORS,
    [],
  ),
  managed(
    '5cc3b908-e619-4b99-88e5-2cf7f45965bd',
    'Managed-CORS-With-Preflight',
    'Allows all origins for CORS requests, including preflight requests',
    CORS_WITH_PREFLIGHT,
    [],
  ),
  managed(
    '67f7725c-6f97-4210-82d7-5512b31e9d03',
    'Managed-SecurityHeadersPolicy',
    'Adds a set of security headers to every response',
    undefined,
    SECURITY,
  ),
  managed(
    'e61eb60c-9c35-4d20-a928-2b84e02af89c',
    'Managed-CORS-and-SecurityHeadersPolicy',
    'Allows all origins for simple CORS requests and adds security headers',
    SIMPLE_CORS,
    SECURITY,
  ),
  managed(
    'eaab4381-ed33-4a86-88ca-d9558dc6cd63',
    'Managed-CORS-with-preflight-and-SecurityHeadersPolicy',
    'Allows all origins for CORS requests, including preflight requests, and adds security headers',
    CORS_WITH_PREFLIGHT,
    SECURITY,
  ),
];

function managed(
  id: string,
  name: string,
  comment: string,
  cors: CorsPolicy | undefined,
  security: readonly PolicyHeader[],
): ManagedResponseHeadersPolicy {
  return { id, name, comment, remove: [], cors, security, custom: [], serverTimingSamplingRate: undefined };
}
