/**
 * AWS WAF's control plane for CloudFront, put together: handlers over the stored resources, and what edges read of them. CloudFront asks it
 * which web ACLs exist (waf-registry.ts) and says who uses them.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import type { Handlers } from '../wire/types.ts';
import { associationHandlers } from './associations.ts';
import { loggingHandlers, type LogDestinations } from './logging/logging-handlers.ts';
import { ipSetHandlers } from './ip-sets.ts';
import { managedGroupHandlers } from './managed-groups.ts';
import { regexPatternSetHandlers } from './regex-pattern-sets.ts';
import { ruleGroupHandlers } from './rule-groups.ts';
import type { WafContext } from './waf-context.ts';
import { tagHandlers } from './waf-tags.ts';
import { watchingHandlers, type WafWatch } from './watching.ts';
import { webAclHandlers } from './web-acls.ts';

export function createWafv2(context: WafContext, destinations: LogDestinations, watch: WafWatch): Handlers<typeof Sdk> {
  return {
    ...webAclHandlers(context),
    ...ruleGroupHandlers(context),
    ...ipSetHandlers(context),
    ...regexPatternSetHandlers(context),
    ...managedGroupHandlers(),
    ...associationHandlers(context),
    ...loggingHandlers(context, destinations),
    ...watchingHandlers(context, watch),
    ...tagHandlers(context.registry),
  };
}
