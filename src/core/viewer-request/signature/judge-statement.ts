/**
 * Does a policy that was signed let this request in: this URL, now, from this address? Facts 9.3, 9.7: resource, dates, address. Judged at
 * the request's start and for every request anew, whatever is remembered of its signature.
 */
import { holdsAddress } from '../../../model/network.ts';
import type { PolicyStatement } from '../../../model/signing/policy-statement.ts';
import { resourceMismatch, type RequestedUrl } from '../../../model/signing/resource-pattern.ts';
import { SECOND, type Instant } from '../../../model/units.ts';
import type { SignatureFault } from './signature-fault.ts';

/** The first condition that does not hold; undefined where all do. */
export function judgeStatement(
  statement: PolicyStatement,
  url: RequestedUrl,
  address: string,
  now: Instant,
): SignatureFault | undefined {
  return judgeResource(statement, url) ?? judgeDates(statement, now) ?? judgeAddress(statement, address);
}

/** All of them, for people. */
export function unmetConditions(...[statement, url, address, now]: Parameters<typeof judgeStatement>): readonly SignatureFault[] {
  const judged = [judgeResource(statement, url), judgeDates(statement, now), judgeAddress(statement, address)];
  return judged.filter((fault) => fault !== undefined);
}

function judgeResource({ resource }: PolicyStatement, url: RequestedUrl): SignatureFault | undefined {
  const section = resource === undefined ? undefined : resourceMismatch(resource, url);
  if (resource === undefined || section === undefined) return undefined;
  return { part: 'resource', reason: 'mismatch', pattern: resource, section };
}

function judgeDates({ dateLessThan, dateGreaterThan }: PolicyStatement, now: Instant): SignatureFault | undefined {
  if (now >= dateLessThan) return { part: 'date', reason: 'expired', at: dateLessThan, by: now - dateLessThan };
  // CloudFront: denied on or before it, and its clock counts whole seconds.
  if (dateGreaterThan === undefined || now >= dateGreaterThan + SECOND) return undefined;
  return { part: 'date', reason: 'not-yet-valid', after: dateGreaterThan, in: dateGreaterThan + SECOND - now };
}

function judgeAddress({ sourceIp }: PolicyStatement, address: string): SignatureFault | undefined {
  if (sourceIp === undefined || holdsAddress(sourceIp.network, address)) return undefined;
  return { part: 'address', reason: 'outside', network: sourceIp.text, address };
}
