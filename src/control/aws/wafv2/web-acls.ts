/**
 * Web ACLs: create, read, change, delete, list, and what rules would cost. AWS WAF API reference. What rules may be is judged in
 * rules/accept-rules.ts; who uses a web ACL is CloudFront's to say, in whose configurations it stands.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_QUOTAS } from '../../../tables/quotas.ts';
import type { Change } from '../../state/resources.ts';
import { changeOf } from '../change-of.ts';
import type { Handlers } from '../wire/types.ts';
import { acceptWebAclSettings } from './accept-web-acl-settings.ts';
import type { WebAclConfig } from './config-codec.ts';
import { pageOf } from './pages.ts';
import { acceptCustomBodies, acceptDefaultAction, checkHeadersTogether } from './rules/accept-actions.ts';
import { acceptRules } from './rules/accept-rules.ts';
import { capacityOf } from './rules/capacity.ts';
import { ruleGroupCapacity, rulesWorld } from './rules-world.ts';
import { summaryOf } from './summaries.ts';
import { invalidParameter, REASONS } from './waf-faults.ts';
import { ensureTokenKey } from './token-keys.ts';
import type { WafContext } from './waf-context.ts';
import type { StoredWebAcl, WafRegistry } from './waf-registry.ts';
import { checkRoom, checkScope, find, remove, requireToken, webAclByArn } from './waf-registry.ts';
import { withTags } from './waf-tags.ts';

export function webAclHandlers(context: WafContext) {
  const { registry, users, ids, logging } = context;
  const { webAcls } = registry;
  const summary = (stored: StoredWebAcl): Sdk.WebACLSummary =>
    summaryOf(registry, 'webacl', stored, registry.webAclConfig(stored).Description);

  /** What it costs. Throws unless it is good and costs no more than there is. */
  function accept(config: WebAclConfig): number {
    const rules = config.Rules ?? [];
    const bodyKeys = acceptCustomBodies(config.CustomResponseBodies);
    acceptDefaultAction(config.DefaultAction, bodyKeys);
    acceptRules(rules, rulesWorld(context, 'webacl', bodyKeys));
    checkHeadersTogether([config.DefaultAction, ...rules.map(({ Action }) => Action)]);
    acceptWebAclSettings(config);
    const capacity = capacityOf(rules, (arn) => ruleGroupCapacity(context, arn));
    if (capacity > WAF_QUOTAS.capacity) throw invalidParameter('WEB_ACL', String(capacity), REASONS.capacity);
    return capacity;
  }

  return {
    CreateWebACL({ Name = '', Scope, Tags, ...config }, call) {
      checkScope(Scope, call);
      const capacity = accept(config);
      const document = { config: registry.writeWebAcl(config), capacity, tags: withTags({}, Tags) };
      checkRoom(webAcls, Name, WAF_QUOTAS.webAcls, 'web ACLs');
      const resource = { id: ids.uuid(), name: Name, etag: ids.uuid(), document };
      const stored = users.changeWaf(changeOf(call), (change) => {
        ensureTokenKey(context, change);
        return webAcls.insert(resource, change);
      });
      return { Summary: summary(stored) };
    },
    GetWebACL(input, call) {
      const stored = input.ARN === undefined ? find(webAcls, input, call) : webAclByArn(registry, input.ARN);
      return { WebACL: webAclShape(registry, stored), LockToken: stored.etag };
    },
    UpdateWebACL({ Name, Scope, Id, LockToken, ...config }, call) {
      const stored = find(webAcls, { Name, Scope, Id }, call);
      requireToken(stored, LockToken);
      const capacity = accept(config);
      const document = { ...stored.document, capacity, config: registry.writeWebAcl(config) };
      const next = users.changeWaf(changeOf(call), (change) => webAcls.update(stored, { etag: ids.uuid(), document }, change));
      return { NextLockToken: next.etag };
    },
    DeleteWebACL(input, call) {
      const isUsed = (stored: StoredWebAcl): boolean => users.usersOfWebAcl(registry.arnOf('webacl', stored)).length > 0;
      const along = (stored: StoredWebAcl, change: Change): void => logging.remove(registry.arnOf('webacl', stored), change);
      remove({ collection: webAcls, users, isUsed, along }, input, call);
      return {};
    },
    ListWebACLs({ Scope, ...asked }, call) {
      checkScope(Scope, call);
      const { items, next } = pageOf(webAcls.list(), asked, ({ id }) => id, webAcls);
      return { WebACLs: items.map(summary), ...next };
    },
    CheckCapacity({ Scope, Rules = [] }, call) {
      checkScope(Scope, call);
      const bodyKeys = new Set(Rules.flatMap(({ Action }) => Action?.Block?.CustomResponse?.CustomResponseBodyKey ?? []));
      acceptRules(Rules, rulesWorld(context, 'webacl', bodyKeys));
      return { Capacity: capacityOf(Rules, (arn) => ruleGroupCapacity(context, arn)) };
    },
  } satisfies Handlers<typeof Sdk>;
}

function webAclShape(registry: WafRegistry, stored: StoredWebAcl): Sdk.WebACL {
  const { DefaultAction, VisibilityConfig, ...config } = registry.webAclConfig(stored);
  return {
    Name: stored.name,
    Id: stored.id,
    ARN: registry.arnOf('webacl', stored),
    DefaultAction,
    VisibilityConfig,
    ...config,
    Capacity: stored.document.capacity,
    ManagedByFirewallManager: false,
    RetrofittedByFirewallManager: false,
    LabelNamespace: registry.labelNamespaceOf('webacl', stored.name),
  };
}
