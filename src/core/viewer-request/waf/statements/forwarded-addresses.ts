/**
 * Whose address counts: that of the connection, or one that a header names (AWS WAF: ForwardedIPConfig, IPSetForwardedIPConfig). Who is
 * behind a proxy of ours may be named so; a header that viewers can write proves nothing.
 */
import { fieldValue } from '../../../../http/fields.ts';
import { trimWhitespace } from '../../../../http/token.ts';
import { isAddress } from '../../../../model/network.ts';
import type { InspectedRequest } from '../../../../model/waf-engine.ts';
import type { ForwardedIp } from '../../../../model/web-acl-statement.ts';
import { FORWARDED_ADDRESSES } from '../../../../tables/waf.ts';

export type Addresses =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  /** AWS WAF: where the header is missing, the statement does not match at all. */
  | { readonly kind: 'no header' }
  /** Nothing valid stands in its place: the fallback holds. */
  | { readonly kind: 'invalid' };

/** `position` is FIRST for all statements but IP sets. */
export function addressesOf(
  request: Pick<InspectedRequest, 'fields' | 'viewerAddress'>,
  forwarded: ForwardedIp | undefined,
  position: 'FIRST' | 'LAST' | 'ANY' = 'FIRST',
): Addresses {
  if (forwarded === undefined) return { kind: 'addresses', addresses: [request.viewerAddress] };
  const value = fieldValue(request.fields, forwarded.header);
  if (value === undefined) return { kind: 'no header' };
  const listed = value.split(',').map(trimWhitespace);
  const looked =
    position === 'FIRST' ? listed.slice(0, 1) : position === 'LAST' ? listed.slice(-1) : listed.slice(-FORWARDED_ADDRESSES);
  const addresses = looked.filter(isAddress);
  return addresses.length === 0 ? { kind: 'invalid' } : { kind: 'addresses', addresses };
}
