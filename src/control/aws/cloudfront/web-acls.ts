/**
 * The web ACL of a distribution: put on and taken off by calls of their own. CloudFront API reference: AssociateDistributionWebACL. What web
 * ACLs are is AWS WAF's (wafv2/), which CloudFront asks through this interface.
 */
import type { WafConfiguration } from '../../../model/web-acl.ts';
import { ApiError } from '../wire/types.ts';
import type { CallContext, Handlers } from '../wire/types.ts';
import { distributionArn } from './ids.ts';
import { findDistribution } from './distributions.ts';
import type { CloudFrontSdk } from './filled-config.ts';
import type { Registry, StoredDistribution } from './registry.ts';
import { invalidWebAclId } from './validate/references.ts';
import { requireVersion } from './versions.ts';

/** AWS WAF, as CloudFront sees it. */
export interface WebAcls {
  hasWebAcl(arn: string): boolean;
  /** What edges need for these web ACLs. */
  configuration(arns: ReadonlySet<string>): WafConfiguration;
}

/** An account without AWS WAF. */
export const NO_WEB_ACLS: WebAcls = {
  hasWebAcl: () => false,
  configuration: () => {
    throw new Error('there are no web ACLs');
  },
};

export function webAclHandlers(registry: Registry) {
  /** The configuration's next version, with that web ACL. */
  function put(
    current: StoredDistribution,
    WebACLId: string,
    ifMatch: string | undefined,
    call: CallContext,
  ): StoredDistribution {
    // CloudFront: here the version may be left out.
    if (ifMatch !== undefined) requireVersion(registry.distributions, current, ifMatch);
    const { document } = current;
    const next = { etag: registry.ids.etag(), document: { ...document, config: { ...document.config, WebACLId } } };
    return registry.change(call, (change) => registry.distributions.update(current, next, change));
  }
  return {
    AssociateDistributionWebACL({ Id, WebACLArn = '', IfMatch }, call) {
      const current = findDistribution(registry, Id);
      if (!registry.webAcls.hasWebAcl(WebACLArn)) throw invalidWebAclId();
      const stored = put(current, WebACLArn, IfMatch, call);
      return { Id: stored.id, WebACLArn, ETag: stored.etag };
    },
    DisassociateDistributionWebACL({ Id, IfMatch }, call) {
      const current = findDistribution(registry, Id);
      if (current.document.config.WebACLId === '')
        throw new ApiError('EntityNotFound', `The distribution ${current.id} has no web ACL.`, 404);
      const stored = put(current, '', IfMatch, call);
      return { Id: stored.id, ETag: stored.etag };
    },
  } satisfies Handlers<CloudFrontSdk>;
}

/** The ARNs of the distributions that use it. */
export function usersOfWebAcl(registry: Registry, arn: string): readonly string[] {
  return registry.distributions
    .list()
    .filter(({ document }) => document.config.WebACLId === arn)
    .map(({ id }) => distributionArn(registry.accountId, id));
}
