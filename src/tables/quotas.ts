/**
 * CloudFront's quotas, facts 14, and those of AWS WAF. The API enforces those of configurations, the data plane those of requests and responses.
 */
import { DAY, GIB, KIB, MIB, MINUTE, seconds, type Bytes, type Duration } from '../model/units.ts';

/** Of a viewer's request and an origin's response. */
export const REQUEST_QUOTAS = {
  /** Path and query. */
  urlLength: 8192 satisfies Bytes,
  /** All header fields together, name, value and 4 octets each. */
  headersLength: 32 * KIB,
  bodyLength: 64 * GIB,
  responseHeadersLength: 32 * KIB,
  cachedObjectLength: 50 * GIB,
  /** Distributions that a request may pass one after the other. */
  chainedDistributions: 2,
  /** How long a WebSocket may be silent. */
  tunnelIdle: (10 * MINUTE) satisfies Duration,
} as const;

/** Of what one account may hold. */
export const ACCOUNT_QUOTAS = {
  distributions: 500,
  stagingDistributions: 20,
  continuousDeploymentPolicies: 20,
  originAccessControls: 100,
  originAccessIdentities: 100,
  /** Of each kind. */
  customPolicies: 20,
  distributionsPerPolicy: 100,
  functions: 100,
  /** Those of field-level encryption among them. */
  publicKeys: 10,
  keyGroups: 10,
  keysPerGroup: 5,
  realtimeLogConfigs: 150,
  vpcOrigins: 25,
} as const;

/** Of one distribution. */
export const DISTRIBUTION_QUOTAS = {
  aliases: 100,
  aliasLength: 253,
  /** Besides the default cache behavior. */
  cacheBehaviors: 75,
  origins: 100,
  originGroups: 10,
  originGroupMembers: 2,
  keyGroupsPerBehavior: 4,
  trustedSignersPerBehavior: 5,
  pathPatternLength: 255,
  commentLength: 128,
  defaultRootObjectLength: 255,
  originPathLength: 255,
  tags: 50,
} as const;

/** Of one CloudFront function. */
export const FUNCTION_QUOTAS = {
  codeLength: 10 * KIB,
  /** Of the event object of a test. */
  eventLength: 40 * KIB,
} as const;

/** Of key value stores. Also at most 3 MB in a call, which so many keys of that size do not reach. */
export const KEY_VALUE_QUOTAS = {
  stores: 200,
  keyLength: 512 satisfies Bytes,
  valueLength: KIB,
  storeSize: 5 * MIB,
  /** The file that a store is made from. */
  importLength: 5 * MIB,
  keysPerUpdate: 50,
  storesPerFunction: 1,
  functionsPerStore: 10,
  pageLength: { usual: 10, most: 50 },
} as const;

/** Of field-level encryption: facts 14. */
export const FIELD_ENCRYPTION_QUOTAS = {
  configs: 10,
  profiles: 10,
  distributionsPerConfig: 20,
  queryArgumentsPerConfig: 5,
  fieldPatternsPerProfile: 10,
  /** Ours: the documents name no number; more than one entity needs more than one field. */
  entitiesPerProfile: 10,
  nameLength: 128,
  /** Of a request: octets of one field, of the whole body, and encrypted fields. */
  fieldLength: 16 * KIB,
  bodyLength: MIB,
  fields: 10,
} as const;

/** Of one continuous deployment policy. */
export const DEPLOYMENT_QUOTAS = {
  /** The largest share of requests that a staging distribution may get. */
  weight: 0.15,
  sessionTtl: { least: seconds(300), most: seconds(3600) },
} as const;

/** Of one policy, or of one ForwardedValues. */
export const POLICY_QUOTAS = {
  /** Headers, cookies and query strings, of each. */
  names: 10,
  namesLength: 1024,
  legacyCacheHeaders: 10,
  legacyForwardedHeaders: 25,
  legacyCookies: 10,
  legacyQueryStrings: 10,
  legacyQueryStringLength: 128,
  legacyNamesLength: 512,
  responseCustomHeaders: 10,
  headerValueLength: 1783,
  maxTtl: (100 * 365.25 * DAY) satisfies Duration,
} as const;

/** Of the settings of one origin. */
export const ORIGIN_QUOTAS = {
  customHeaders: 30,
  customHeaderNameLength: 256,
  customHeaderValueLength: 1783,
  customHeadersLength: 10_240,
  connectionAttempts: { least: 1, most: 3, usual: 3 },
  connectionTimeout: { least: seconds(1), most: seconds(10), usual: seconds(10) },
  responseTimeout: { least: seconds(1), most: seconds(120), usual: seconds(30) },
  keepaliveTimeout: { least: seconds(1), most: seconds(300), usual: seconds(5) },
  /** As a function may set it. */
  functionKeepaliveTimeout: { least: seconds(1), most: seconds(120) },
  domainNameLength: 253,
  bucketDomainNameLength: 128,
  pathLength: 255,
  /** That a function may name. */
  allowedCertificates: { names: 20, nameLength: 64 },
} as const;

/** Of trust stores, which hold whom viewers' certificates must chain to. */
export const TRUST_STORE_QUOTAS = {
  trustStores: 20,
  distributionsPerTrustStore: 25,
  certificates: 25,
  bundleLength: 64 * KIB,
} as const;

/** Of AWS WAF: what an account may hold, and of one web ACL, rule group or statement. AWS WAF: quotas. */
export const WAF_QUOTAS = {
  webAcls: 100,
  ruleGroups: 100,
  ipSets: 100,
  regexPatternSets: 10,
  capacity: 5000,
  /** IP sets, regex pattern sets and rule groups that one web ACL or rule group names. */
  references: 50,
  addresses: 10_000,
  patternsPerSet: 10,
  patternLength: 200,
  rateBasedRules: { webacl: 10, rulegroup: 4 },
  rateKeys: 5,
  searchLength: 200,
  transformations: 10,
  /** Of one action. */
  customHeaders: 10,
  customHeadersTogether: 100,
  customBodies: 50,
  customBodyLength: 4 * KIB,
  customBodiesLength: 50 * KIB,
  labelNamespaces: 5,
  labelPartLength: 128,
  tokenDomains: 10,
  tags: 50,
} as const;

/** Of invalidations. */
export const INVALIDATION_QUOTAS = {
  pathLength: 4000,
  pathsInProgress: 3000,
  wildcardsInProgress: 15,
  tagLength: 256,
  tagsPerObject: 50,
} as const;
