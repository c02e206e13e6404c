/**
 * IP sets: addresses and networks of one family. AWS WAF API reference: CIDR notation, every length but zero.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { parseNetwork } from '../../../model/network.ts';
import { WAF_QUOTAS } from '../../../tables/quotas.ts';
import { changeOf } from '../change-of.ts';
import type { Handlers } from '../wire/types.ts';
import { pageOf } from './pages.ts';
import { summaryOf } from './summaries.ts';
import { invalidParameter, limitExceeded, REASONS } from './waf-faults.ts';
import type { WafContext } from './waf-context.ts';
import type { StoredIpSet } from './waf-registry.ts';
import { checkRoom, checkScope, find, remove, requireToken } from './waf-registry.ts';
import { withTags } from './waf-tags.ts';

export function ipSetHandlers({ registry, users, ids }: WafContext) {
  const { ipSets } = registry;
  const summary = (stored: StoredIpSet): Sdk.IPSetSummary => summaryOf(registry, 'ipset', stored, stored.document.description);
  return {
    CreateIPSet({ Name = '', Scope, Description, IPAddressVersion, Addresses, Tags }, call) {
      checkScope(Scope, call);
      const addressVersion = IPAddressVersion ?? 'IPV4';
      const document = {
        addressVersion,
        addresses: acceptAddresses(Addresses, addressVersion),
        description: Description,
        tags: withTags({}, Tags),
      };
      checkRoom(ipSets, Name, WAF_QUOTAS.ipSets, 'IP sets');
      const resource = { id: ids.uuid(), name: Name, etag: ids.uuid(), document };
      return { Summary: summary(users.changeWaf(changeOf(call), (change) => ipSets.insert(resource, change))) };
    },
    GetIPSet(input, call) {
      const stored = find(ipSets, input, call);
      const { addressVersion: IPAddressVersion, addresses, description } = stored.document;
      const { Name, Id, ARN } = summary(stored);
      const IPSet = {
        Name,
        Id,
        ARN,
        IPAddressVersion,
        Addresses: [...addresses],
        ...(description !== undefined && { Description: description }),
      };
      return { IPSet, LockToken: stored.etag };
    },
    UpdateIPSet(input, call) {
      const stored = find(ipSets, input, call);
      requireToken(stored, input.LockToken);
      const addresses = acceptAddresses(input.Addresses, stored.document.addressVersion);
      const document = { ...stored.document, addresses, description: input.Description };
      const next = users.changeWaf(changeOf(call), (change) => ipSets.update(stored, { etag: ids.uuid(), document }, change));
      return { NextLockToken: next.etag };
    },
    DeleteIPSet(input, call) {
      const isUsed = (stored: StoredIpSet): boolean => registry.isReferenced(registry.arnOf('ipset', stored));
      remove({ collection: ipSets, users, isUsed }, input, call);
      return {};
    },
    ListIPSets({ Scope, ...asked }, call) {
      checkScope(Scope, call);
      const { items, next } = pageOf(ipSets.list(), asked, ({ id }) => id, ipSets);
      return { IPSets: items.map(summary), ...next };
    },
  } satisfies Handlers<typeof Sdk>;
}

function acceptAddresses(addresses: readonly string[] = [], version: Sdk.IPAddressVersion): readonly string[] {
  if (addresses.length > WAF_QUOTAS.addresses) throw limitExceeded(`an IP set has ${WAF_QUOTAS.addresses} addresses at most`);
  for (const address of addresses) {
    const network = address.includes('/') ? parseNetwork(address) : undefined;
    const isOfVersion = address.includes(':') === (version === 'IPV6');
    if (network === undefined || !isOfVersion || address.endsWith('/0'))
      throw invalidParameter('IP_ADDRESS', address, REASONS.format);
  }
  const twice = new Set(addresses).size < addresses.length;
  return twice ? [...new Set(addresses)] : addresses;
}
