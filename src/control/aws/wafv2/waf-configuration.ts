/**
 * What edges read of AWS WAF (model/web-acl.ts): the web ACLs that distributions use, and what those refer to.
 */
import { ADDRESS_RULES } from '../../../tables/managed-rule-groups.ts';
import type { AddressList, WafConfiguration, TokenKey, RuleGroup, WebAcl } from '../../../model/web-acl.ts';
import type { StoredResource } from '../../state/resources.ts';
import type { WebAcls } from '../cloudfront/web-acls.ts';
import type { WebAclConfig } from './config-codec.ts';
import type { LoggingStore } from './logging/logging-store.ts';
import { referencesOf } from './rules/references-of.ts';
import { octetsOfPattern } from './translate/translate-statement.ts';
import { translateRuleGroup, translateWebAcl, type Identity } from './translate/translate-web-acl.ts';
import type { WafRegistry } from './waf-registry.ts';

/** What distributions use, and what is only tested. */
export interface TestableWebAcls extends WebAcls {
  /** Of a web ACL that is not stored. */
  configurationOf(config: WebAclConfig, name: string): WafConfiguration;
}

export function webAclsOf(registry: WafRegistry, logging: LoggingStore): TestableWebAcls {
  const { webAcls, ruleGroups, ipSets, regexPatternSets } = registry;
  const identityOf = (kind: 'webacl' | 'rulegroup', stored: StoredResource<unknown>): Identity => ({
    arn: registry.arnOf(kind, stored),
    id: stored.id,
    name: stored.name,
    labelNamespace: registry.labelNamespaceOf(kind, stored.name),
  });
  const translatedAcl = translatedOnce<WebAcl>();
  const translatedGroup = translatedOnce<RuleGroup>();

  /** Ours: an IP set called as such a rule, or so and a hyphen and more, is its list, or a part of it: AWS's own lists are not to be had. */
  function addressLists(): readonly AddressList[] {
    return ADDRESS_RULES.flatMap((name) => {
      const sets = ipSets.list().filter((stored) => stored.name === name || stored.name.startsWith(`${name}-`));
      return sets.length === 0 ? [] : [{ name, addresses: sets.flatMap(({ document }) => document.addresses) }];
    });
  }

  return {
    hasWebAcl: (arn) => registry.byArn('webacl', webAcls, arn) !== undefined,
    configuration(arns): WafConfiguration {
      const acls = [...arns].flatMap((arn) => registry.byArn('webacl', webAcls, arn) ?? []);
      const translated = acls.map((stored) => ({
        ...translatedAcl(stored, () => translateWebAcl(registry.webAclConfig(stored), identityOf('webacl', stored))),
        logging: logging.forEdges(registry.arnOf('webacl', stored)),
      }));
      return gathered(translated, new Set(acls.flatMap((stored) => [...referencesOf(registry.webAclConfig(stored).Rules)])));
    },
    configurationOf(config, name) {
      const identity = { arn: name, id: name, name, labelNamespace: registry.labelNamespaceOf('webacl', name) };
      return gathered([translateWebAcl(config, identity)], new Set(referencesOf(config.Rules)));
    },
  };

  /** With all that is named. */
  function gathered(acls: readonly WebAcl[], named: Set<string>): WafConfiguration {
    const groups = [...named].flatMap((arn) => registry.byArn('rulegroup', ruleGroups, arn) ?? []);
    for (const stored of groups) for (const arn of referencesOf(registry.ruleGroupConfig(stored).Rules)) named.add(arn);
    return {
      webAcls: acls,
      ruleGroups: groups.map((stored) =>
        translatedGroup(stored, () => translateRuleGroup(registry.ruleGroupConfig(stored), identityOf('rulegroup', stored))),
      ),
      ipSets: [...named].flatMap((arn) => {
        const stored = registry.byArn('ipset', ipSets, arn);
        return stored ? [{ arn, addresses: stored.document.addresses }] : [];
      }),
      regexPatternSets: [...named].flatMap((arn) => {
        const stored = registry.byArn('regexpatternset', regexPatternSets, arn);
        return stored ? [{ arn, patterns: stored.document.patterns.map(octetsOfPattern) }] : [];
      }),
      addressLists: addressLists(),
      tokenKeys: registry.tokenKeys
        .list()
        .map(({ id, document, created }): TokenKey => ({ id, secret: document.secret, createdAt: created })),
    };
  }
}

/** Each version of a resource is translated once; the lock token is its version. */
function translatedOnce<T>(): (stored: StoredResource<unknown>, translate: () => T) => T {
  const done = new Map<string, { readonly etag: string; readonly translated: T }>();
  return ({ id, etag }, translate) => {
    const known = done.get(id);
    if (known?.etag === etag) return known.translated;
    const translated = translate();
    done.set(id, { etag, translated });
    return translated;
  };
}
