import type { CacheBehavior, DistributionConfig, Origin, ViewerCertificate } from '@aws-sdk/client-cloudfront';
import { describe, expect, test } from 'bun:test';
import { ApiError } from '../../wire/types.ts';
import { CACHING_OPTIMIZED, minimalConfig, SAMPLE_CERTIFICATE } from '../control-plane.fixture.ts';
import { acceptDistributionConfig } from './validate-distribution.ts';
import type { ReferencedCertificate, References } from './references.ts';

const certificate = (id: string, region = 'us-east-1'): string => `arn:aws:acm:${region}:000000000000:certificate/${id}`;
const CERTIFICATES: Readonly<Record<string, ReferencedCertificate>> = {
  [certificate('issued')]: SAMPLE_CERTIFICATE,
  [certificate('issued', 'eu-west-1')]: SAMPLE_CERTIFICATE,
  [certificate('pending')]: { ...SAMPLE_CERTIFICATE, isIssued: false },
  [certificate('client')]: { ...SAMPLE_CERTIFICATE, isForClients: true },
  [certificate('client', 'eu-west-1')]: { ...SAMPLE_CERTIFICATE, isForClients: true },
  [certificate('p384')]: { ...SAMPLE_CERTIFICATE, keyAlgorithm: 'EC_secp384r1' },
  [certificate('p521')]: { ...SAMPLE_CERTIFICATE, keyAlgorithm: 'EC_secp521r1' },
};

const ORIGIN_TYPES: Readonly<Record<string, 's3' | 'lambda' | 'mediastore' | 'mediapackagev2'>> = {
  EOAC: 's3',
  ELAMBDA: 'lambda',
  EMEDIASTORE: 'mediastore',
  EMEDIAPACKAGE: 'mediapackagev2',
};
const WEB_ACL = 'arn:aws:wafv2:us-east-1:000000000000:global/webacl/x/11111111-2222-3333-4444-555555555555';
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

const references: References = {
  domainSuffix: 'cloudfront.localhost',
  hasCachePolicy: (id) => id === CACHING_OPTIMIZED || id === CACHING_DISABLED,
  hasOriginRequestPolicy: (id) => id === 'orp',
  hasResponseHeadersPolicy: (id) => id === 'rhp',
  hasOriginAccessIdentity: (id) => id === 'EOAI',
  originAccessControl: (id) => {
    const OriginAccessControlOriginType = ORIGIN_TYPES[id];
    if (OriginAccessControlOriginType === undefined) return undefined;
    return { Name: 'x', SigningProtocol: 'sigv4', SigningBehavior: 'always', OriginAccessControlOriginType };
  },
  continuousDeploymentPolicy: () => 'unknown',
  isInContinuousDeployment: false,
  hasKeyGroup: (id: string) => id.startsWith('kg'),
  hasTrustStore: (id) => id === 'ts_1',
  hasFieldLevelEncryption: (id) => id === 'C1',
  certificate: (arn) => CERTIFICATES[arn],
  hasLiveFunction: (arn) => arn.endsWith('/live'),
  lambda: () => undefined,
  hasWebAcl: (arn) => arn === WEB_ACL,
  isAliasTaken: (alias) => alias === 'taken.example.com',
};

