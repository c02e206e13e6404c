/**
 * Which managed rule groups there are and what is in them, read off tables/managed-rule-groups.ts. AWS WAF API reference.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { MANAGED_RULE_GROUPS, type ManagedRuleGroupRow } from '../../../tables/managed-rule-groups.ts';
import type { Handlers } from '../wire/types.ts';
import { pageOf } from './pages.ts';
import { findManagedGroup } from './rules/accept-group-statement.ts';
import { checkScope } from './waf-registry.ts';

/** Ours: when this table of them was written. */
const UPDATED = new Date('2025-08-14T00:00:00Z');

export function managedGroupHandlers() {
  const products = MANAGED_RULE_GROUPS.map((row): Sdk.ManagedProductDescriptor => ({
    VendorName: row.vendor,
    ManagedRuleSetName: row.name,
    ProductTitle: row.name,
    ProductDescription: row.description,
    IsVersioningSupported: isVersioned(row),
    IsAdvancedManagedRuleSet: false,
  }));
  return {
    ListAvailableManagedRuleGroups({ Scope, ...asked }, call) {
      checkScope(Scope, call);
      const { items, next } = pageOf(MANAGED_RULE_GROUPS, asked, ({ name }) => name);
      const ManagedRuleGroups = items.map((row) => ({
        VendorName: row.vendor,
        Name: row.name,
        VersioningSupported: isVersioned(row),
        Description: row.description,
      }));
      return { ManagedRuleGroups, ...next };
    },
    ListAvailableManagedRuleGroupVersions({ VendorName = '', Name = '', Scope, ...asked }, call) {
      checkScope(Scope, call);
      const { versions } = findManagedGroup(VendorName, Name, undefined);
      const { items, next } = pageOf(versions.toReversed(), asked, (version) => version);
      const current = versions.at(-1);
      return {
        Versions: items.map((version) => ({ Name: version, LastUpdateTimestamp: UPDATED })),
        ...(current !== undefined && { CurrentDefaultVersion: current }),
        ...next,
      };
    },
    DescribeManagedRuleGroup({ VendorName = '', Name = '', Scope, VersionName }, call) {
      checkScope(Scope, call);
      const group = findManagedGroup(VendorName, Name, VersionName);
      const version = VersionName ?? group.versions.at(-1);
      return {
        ...(version !== undefined && { VersionName: version }),
        Capacity: group.capacity,
        Rules: group.rules.map(({ name, action }) => ({
          Name: name,
          Action: action === 'block' ? { Block: {} } : { Count: {} },
        })),
        LabelNamespace: group.labelNamespace,
        AvailableLabels: group.rules.map(({ label }) => ({ Name: label })),
        ConsumedLabels: [],
      };
    },
    DescribeAllManagedProducts({ Scope }, call) {
      checkScope(Scope, call);
      return { ManagedProducts: products };
    },
    DescribeManagedProductsByVendor({ VendorName, Scope }, call) {
      checkScope(Scope, call);
      return { ManagedProducts: products.filter((product) => product.VendorName === VendorName) };
    },
  } satisfies Handlers<typeof Sdk>;
}

function isVersioned({ versions }: ManagedRuleGroupRow): boolean {
  return versions.length > 0;
}
