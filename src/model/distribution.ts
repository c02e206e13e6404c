/**
 * A distribution as the data plane knows it: CloudFront's nouns in our spelling, policies resolved inline, plain JSON values
 * so that it can travel to edges as a message. Made from the API's DistributionConfig in control/publish; made fast in compile.ts.
 */
import type { Field } from '../http/fields.ts';
import type { SecurityPolicyName } from '../tables/security-policies.ts';
import type { CertificateVersion, ViewerCertificate } from './certificate.ts';
import type { ContinuousDeployment } from './continuous-deployment.ts';
import type { FieldLevelEncryption } from './field-level-encryption.ts';
import type { CachePolicy, LegacyForwarding, OriginRequestPolicy, ResponseHeadersPolicy } from './policies.ts';
import type { Duration } from './units.ts';

export interface Distribution {
  /** `E` and 12 or 13 of [A-Z0-9]. */
  readonly id: string;
  readonly arn: string;
  /** `d<13 chars>.<domain suffix>`, lower case. */
  readonly domainName: string;
  /** Counts every accepted change of this distribution, from 1. */
  readonly revision: number;
  readonly enabled: boolean;
  readonly staging: boolean;
  /** Lower case; may start with `*.`. */
  readonly aliases: readonly string[];
  /** '' when unset. */
  readonly defaultRootObject: string;
  readonly httpVersion: 'http1.1' | 'http2' | 'http3' | 'http2and3';
  readonly origins: readonly Origin[];
  readonly originGroups: readonly OriginGroup[];
  /** In listed order; the first match wins. */
  readonly cacheBehaviors: readonly CacheBehavior[];
  /** Its pathPattern is `*`. */
  readonly defaultCacheBehavior: CacheBehavior;
  readonly customErrorResponses: readonly CustomErrorResponse[];
  /** Name of the origin response field that carries cache tags, lower case; undefined when tags are off. */
  readonly cacheTagField: string | undefined;
  /** Shown for the aliases; without one, the local CA's are. */
  readonly viewerCertificate: ViewerCertificate | undefined;
  /** The security policy of all its names, its own domain name among them. */
  readonly minimumProtocolVersion: SecurityPolicyName;
  readonly priceClass: string;
  readonly geoRestriction: GeoRestriction;
  /** The ARN (WAFv2) or id (WAF Classic) of the web ACL. */
  readonly webAclId: string | undefined;
  /** On a primary distribution: where its staging distribution gets its share of the traffic from. */
  readonly continuousDeploymentPolicyId: string | undefined;
  /** What that policy says, while it is enabled. */
  readonly continuousDeployment?: ContinuousDeployment | undefined;
  /** Client certificates asked of viewers. */
  readonly viewerMtls: ViewerMtls | undefined;
  readonly connectionFunctionId: string | undefined;
  readonly anycastIpListId: string | undefined;
  /** Legacy standard logging. */
  readonly standardLog: { readonly bucket: string; readonly prefix: string; readonly includeCookies: boolean } | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export type GeoRestriction =
  | { readonly kind: 'none' }
  /** ISO 3166-1 alpha-2, upper case. */
  | { readonly kind: 'whitelist' | 'blacklist'; readonly countries: readonly string[] };

export interface ViewerMtls {
  readonly mode: 'required' | 'optional' | 'passthrough';
  /** Undefined for passthrough. */
  readonly trustStore: TrustStore | undefined;
}

/** Whom client certificates must chain to. */
export interface TrustStore {
  readonly id: string;
  /** Counts every change of it. */
  readonly revision: number;
  /** PEM, each alone. */
  readonly certificates: readonly string[];
  readonly ignoresExpiry: boolean;
  /** False: viewers should not be told the authorities' names. */
  readonly tellsNames: boolean;
}

export type ViewerProtocolPolicy = 'allow-all' | 'redirect-to-https' | 'https-only';

export interface CacheBehavior {
  readonly pathPattern: string;
  /** An origin's id or an origin group's id. */
  readonly targetOriginId: string;
  readonly viewerProtocolPolicy: ViewerProtocolPolicy;
  readonly allowedMethods: readonly string[];
  readonly cachedMethods: readonly string[];
  readonly compress: boolean;
  readonly forwarding: Forwarding;
  readonly responseHeadersPolicy: ResponseHeadersPolicy | undefined;
  /** Who may sign requests, which must then be signed; undefined: everybody may ask. */
  readonly signers: Signers | undefined;
  readonly functionAssociations: readonly FunctionAssociation[];
  readonly lambdaAssociations: readonly LambdaAssociation[];
  readonly fieldLevelEncryption: FieldLevelEncryption | undefined;
  readonly smoothStreaming: boolean;
  readonly grpc: boolean;
  readonly realtimeLogConfigArn: string | undefined;
}

/** Key groups and accounts (TrustedSigners, the older form), and the public keys that they come to. */
export interface Signers {
  /** Each once. Empty: nobody can sign. */
  readonly keys: readonly TrustedKey[];
  /** Accounts whose keys are not known here: what they sign is refused. */
  readonly unknownAccounts: readonly string[];
}

/** A public key, whose owner may let viewers in. */
export interface TrustedKey {
  /** As requests name it (Key-Pair-Id): `K` and 12 or 13 of [A-Z0-9]. */
  readonly id: string;
  /** PEM, SubjectPublicKeyInfo: RSA, or ECDSA P-256. */
  readonly pem: string;
}

export interface FunctionAssociation {
  readonly eventType: 'viewer-request' | 'viewer-response';
  readonly functionArn: string;
}

export interface LambdaAssociation {
  readonly eventType: 'viewer-request' | 'origin-request' | 'origin-response' | 'viewer-response';
  readonly functionArn: string;
  readonly includeBody: boolean;
}

/** CloudFront: either policies or ForwardedValues, never both. */
export type Forwarding =
  | {
      readonly kind: 'policies';
      readonly cachePolicy: CachePolicy;
      readonly originRequestPolicy: OriginRequestPolicy | undefined;
    }
  | { readonly kind: 'legacy'; readonly legacy: LegacyForwarding };

export interface Origin {
  readonly id: string;
  readonly domainName: string;
  /** What stands in Host in place of the domain name; only a function can say so. */
  readonly hostHeader?: string;
  /** The server name of the TLS handshake, in place of the Host; only a function can say so. */
  readonly tlsServerName?: string;
  /** What its certificate may be for, in place of its domain name and the Host; `*.` may lead. Only a function can say so. */
  readonly certificateNames?: readonly string[];
  /** '' or `/path` without a trailing slash. */
  readonly originPath: string;
  /** Names lower case. */
  readonly customHeaders: readonly Field[];
  readonly connectionAttempts: number;
  readonly connectionTimeout: Duration;
  readonly responseTimeout: Duration;
  readonly responseCompletionTimeout: Duration | undefined;
  readonly kind: OriginKind;
  readonly originAccessControl: OriginAccessControl | undefined;
  readonly originShieldRegion: string | undefined;
  /** A private origin, reached through a VPC origin; its kind is then `custom`. */
  readonly vpcOriginId: string | undefined;
  /** The client certificate shown to the origin (origin mTLS). */
  readonly clientCertificate: CertificateVersion | undefined;
}

export type OriginKind =
  | {
      readonly kind: 's3';
      /** The OAI's id (`E...`), or undefined. */
      readonly originAccessIdentity: string | undefined;
    }
  | {
      readonly kind: 'custom';
      readonly protocolPolicy: 'http-only' | 'https-only' | 'match-viewer';
      readonly httpPort: number;
      readonly httpsPort: number;
      readonly sslProtocols: readonly string[];
      readonly keepaliveTimeout: Duration;
      /** Which of its addresses are used; undefined: all. */
      readonly ipAddressType?: 'ipv4' | 'ipv6' | 'dualstack' | undefined;
    };

export interface OriginAccessControl {
  readonly id: string;
  readonly originType: 's3' | 'mediastore' | 'mediapackagev2' | 'lambda';
  readonly signingBehavior: 'always' | 'never' | 'no-override' | 'always-amz-auth';
  readonly signingProtocol: 'sigv4' | 'sigv4a';
}

export interface OriginGroup {
  readonly id: string;
  readonly primaryOriginId: string;
  readonly secondaryOriginId: string;
  readonly failoverStatusCodes: readonly number[];
  readonly selection: 'default' | 'media-quality-based';
}

export interface CustomErrorResponse {
  readonly errorCode: number;
  readonly errorCachingMinTtl: Duration;
  /** Both or neither. */
  readonly page: { readonly path: string; readonly responseCode: number } | undefined;
}
