/**
 * What a web ACL says beside its rules: token domains, how much of a body is inspected, what logs do not show. AWS WAF API reference. What is
 * for resources other than distributions, or is not done here, is refused rather than ignored.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_QUOTAS } from '../../../tables/quotas.ts';
import type { WebAclConfig } from './config-codec.ts';
import { invalidParameter, limitExceeded, REASONS } from './waf-faults.ts';

/** RFC 1123 2.1, two labels at least: a suffix of everybody's names is nobody's. */
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

export function acceptWebAclSettings(config: WebAclConfig): void {
  const domains = config.TokenDomains ?? [];
  if (domains.length > WAF_QUOTAS.tokenDomains)
    throw limitExceeded(`a web ACL has ${WAF_QUOTAS.tokenDomains} token domains at most`);
  const strange = domains.find((domain) => !DOMAIN.test(domain));
  if (strange !== undefined) throw invalidParameter('TOKEN_DOMAIN', strange, REASONS.format);
  // AWS WAF: only these inspect more of a body than usual.
  const bodies: readonly string[] = Object.keys(config.AssociationConfig?.RequestBody ?? {});
  const foreign = bodies.find((resource) => !RESOURCES.has(resource));
  if (foreign !== undefined) throw invalidParameter('ASSOCIATED_RESOURCE_TYPE', foreign, REASONS.format);
  for (const { Field } of config.DataProtectionConfig?.DataProtections ?? []) acceptProtected(Field);
  if (config.OnSourceDDoSProtectionConfig !== undefined)
    throw invalidParameter('LOW_REPUTATION_MODE', 'OnSourceDDoSProtectionConfig', 'It is for Application Load Balancers.');
}

const RESOURCES: ReadonlySet<string> = new Set([
  'CLOUDFRONT',
  'API_GATEWAY',
  'COGNITO_USER_POOL',
  'APP_RUNNER_SERVICE',
  'VERIFIED_ACCESS_INSTANCE',
]);

/** A single header, cookie or argument is named; a whole query or body is not. */
function acceptProtected({ FieldType: type, FieldKeys: keys = [] }: Partial<Sdk.FieldToProtect> = {}): void {
  const isSingle = type?.startsWith('SINGLE_') ?? false;
  if (isSingle !== keys.length > 0) throw invalidParameter('DATA_PROTECTION_CONFIG', type ?? '', REASONS.format);
}
