/**
 * What is asked of POST /_warmfront/waf/test (model/waf-test.ts), read strictly: whoever tests a web ACL must not test another request than they
 * think. Whether the web ACL is good is AWS WAF's to say (control/aws/wafv2).
 */
import type { ViewerRequest } from '../../core/request.ts';
import { MOST_TESTED } from '../../model/waf-test.ts';
import type { Instant } from '../../model/units.ts';
import { AdminRefusal } from './admin-refusal.ts';
import { explainRequest } from './explain-request.ts';

export interface ReadWafTest {
  readonly webAcl: string | undefined;
  readonly definition: unknown;
  readonly requests: readonly { readonly request: ViewerRequest; readonly body?: string; readonly at: Instant }[];
}

/** Throws AdminRefusal, which names what is wrong. */
export function readWafTest(text: string, now: Instant): ReadWafTest {
  const { webAcl, definition, requests, ...others } = record(parsed(text), 'the question');
  refuseOthers(others, 'the question');
  if ((webAcl === undefined) === (definition === undefined)) throw invalid('webAcl, definition', 'give one of the two');
  if (webAcl !== undefined && typeof webAcl !== 'string') throw invalid('webAcl', 'give a name, an id or an ARN');
  if (!Array.isArray(requests) || requests.length === 0 || requests.length > MOST_TESTED) {
    throw invalid('requests', `give 1 to ${MOST_TESTED}`);
  }
  return { webAcl, definition, requests: requests.map((one, index) => readRequest(one, `requests[${index}]`, now)) };
}

function readRequest(value: unknown, where: string, now: Instant): ReadWafTest['requests'][number] {
  const { method, url, headers = [], body, from, at = now, ...others } = record(value, where);
  refuseOthers(others, where);
  if (typeof url !== 'string') throw invalid(`${where}.url`, 'give an absolute URL');
  if (method !== undefined && typeof method !== 'string') throw invalid(`${where}.method`, 'give a word');
  if (from !== undefined && typeof from !== 'string') throw invalid(`${where}.from`, 'give an address');
  if (typeof at !== 'number' || !Number.isFinite(at)) throw invalid(`${where}.at`, 'give milliseconds since 1970');
  if (body !== undefined && (typeof body !== 'string' || /[\u0100-\uffff]/.test(body))) {
    throw invalid(`${where}.body`, 'give octets, one for each character');
  }
  if (!isHeaders(headers)) throw invalid(`${where}.headers`, 'give pairs of name and value');
  try {
    const request = explainRequest({ url, method, headers, from });
    return { request, at, ...(body !== undefined && { body }) };
  } catch (error) {
    if (error instanceof AdminRefusal) throw new AdminRefusal(error.status, error.code, `${where}: ${error.message}`);
    throw error;
  }
}

function isHeaders(value: unknown): value is readonly (readonly [string, string])[] {
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair.every((one) => typeof one === 'string');
  return Array.isArray(value) && value.every(isPair);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AdminRefusal(400, 'InvalidJson', 'The request is not JSON.');
  }
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(where, 'give an object');
}

function refuseOthers(others: Record<string, unknown>, where: string): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new AdminRefusal(400, 'InvalidArgument', `${where}: there is no member "${unknown}".`);
}

function invalid(where: string, what: string): AdminRefusal {
  return new AdminRefusal(400, 'InvalidArgument', `${where}: ${what}.`);
}
