/**
 * Does a policy that was signed let this request in: this URL, now, from this address? Facts 9.3, 9.7: resource, dates, address. Judged at
 * the request's start and for every request anew, whatever is remembered of its signature.
 */
import { holdsAddress } from '../../../model/network.ts';
import type { PolicyStatement } from '../../../model/signing/policy-statement.ts';
import { resourceMismatch, type RequestedUrl } from '../../../model/signing/resource-pattern.ts';
import { SECOND, type Instant } from '../../../model/units.ts';
import type { SignatureFault } from './signature-fault.ts';

/** Undefined where it does. */
export function judgeStatement(
  statement: PolicyStatement,
  url: RequestedUrl,
  address: string,
  now: Instant,
): SignatureFault | undefined {
  const { resource, dateLessThan, dateGreaterThan, sourceIp } = statement;
  const section = resource === undefined ? undefined : resourceMismatch(resource, url);
  if (resource !== undefined && section !== undefined)
    return { part: 'resource', reason: 'mismatch', pattern: resource, section };
  if (now >= dateLessThan) return { part: 'date', reason: 'expired', at: dateLessThan, by: now - dateLessThan };
  // CloudFront: denied on or before it, and its clock counts whole seconds.
  if (dateGreaterThan !== undefined && now < dateGreaterThan + SECOND) {
    return { part: 'date', reason: 'not-yet-valid', after: dateGreaterThan, in: dateGreaterThan + SECOND - now };
  }
  if (sourceIp !== undefined && !holdsAddress(sourceIp.network, address)) {
    return { part: 'address', reason: 'outside', network: sourceIp.text, address };
  }
  return undefined;
}
