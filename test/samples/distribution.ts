/**
 * A small distribution, and the parts it is made of, for tests that change one thing at a time. The settings are those of a
 * distribution created with the fewest words: one custom origin, GET and HEAD, nothing keyed but the path, nothing forwarded.
 */
import type { ViewerRequest } from '../../src/core/request.ts';
import type { CacheBehavior, Distribution, Origin } from '../../src/model/distribution.ts';
import type { CachePolicy, LegacyForwarding, OriginRequestPolicy } from '../../src/model/policies.ts';
import { DAY, seconds } from '../../src/model/units.ts';

export function sampleCachePolicy(changes: Partial<CachePolicy> = {}): CachePolicy {
  return {
    id: 'cache-policy',
    name: 'Sample',
    minTtl: seconds(1),
    defaultTtl: DAY,
    maxTtl: 365 * DAY,
    headers: [],
    cookies: { kind: 'none' },
    queryStrings: { kind: 'none' },
    acceptEncodingGzip: false,
    acceptEncodingBrotli: false,
    ...changes,
  };
}

export function sampleOriginRequestPolicy(changes: Partial<OriginRequestPolicy> = {}): OriginRequestPolicy {
  return {
    id: 'origin-request-policy',
    name: 'Sample',
    headers: { kind: 'none' },
    cookies: { kind: 'none' },
    queryStrings: { kind: 'none' },
    ...changes,
  };
}

export function sampleLegacy(changes: Partial<LegacyForwarding> = {}): LegacyForwarding {
  return {
    minTtl: 0,
    defaultTtl: DAY,
    maxTtl: 365 * DAY,
    queryString: false,
    queryStringCacheKeys: [],
    cookies: { kind: 'none' },
    headers: [],
    ...changes,
  };
}

export function sampleBehavior(changes: Partial<CacheBehavior> = {}): CacheBehavior {
  return {
    pathPattern: '*',
    targetOriginId: 'origin',
    viewerProtocolPolicy: 'allow-all',
    allowedMethods: ['GET', 'HEAD'],
    cachedMethods: ['GET', 'HEAD'],
    compress: false,
    forwarding: { kind: 'policies', cachePolicy: sampleCachePolicy(), originRequestPolicy: undefined },
    responseHeadersPolicy: undefined,
    signers: undefined,
    functionAssociations: [],
    lambdaAssociations: [],
    fieldLevelEncryption: undefined,
    smoothStreaming: false,
    grpc: false,
    realtimeLogConfigArn: undefined,
    ...changes,
  };
}

export function sampleOrigin(changes: Partial<Origin> = {}): Origin {
  return {
    id: 'origin',
    domainName: 'origin.example.com',
    originPath: '',
    customHeaders: [],
    connectionAttempts: 3,
    connectionTimeout: seconds(10),
    responseTimeout: seconds(30),
    responseCompletionTimeout: undefined,
    kind: {
      kind: 'custom',
      protocolPolicy: 'http-only',
      httpPort: 80,
      httpsPort: 443,
      sslProtocols: ['TLSv1.2'],
      keepaliveTimeout: seconds(5),
    },
    originAccessControl: undefined,
    originShieldRegion: undefined,
    vpcOriginId: undefined,
    clientCertificate: undefined,
    ...changes,
  };
}

export function sampleDistribution(changes: Partial<Distribution> = {}): Distribution {
  return {
    id: 'EDFDVBD6EXAMPLE',
    arn: 'arn:aws:cloudfront::000000000000:distribution/EDFDVBD6EXAMPLE',
    domainName: 'd111111abcdef8.cloudfront.localhost',
    revision: 1,
    enabled: true,
    staging: false,
    aliases: [],
    defaultRootObject: '',
    httpVersion: 'http2',
    origins: [sampleOrigin()],
    originGroups: [],
    cacheBehaviors: [],
    defaultCacheBehavior: sampleBehavior(),
    customErrorResponses: [],
    cacheTagField: undefined,
    viewerCertificate: undefined,
    minimumProtocolVersion: 'TLSv1.2_2021',
    priceClass: 'PriceClass_All',
    geoRestriction: { kind: 'none' },
    webAclId: undefined,
    continuousDeploymentPolicyId: undefined,
    viewerMtls: undefined,
    connectionFunctionId: undefined,
    anycastIpListId: undefined,
    standardLog: undefined,
    tags: {},
    ...changes,
  };
}

export function sampleRequest(changes: Partial<ViewerRequest> = {}): ViewerRequest {
  return {
    method: 'GET',
    scheme: 'http',
    httpVersion: '1.1',
    host: 'd111111abcdef8.cloudfront.localhost',
    path: '/index.html',
    query: undefined,
    fields: [],
    viewerAddress: '198.51.100.10',
    viewerPort: 46_532,
    body: { kind: 'none' },
    ...changes,
  };
}
