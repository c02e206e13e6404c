/**
 * Web ACLs and the resources they protect. AWS WAF API reference: a distribution names its web ACL itself, so the calls that associate
 * regional resources know no distributions; their lists hold none.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import type { Handlers } from '../wire/types.ts';
import { invalidParameter, REASONS } from './waf-faults.ts';
import type { WafContext } from './waf-context.ts';
import { webAclByArn } from './waf-registry.ts';

export function associationHandlers({ registry }: WafContext) {
  const refuse = (arn = ''): never => {
    const isDistribution = arn.includes(':distribution/');
    const advice = isDistribution ? ' A distribution names its web ACL in its own configuration: WebACLId.' : '';
    throw invalidParameter('RESOURCE_ARN', arn, `${REASONS.arn}${advice}`);
  };
  return {
    AssociateWebACL: ({ ResourceArn }) => refuse(ResourceArn),
    DisassociateWebACL: ({ ResourceArn }) => refuse(ResourceArn),
    GetWebACLForResource: ({ ResourceArn }) => refuse(ResourceArn),
    ListResourcesForWebACL({ WebACLArn }) {
      webAclByArn(registry, WebACLArn);
      return { ResourceArns: [] };
    },
  } satisfies Handlers<typeof Sdk>;
}