function verdict(config: DistributionConfig): string {
  try {
    acceptDistributionConfig(config, references);
    return 'accepted';
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

const site = minimalConfig().Origins!.Items![0]!;
const custom = site.CustomOriginConfig!;
const origin = (changes: Partial<Origin>): Partial<DistributionConfig> => ({
  Origins: { Quantity: 1, Items: [{ ...site, ...changes }] },
});
const s3 = (changes: Partial<Origin> = {}): Partial<DistributionConfig> => {
  const { CustomOriginConfig: _, ...rest } = site;
  const bucket = {
    ...rest,
    DomainName: 'b.s3.us-east-1.amazonaws.com',
    S3OriginConfig: { OriginAccessIdentity: '' },
    ...changes,
  };
  return { Origins: { Quantity: 1, Items: [bucket] } };
};
const mtls = (ClientCertificateArn: string, OriginProtocolPolicy: 'https-only' | 'match-viewer' = 'https-only') =>
  origin({ CustomOriginConfig: { ...custom, OriginProtocolPolicy, OriginMtlsConfig: { ClientCertificateArn } } });
const normal = minimalConfig().DefaultCacheBehavior!;
const behavior = (changes: object): Partial<DistributionConfig> => ({
  DefaultCacheBehavior: { ...normal, ...changes },
});
const legacy = (changes: object = {}, values = {}): Partial<DistributionConfig> =>
  behavior({
    CachePolicyId: undefined,
    ForwardedValues: { QueryString: false, Cookies: { Forward: 'none' }, ...values },
    ...changes,
  });
const signedFor = (OriginAccessControlId: string, DomainName: string) => origin({ OriginAccessControlId, DomainName });
const signers = (...Items: string[]) => ({ Enabled: true, Quantity: Items.length, Items });
const paths = (...patterns: string[]): Partial<DistributionConfig> => ({
  CacheBehaviors: {
    Quantity: patterns.length,
    Items: patterns.map((PathPattern): CacheBehavior => ({ ...normal, PathPattern })),
  },
});
const shown = (changes: ViewerCertificate): Partial<DistributionConfig> => ({
  ViewerCertificate: { SSLSupportMethod: 'sni-only', MinimumProtocolVersion: 'TLSv1.2_2021', ...changes },
});
const aliases = (...Items: string[]): Partial<DistributionConfig> => ({
  Aliases: { Quantity: Items.length, Items },
  ...shown({ ACMCertificateArn: certificate('issued') }),
});
const errors = (
  ...Items: NonNullable<NonNullable<DistributionConfig['CustomErrorResponses']>['Items']>
): Partial<DistributionConfig> => ({
  CustomErrorResponses: { Quantity: Items.length, Items },
});
const group = (Members: string[], codes: number[]): Partial<DistributionConfig> => ({
  Origins: { Quantity: 2, Items: [site, { ...site, Id: 'spare' }] },
  OriginGroups: {
    Quantity: 1,
    Items: [
      {
        Id: 'group',
        Members: { Quantity: Members.length, Items: Members.map((OriginId) => ({ OriginId })) },
        FailoverCriteria: { StatusCodes: { Quantity: codes.length, Items: codes } },
      },
    ],
  },
});
const geo = (RestrictionType: 'none' | 'whitelist', ...Items: string[]): Partial<DistributionConfig> => ({
  Restrictions: { GeoRestriction: { RestrictionType, Quantity: Items.length, Items } },
});
const viewerMtls = (
  Mode: 'required' | 'optional' | 'passthrough',
  TrustStoreId: string | undefined,
  changes: object = { CachePolicyId: CACHING_DISABLED },
): Partial<DistributionConfig> => ({
  ...behavior({ ViewerProtocolPolicy: 'redirect-to-https', ...changes }),
  ViewerMtlsConfig: { Mode, ...(TrustStoreId !== undefined && { TrustStoreConfig: { TrustStoreId } }) },
});
const headers = (HeaderName: string) => origin({ CustomHeaders: { Quantity: 1, Items: [{ HeaderName, HeaderValue: 'v' }] } });
const ALL_METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;

const rows: [name: string, changes: Partial<DistributionConfig>, want: string][] = [
  ['client certificates', viewerMtls('required', 'ts_1', {}), 'accepted'],
  ['optional client certificates', viewerMtls('optional', 'ts_1', { ViewerProtocolPolicy: 'https-only' }), 'accepted'],
  ['client certificates passed through', viewerMtls('passthrough', undefined), 'accepted'],
  ['client certificates of nobody', viewerMtls('required', undefined), 'InvalidArgument'],
  ['an unknown trust store', viewerMtls('required', 'ts_2'), 'EntityNotFound'],
  ['passthrough with a trust store', viewerMtls('passthrough', 'ts_1'), 'InvalidArgument'],
  ['passthrough with a cache', viewerMtls('passthrough', undefined, {}), 'InvalidArgument'],
  [
    'passthrough with Origin Shield',
    {
      ...viewerMtls('passthrough', undefined),
      ...origin({ OriginShield: { Enabled: true, OriginShieldRegion: 'us-east-1' } }),
    },
    'InvalidArgument',
  ],
  ['client certificates in clear text', viewerMtls('required', 'ts_1', { ViewerProtocolPolicy: 'allow-all' }), 'InvalidArgument'],
  ['client certificates over HTTP/3', { ...viewerMtls('required', 'ts_1'), HttpVersion: 'http2and3' }, 'InvalidArgument'],
  ['the least there is', {}, 'accepted'],
  ['no comment', { Comment: undefined }, 'MalformedXML'],
  ['an unknown price class', { PriceClass: 'PriceClass_300' as 'None' }, 'MalformedXML'],
  ['a count that lies', { Aliases: { Quantity: 2, Items: ['a.example.com'] } }, 'InconsistentQuantities'],
  ['a nested count that lies', origin({ CustomHeaders: { Quantity: 1 } }), 'InconsistentQuantities'],
  ['a long comment', { Comment: 'x'.repeat(129) }, 'InvalidArgument'],
  ['a root object with a space', { DefaultRootObject: 'a b' }, 'InvalidDefaultRootObject'],
  ['a web ACL by name', { WebACLId: 'mine' }, 'InvalidWebACLId'],
  ['a web ACL that there is not', { WebACLId: `${WEB_ACL.slice(0, -1)}0` }, 'InvalidWebACLId'],
  ['a web ACL', { WebACLId: WEB_ACL }, 'accepted'],
  ['cache tags', { CacheTagConfig: { HeaderName: 'X-Tags' } }, 'accepted'],
  ['cache tags without a header', { CacheTagConfig: { HeaderName: undefined } }, 'MalformedXML'],
  ['cache tags in no header name', { CacheTagConfig: { HeaderName: 'x tags' } }, 'InvalidArgument'],
  ['no origin', { Origins: { Quantity: 0, Items: [] } }, 'InvalidArgument'],
  ['two origins of one id', { Origins: { Quantity: 2, Items: [site, site] } }, 'InvalidArgument'],
  [
    '101 origins',
    { Origins: { Quantity: 101, Items: Array.from({ length: 101 }, (_, n) => ({ ...site, Id: `o${n}` })) } },
    'TooManyOrigins',
  ],
  ['an origin of two kinds', origin({ S3OriginConfig: { OriginAccessIdentity: '' } }), 'InvalidOrigin'],
  ['an origin by address', origin({ DomainName: '127.0.0.1' }), 'accepted'],
  ['an origin with a port in its name', origin({ DomainName: 'localhost:3000' }), 'InvalidArgument'],
  ['a port out of range', origin({ CustomOriginConfig: { ...custom, HTTPPort: 81 } }), 'InvalidArgument'],
  ['a read timeout of 121', origin({ CustomOriginConfig: { ...custom, OriginReadTimeout: 121 } }), 'InvalidOriginReadTimeout'],
  [
    'a keep-alive of 0',
    origin({ CustomOriginConfig: { ...custom, OriginKeepaliveTimeout: 0 } }),
    'InvalidOriginKeepaliveTimeout',
  ],
  ['4 attempts', origin({ ConnectionAttempts: 4 }), 'InvalidArgument'],
  ['completion before the read timeout', origin({ ResponseCompletionTimeout: 29 }), 'InvalidArgument'],
  ['an origin path without a slash', origin({ OriginPath: 'a' }), 'InvalidRelativePath'],
  ['an origin path that ends with one', origin({ OriginPath: '/a/' }), 'InvalidRelativePath'],
  ['an origin path of one letter', origin({ OriginPath: '/a' }), 'accepted'],
  ['a custom header', headers('X-Secret'), 'accepted'],
  ['a forbidden custom header', headers('Host'), 'InvalidArgument'],
  ['an S3 origin', s3(), 'accepted'],
  ['an S3 origin elsewhere', s3({ DomainName: 'bucket.s3.localhost' }), 'accepted'],
  ['an S3 origin that is no bucket', s3({ DomainName: 'example.com' }), 'InvalidArgument'],
  ['an S3 website as a bucket', s3({ DomainName: 'b.s3-website-us-east-1.amazonaws.com' }), 'InvalidArgument'],
  ['an access control', s3({ OriginAccessControlId: 'EOAC' }), 'accepted'],
  ['an unknown access control', s3({ OriginAccessControlId: 'ENONE' }), 'InvalidOriginAccessControl'],
  ['an S3 access control elsewhere', origin({ OriginAccessControlId: 'EOAC' }), 'InvalidDomainNameForOriginAccessControl'],
  ['a Lambda URL', signedFor('ELAMBDA', 'abc.lambda-url.eu-west-1.on.aws'), 'accepted'],
  ['a Lambda URL of one’s own', signedFor('ELAMBDA', 'abc.lambda-url.us-east-1.localhost'), 'accepted'],
  ['a Lambda access control elsewhere', signedFor('ELAMBDA', 'www.example.com'), 'InvalidDomainNameForOriginAccessControl'],
  ['MediaStore', signedFor('EMEDIASTORE', 'abc.data.mediastore.eu-west-1.amazonaws.com'), 'accepted'],
  ['MediaPackage', signedFor('EMEDIAPACKAGE', 'abc.egress.def.mediapackagev2.eu-west-1.amazonaws.com'), 'accepted'],
  [
    'a MediaStore access control for MediaPackage',
    signedFor('EMEDIASTORE', 'abc.egress.def.mediapackagev2.eu-west-1.amazonaws.com'),
    'InvalidDomainNameForOriginAccessControl',
  ],
  ['an identity', s3({ S3OriginConfig: { OriginAccessIdentity: 'origin-access-identity/cloudfront/EOAI' } }), 'accepted'],
  ['an identity by its id alone', s3({ S3OriginConfig: { OriginAccessIdentity: 'EOAI' } }), 'InvalidOriginAccessIdentity'],
  [
    'both an identity and an access control',
    s3({ OriginAccessControlId: 'EOAC', S3OriginConfig: { OriginAccessIdentity: 'origin-access-identity/cloudfront/EOAI' } }),
    'IllegalOriginAccessConfiguration',
  ],
  ['an origin group', group(['site', 'spare'], [500, 503]), 'accepted'],
  ['an origin group of one', group(['site'], [500]), 'InvalidArgument'],
  ['an origin group of strangers', group(['site', 'other'], [500]), 'NoSuchOrigin'],
  ['an origin group for 401', group(['site', 'spare'], [401]), 'InvalidArgument'],
  ['a behavior for no origin', behavior({ TargetOriginId: 'other' }), 'NoSuchOrigin'],
  ['an unknown cache policy', behavior({ CachePolicyId: 'other' }), 'NoSuchCachePolicy'],
  ['an unknown origin request policy', behavior({ OriginRequestPolicyId: 'other' }), 'NoSuchOriginRequestPolicy'],
  ['an unknown response headers policy', behavior({ ResponseHeadersPolicyId: 'other' }), 'NoSuchResponseHeadersPolicy'],
  ['neither policy nor forwarded values', behavior({ CachePolicyId: undefined }), 'InvalidArgument'],
  ['both policy and forwarded values', legacy({ CachePolicyId: CACHING_OPTIMIZED }), 'InvalidArgument'],
  ['a TTL beside a policy', behavior({ MinTTL: 1 }), 'InvalidArgument'],
  ['a TTL of zero beside a policy', behavior({ MinTTL: 0 }), 'accepted'],
  ['all methods', behavior({ AllowedMethods: { Quantity: 7, Items: [...ALL_METHODS] } }), 'accepted'],
  ['some methods', behavior({ AllowedMethods: { Quantity: 3, Items: ['GET', 'HEAD', 'POST'] } }), 'InvalidArgument'],
  ['path patterns', paths('/a/*', '*.jpg'), 'accepted'],
  ['the same path pattern twice', paths('/a/*', 'a/*'), 'InvalidArgument'],
  ['a path pattern with a brace', paths('/{a}'), 'InvalidArgument'],
  ['76 path patterns', paths(...Array.from({ length: 76 }, (_, n) => `/${n}`)), 'TooManyCacheBehaviors'],
  ['legacy values', legacy(), 'accepted'],
  ['legacy TTLs out of order', legacy({ MinTTL: 10, DefaultTTL: 5, MaxTTL: 20 }), 'InvalidTTLOrder'],
  ['all headers with a minimum', legacy({ MinTTL: 1 }, { Headers: { Quantity: 1, Items: ['*'] } }), 'InvalidArgument'],
  [
    'a cookie list for all cookies',
    legacy({}, { Cookies: { Forward: 'all', WhitelistedNames: { Quantity: 1, Items: ['a'] } } }),
    'InvalidForwardCookies',
  ],
  [
    'query keys without queries',
    legacy({}, { QueryStringCacheKeys: { Quantity: 1, Items: ['a'] } }),
    'InvalidQueryStringParameters',
  ],
  [
    'Host to an S3 origin',
    { ...s3(), ...legacy({}, { Headers: { Quantity: 1, Items: ['Host'] } }) },
    'InvalidHeadersForS3Origin',
  ],
  [
    'an unknown key group',
    behavior({ TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: ['k'] } }),
    'TrustedKeyGroupDoesNotExist',
  ],
  ['key groups', behavior({ TrustedKeyGroups: signers('kg1', 'kg2', 'kg3', 'kg4') }), 'accepted'],
  [
    'five key groups',
    behavior({ TrustedKeyGroups: signers('kg1', 'kg2', 'kg3', 'kg4', 'kg5') }),
    'TooManyKeyGroupsAssociatedToDistribution',
  ],
  ['a key group twice', behavior({ TrustedKeyGroups: signers('kg1', 'kg1') }), 'InvalidArgument'],
  ['a key group that is not enabled', behavior({ TrustedKeyGroups: { ...signers('kg1'), Enabled: false } }), 'InvalidArgument'],
  ['no key group, enabled', behavior({ TrustedKeyGroups: { Enabled: true, Quantity: 0 } }), 'InvalidArgument'],
  ['accounts', behavior({ TrustedSigners: signers('self', '123456789012') }), 'accepted'],
  ['an account that is none', behavior({ TrustedSigners: signers('12345') }), 'TrustedSignerDoesNotExist'],
  ['accounts that are not enabled', behavior({ TrustedSigners: { ...signers('self'), Enabled: false } }), 'InvalidArgument'],
  [
    'six accounts',
    behavior({ TrustedSigners: signers(...Array.from({ length: 6 }, (_, n) => `12345678901${n}`)) }),
    'TooManyTrustedSigners',
  ],
  ['key groups and accounts', behavior({ TrustedKeyGroups: signers('kg1'), TrustedSigners: signers('self') }), 'accepted'],
  ['a client certificate', mtls(certificate('client')), 'accepted'],
  ['a client certificate over clear text', mtls(certificate('client'), 'match-viewer'), 'InvalidArgument'],
  ['a client certificate made for servers', mtls(certificate('issued')), 'InvalidArgument'],
  ['a client certificate that is pending', mtls(certificate('pending')), 'InvalidArgument'],
  ['a client certificate elsewhere', mtls(certificate('client', 'eu-west-1')), 'InvalidArgument'],
  ['a client certificate that is not there', mtls(certificate('missing')), 'InvalidArgument'],
  [
    'a client certificate and gRPC',
    {
      ...mtls(certificate('client')),
      ...behavior({ GrpcConfig: { Enabled: true }, AllowedMethods: { Quantity: 7, Items: ALL_METHODS } }),
    },
    'InvalidArgument',
  ],
  [
    'a client certificate and a function for origin requests',
    {
      ...mtls(certificate('client')),
      ...behavior({
        LambdaFunctionAssociations: {
          Quantity: 1,
          Items: [{ EventType: 'origin-request', LambdaFunctionARN: 'arn:aws:lambda:us-east-1:000000000000:function:f:1' }],
        },
      }),
    },
    'InvalidArgument',
  ],
  ['an alias with a certificate', aliases('*.example.com', 'example.com'), 'accepted'],
  ['an alias without one', { Aliases: { Quantity: 1, Items: ['example.com'] } }, 'InvalidViewerCertificate'],
  ['a star in the middle', aliases('a.*.example.com'), 'InvalidArgument'],
  ['an alias of our own', aliases('x.cloudfront.localhost'), 'InvalidArgument'],
  ['an alias twice', aliases('a.example.com', 'A.example.com'), 'InvalidArgument'],
  ['an alias that is taken', aliases('Taken.example.com'), 'CNAMEAlreadyExists'],
  ['101 aliases', aliases(...Array.from({ length: 101 }, (_, n) => `a${n}.example.com`)), 'TooManyDistributionCNAMEs'],
  [
    'an alias with the default certificate',
    { ...aliases('example.com'), ...shown({ CloudFrontDefaultCertificate: true }) },
    'InvalidViewerCertificate',
  ],
  ['an alias one label deep', aliases('www.example.com'), 'accepted'],
  ['an alias deeper than the certificate', aliases('a.b.example.com'), 'InvalidViewerCertificate'],
  ['a wildcard deeper than the certificate', aliases('*.b.example.com'), 'InvalidViewerCertificate'],
  ['an alias of another domain', aliases('example.com', 'example.org'), 'InvalidViewerCertificate'],
  ['a certificate without an alias', shown({ ACMCertificateArn: certificate('issued') }), 'accepted'],
  ['a certificate elsewhere', shown({ ACMCertificateArn: certificate('issued', 'eu-west-1') }), 'InvalidViewerCertificate'],
  ['a certificate that does not exist', shown({ ACMCertificateArn: certificate('gone') }), 'InvalidViewerCertificate'],
  ['a certificate that is no ARN', shown({ ACMCertificateArn: 'issued' }), 'InvalidViewerCertificate'],
  ['a certificate that is not issued', shown({ ACMCertificateArn: certificate('pending') }), 'InvalidViewerCertificate'],
  ['a P-384 key', shown({ ACMCertificateArn: certificate('p384') }), 'accepted'],
  ['a P-521 key', shown({ ACMCertificateArn: certificate('p521') }), 'InvalidViewerCertificate'],
  ['a certificate of IAM', shown({ IAMCertificateId: 'ASCAEXAMPLE' }), 'InvalidViewerCertificate'],
  [
    'two certificates',
    shown({ ACMCertificateArn: certificate('issued'), IAMCertificateId: 'ASCAEXAMPLE' }),
    'InvalidViewerCertificate',
  ],
  [
    'a certificate and the default one',
    shown({ ACMCertificateArn: certificate('issued'), CloudFrontDefaultCertificate: true }),
    'InvalidViewerCertificate',
  ],
  ['a certificate by no method', { ViewerCertificate: { ACMCertificateArn: certificate('issued') } }, 'InvalidArgument'],
  [
    'SSLv3 by SNI',
    shown({ ACMCertificateArn: certificate('issued'), MinimumProtocolVersion: 'SSLv3' }),
    'InvalidMinimumProtocolVersion',
  ],
  [
    'SSLv3 by address',
    shown({ ACMCertificateArn: certificate('issued'), MinimumProtocolVersion: 'SSLv3', SSLSupportMethod: 'vip' }),
    'accepted',
  ],
  ['the newest policy', shown({ ACMCertificateArn: certificate('issued'), MinimumProtocolVersion: 'TLSv1.3_2025' }), 'accepted'],
  [
    'no such policy',
    shown({ ACMCertificateArn: certificate('issued'), MinimumProtocolVersion: 'TLSv1.3_2024' as 'TLSv1' }),
    'MalformedXML',
  ],
  ['an error page', errors({ ErrorCode: 404, ResponsePagePath: '/404.html', ResponseCode: '200' }), 'accepted'],
  ['an error page for 401', errors({ ErrorCode: 401 }), 'InvalidErrorCode'],
  [
    'an error page answered with 201',
    errors({ ErrorCode: 404, ResponsePagePath: '/x', ResponseCode: '201' }),
    'InvalidResponseCode',
  ],
  ['an error page without a code', errors({ ErrorCode: 404, ResponsePagePath: '/x' }), 'InvalidArgument'],
  ['countries', geo('whitelist', 'DE', 'FR'), 'accepted'],
  ['an unknown country', geo('whitelist', 'QQ'), 'InvalidGeoRestrictionParameter'],
  ['countries for no restriction', geo('none', 'DE'), 'InvalidGeoRestrictionParameter'],
  ['tenants', { ConnectionMode: 'tenant-only' }, 'NotImplemented'],
];

test.each(rows)('%s', (_, changes, want) => expect(verdict(minimalConfig(changes))).toBe(want));

describe('faults of shape', () => {
  test('are told all at once, in the words of the service', () => {
    const config = minimalConfig({
      ...origin({ DomainName: undefined }),
      ...behavior({ ViewerProtocolPolicy: 'none' as 'allow-all' }),
    });
    expect(() => acceptDistributionConfig(config, references)).toThrow(
      "2 validation errors detected: Value null at 'distributionConfig.origins.items.1.member.domainName' failed to satisfy constraint: Member must not be null; Value 'none' at 'distributionConfig.defaultCacheBehavior.viewerProtocolPolicy' failed to satisfy constraint: Member must satisfy value set: [allow-all, https-only, redirect-to-https]",
    );
  });
});
