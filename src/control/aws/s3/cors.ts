/**
 * A bucket's cross-origin rules: the first rule that fits origin, method and headers speaks.
 * S3 user guide, "Using cross-origin resource sharing"; Fetch standard, "CORS protocol". A distribution's own CORS headers come from
 * its response headers policy, not from here.
 */
import type { CORSRule } from '@aws-sdk/client-s3';
import { invalidRequest, malformedXml } from './errors.ts';
import { matchesWildcard } from './policy/wildcard.ts';

export type CorsRules = readonly CORSRule[];

const METHODS: readonly string[] = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'];
const MAX_RULES = 100;

export function checkCors(rules: CorsRules | undefined): CorsRules {
  if (rules === undefined || rules.length === 0 || rules.length > MAX_RULES) {
    throw malformedXml();
  }
  for (const { AllowedMethods = [], AllowedOrigins = [], AllowedHeaders = [], ExposeHeaders = [] } of rules) {
    const unknown = AllowedMethods.find((method) => !METHODS.includes(method));
    if (unknown !== undefined)
      throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}`);
    const starred = AllowedOrigins.find((origin) => origin.split('*').length > 2);
    if (starred !== undefined) throw invalidRequest(`AllowedOrigin "${starred}" can not have more than one wildcard.`);
    const header = AllowedHeaders.find((name) => name.split('*').length > 2);
    if (header !== undefined) throw invalidRequest(`AllowedHeader "${header}" can not have more than one wildcard.`);
    const exposed = ExposeHeaders.find((name) => name.includes('*'));
    if (exposed !== undefined)
      throw invalidRequest(`ExposeHeader "${exposed}" contains wildcard. We currently do not support wildcard for ExposeHeader.`);
  }
  return rules;
}

/** The fields that a rule adds to an answer. Undefined when the request is not cross-origin or no rule fits. */
export function corsHeaders(rules: CorsRules, method: string, headers: Headers): Readonly<Record<string, string>> | undefined {
  const origin = headers.get('origin');
  if (origin === null) return undefined;
  const asked = method === 'OPTIONS' ? (headers.get('access-control-request-method') ?? '') : method;
  const names = (headers.get('access-control-request-headers') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const rule = rules.find(
    ({ AllowedOrigins = [], AllowedMethods = [], AllowedHeaders = [] }) =>
      AllowedOrigins.some((pattern) => matchesWildcard(pattern, origin)) &&
      AllowedMethods.includes(asked) &&
      names.every((name) => AllowedHeaders.some((pattern) => matchesWildcard(pattern.toLowerCase(), name))),
  );
  if (rule === undefined) return undefined;
  const anyOrigin = rule.AllowedOrigins?.includes('*') === true;
  return {
    'access-control-allow-origin': anyOrigin ? '*' : origin,
    'access-control-allow-methods': (rule.AllowedMethods ?? []).join(', '),
    ...(names.length > 0 ? { 'access-control-allow-headers': names.join(', ') } : {}),
    ...((rule.ExposeHeaders ?? []).length > 0 ? { 'access-control-expose-headers': (rule.ExposeHeaders ?? []).join(', ') } : {}),
    ...(rule.MaxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rule.MaxAgeSeconds) }),
    ...(anyOrigin ? {} : { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}
