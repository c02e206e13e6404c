/**
 * The configurations of the three policy families and of origin access, as they are stored: as given, with defaults filled in.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { Defined } from '../filled-config.ts';

export type CachePolicyConfig = Defined<Sdk.CachePolicyConfig>;
export type OriginRequestPolicyConfig = Defined<Sdk.OriginRequestPolicyConfig>;
export type ResponseHeadersPolicyConfig = Defined<Sdk.ResponseHeadersPolicyConfig>;
export type OriginAccessControlConfig = Defined<Sdk.OriginAccessControlConfig>;
