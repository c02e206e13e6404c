/**
 * A finding made fit to be told: with the request as proof, and without what must not lie in logs. Cookies and credentials are told by name and
 * length alone; what looks secret in a query is blotted out.
 */
import type { GuardFinding, GuardInput } from '../../model/guard-finding.ts';
import type { Instant } from '../../model/units.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { ViewerRequest } from '../request.ts';
import type { Finding } from './finding.ts';
import { decoded, isCredential, looksSecret } from './needles.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

export interface FindingContext {
  readonly at: Instant;
  readonly requestId: string;
  readonly distribution: Pick<CompiledDistribution, 'source'>;
  readonly behavior: Pick<CompiledCacheBehavior, 'source'>;
  readonly asked: Pick<ViewerRequest, 'method' | 'scheme' | 'host' | 'path' | 'query'>;
  readonly status: number;
  readonly action: GuardFinding['action'];
}

/** Ours: enough to recognise an attack by. */
const LONGEST_VALUE = 120;
const LONGEST_URL = 1024;

export function tellFinding(finding: Finding, context: FindingContext): GuardFinding {
  const { asked, distribution, behavior, at, requestId, status, action } = context;
  const { rule, certainty, input, seenIn, offset, because } = finding;
  return {
    at,
    requestId,
    distributionId: distribution.source.id,
    pathPattern: behavior.source.pathPattern,
    rule,
    certainty,
    action,
    method: asked.method,
    url: shownUrl(asked),
    status,
    ...(input !== undefined && { input: shownInput(input) }),
    ...(seenIn !== undefined && { seenIn }),
    ...(offset !== undefined && { offset }),
    because,
  };
}

function shownInput(input: UnkeyedInput): GuardInput {
  const { kind, name, value } = input;
  const isSecret = isCredential(input) || looksToken(decoded(value));
  const about = { kind, name: cut(name, LONGEST_VALUE), length: value.length };
  return isSecret ? about : { ...about, value: cut(value, LONGEST_VALUE) };
}

function shownUrl({ scheme, host, path, query }: FindingContext['asked']): string {
  const parameters = query?.split('&').map((parameter) => {
    const equals = parameter.indexOf('=');
    return looksToken(decoded(parameter.slice(equals + 1))) ? `${parameter.slice(0, equals + 1)}...` : parameter;
  });
  return cut(`${scheme}://${host}${path}${parameters === undefined ? '' : `?${parameters.join('&')}`}`, LONGEST_URL);
}

/** An address or a sentence that happens to be long is no secret. */
function looksToken(value: string): boolean {
  return looksSecret(value) && (/^[\w+/=~-]+$/.test(value) || value.startsWith('eyJ'));
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}...`;
}
