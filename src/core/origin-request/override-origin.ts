/**
 * The origin that a viewer-request function asks for, for this request alone: another one of the distribution's, the assigned one with
 * other settings, or a group of two. CloudFront: "Helper methods for origin modification". Noted by the function's runtime, judged here;
 * who is asked then is as ever (edge/ask-origin.ts).
 */
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Origin } from '../../model/distribution.ts';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import type { ViewerRequest } from '../request.ts';
import { collectFaults, type Faults, type FunctionFault } from '../viewer-request/function-values.ts';
import { chooseOrigin, mayFailOver, type ChosenOrigin } from './choose-origin.ts';
import { NAME_SETTINGS, nameOrigin, updateOrigin } from './update-origin.ts';

export type OverriddenOrigin =
  | { readonly kind: 'chosen'; readonly chosen: ChosenOrigin }
  | { readonly kind: 'invalid'; readonly fault: FunctionFault };

type Asking = Pick<ViewerRequest, 'method' | 'fields'>;

/** `asked` is what the function noted: `{ kind: 'update' | 'select' | 'group', ... }`. */
export function overrideOrigin(
  distribution: CompiledDistribution,
  behavior: CompiledCacheBehavior,
  request: Asking,
  asked: unknown,
): OverriddenOrigin {
  const faults = collectFaults();
  const chosen = isObject(asked) ? choose(distribution, behavior, request, asked, faults) : undefined;
  if (faults.first !== undefined) return { kind: 'invalid', fault: faults.first };
  return { kind: 'chosen', chosen: chosen ?? chooseOrigin(distribution, behavior, request.method) };
}

function choose(
  distribution: CompiledDistribution,
  behavior: CompiledCacheBehavior,
  request: Asking,
  asked: JsonObject,
  faults: Faults,
): ChosenOrigin | undefined {
  switch (asked['kind']) {
    case 'update': {
      // CloudFront: of an origin group, the primary is updated; the secondary stays, and stands in for it.
      const assigned = chooseOrigin(distribution, behavior, request.method);
      const primary = updateOrigin(assigned.primary, objectOf(asked['settings']), 'updateRequestOrigin', request.fields, faults);
      return { ...assigned, primary };
    }
    case 'select':
      return select(distribution, behavior, request, asked, faults);
    default:
      return group(distribution, behavior, request, objectOf(asked['settings']), faults);
  }
}

function select(
  distribution: CompiledDistribution,
  behavior: CompiledCacheBehavior,
  request: Asking,
  asked: JsonObject,
  faults: Faults,
): ChosenOrigin | undefined {
  const where = 'selectRequestOriginById';
  const id = String(asked['id']);
  if (!distribution.origins.has(id) && !distribution.originGroups.has(id)) {
    return faults.add(noSuchOrigin(where, id));
  }
  const target = { ...behavior, source: { ...behavior.source, targetOriginId: id } };
  const selected = chooseOrigin(distribution, target, request.method);
  return { ...selected, primary: selectable(selected.primary, objectOf(asked['settings']), where, faults) };
}

function group(
  distribution: CompiledDistribution,
  behavior: CompiledCacheBehavior,
  request: Asking,
  settings: JsonObject,
  faults: Faults,
): ChosenOrigin | undefined {
  const where = 'createRequestOriginGroup';
  const { originIds, failoverCriteria, selectionCriteria = 'default' } = settings;
  const codes = objectOf(failoverCriteria)['statusCodes'];
  if (!Array.isArray(originIds) || originIds.length !== 2) return faults.add(`${where}: originIds must be two ids`);
  const members = originIds.map((one: unknown) =>
    isObject(one)
      ? { id: String(one['originId']), overrides: objectOf(one['originOverrides']) }
      : { id: String(one), overrides: {} },
  );
  const missing = members.find(({ id }) => !distribution.origins.has(id));
  if (missing !== undefined) return faults.add(noSuchOrigin(where, missing.id));
  if (!Array.isArray(codes) || codes.length === 0 || codes.some((code) => !Number.isInteger(code))) {
    return faults.add(`${where}: failoverCriteria.statusCodes must be a list of status codes`);
  }
  if (selectionCriteria !== 'default' && selectionCriteria !== 'media-quality-score')
    return faults.add(`${where}: selectionCriteria must be default or media-quality-score`);
  const [primary, secondary] = members.map(({ id, overrides }) =>
    selectable(distribution.origins.get(id)!, overrides, where, faults),
  );
  return mayFailOver(behavior, request.method)
    ? { primary: primary!, secondary, failoverOn: codes as number[] }
    : { primary: primary!, secondary: undefined, failoverOn: [] };
}

function noSuchOrigin(where: string, id: string): string {
  return `${where}: the distribution has no origin ${JSON.stringify(id)}`;
}

/** An origin of the distribution as it is, but for the names that may be overridden. */
function selectable(origin: Origin, overrides: JsonObject, where: string, faults: Faults): Origin {
  if (origin.clientCertificate !== undefined)
    faults.add(`${where}: the origin ${JSON.stringify(origin.id)} is shown a client certificate, and cannot be selected`);
  const other = Object.keys(overrides).find((name) => !NAME_SETTINGS.includes(name));
  if (other !== undefined)
    faults.add(`${where}: of the origin's settings, ${NAME_SETTINGS.join(', ')} can be overridden, but not ${other}`);
  return Object.keys(overrides).length === 0 ? origin : nameOrigin(origin, overrides, where, faults);
}

function objectOf(given: unknown): JsonObject {
  return isObject(given) ? given : {};
}
