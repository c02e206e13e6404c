/**
 * A response headers policy applied to one response, in CloudFront's order: remove, CORS, security, custom, Server-Timing. Facts 11.1.
 * It is applied to every answer of its cache behavior at the moment of answering, and never stored. What the policy says was compiled in
 * model/compile-response-headers-policy.ts; the edge's own fields are added around the result in viewer-fields.ts.
 */
import { hasField, withoutFields, type Field, type Fields } from '../../http/fields.ts';
import { withVaryMember } from '../../http/vary.ts';
import type { CompiledResponseHeadersPolicy } from '../../model/compile-response-headers-policy.ts';
import type { Duration } from '../../model/units.ts';
import type { Outcome } from '../outcome.ts';
import type { ViewerRequest } from '../request.ts';
import { decideCors } from './cors.ts';
import { isTimed, serverTiming } from './server-timing.ts';

export interface PolicyInput {
  readonly policy: CompiledResponseHeadersPolicy;
  readonly request: Pick<ViewerRequest, 'method' | 'fields'>;
  /** The response's fields, without any of the edge's own. */
  readonly base: Fields;
  readonly outcome: Outcome;
  readonly popName: string;
  readonly timeToFirstByte: Duration;
  /** A random number from 0 to 1, 1 excluded: is this response one of those sampled? */
  readonly draw: number;
}

export interface PolicyApplied {
  /** What is left of the response's fields. */
  readonly base: Fields;
  /** CloudFront: the policy's own fields come last, after Age. */
  readonly added: Fields;
  /** The names that the edge must not add by itself. */
  readonly silences: ReadonlySet<string>;
}

export function applyResponseHeadersPolicy(input: PolicyInput): PolicyApplied {
  const { policy, request } = input;
  let base = policy.removes.size === 0 ? input.base : withoutFields(input.base, policy.removes);
  let added: Field[] = [];

  if (policy.cors !== undefined) {
    const cors = decideCors(policy.cors, request, base);
    if (cors.kind === 'apply') {
      base = withoutFields(base, new Set(cors.fields.map(([name]) => name)));
      added.push(...cors.fields);
    }
    if (cors.variesByOrigin) base = withVaryMember(base, 'Origin');
  }

  if (!hasAny(base, policy.names) && !hasAny(added, policy.names)) added.push(...policy.fields);
  else {
    for (const { field, override } of policy.headers) {
      const [name] = field;
      if (override) {
        base = base.filter((other) => other[0] !== name);
        added = added.filter((other) => other[0] !== name);
      } else if (hasField(base, name) || hasField(added, name)) continue;
      added.push(field);
    }
  }

  if (policy.serverTimingShare !== undefined && isTimed(policy.serverTimingShare, request, input.draw)) {
    const { outcome, popName, timeToFirstByte } = input;
    added.push(['server-timing', serverTiming({ outcome, popName, timeToFirstByte, fields: base })]);
    base = base.filter(([name]) => name !== 'server-timing');
  }
  return { base, added, silences: policy.silences };
}

function hasAny(fields: Fields, names: ReadonlySet<string>): boolean {
  for (const field of fields) if (names.has(field[0])) return true;
  return false;
}
