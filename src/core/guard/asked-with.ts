/**
 * Errors that perhaps only those get who ask as the first one did. CloudFront keeps an error for ten seconds whatever was sent along; so does
 * this edge, for whoever sends fields and parameters of the same names. Who does not asks the origin: a field that breaks an origin breaks
 * nothing for others, and applications that always send one are still kept from asking a failing origin again and again.
 */
import { hasField } from '../../http/fields.ts';
import { parameterName } from '../../http/query-string.ts';
import { isTrackingParameter } from '../../tables/tracking-parameters.ts';
import { ORDINARY_FIELDS } from '../../tables/override-fields.ts';
import type { StoredResponse } from '../cache/stored-response.ts';
import type { ViewerRequest } from '../request.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

/** The names, in order; undefined where the request had nothing unusual. */
export function askedWith(inputs: readonly UnkeyedInput[], status: number): readonly string[] | undefined {
  // Overload and outages are for all: an origin that is overloaded must be spared.
  if (status < 400 || status === 503 || status === 504) return undefined;
  const names = new Set(inputs.filter(isUnusual).map(({ kind, name }) => (kind === 'query' ? `?${name}` : name)));
  return names.size === 0 ? undefined : [...names].toSorted();
}

/** Does the stored response answer this request, too, as far as that goes? */
export function answersAsked(
  { askedWith: names }: Pick<StoredResponse, 'askedWith'>,
  { fields, query }: Pick<ViewerRequest, 'fields' | 'query'>,
): boolean {
  if (names === undefined) return true;
  const parameters = query?.split('&').map(parameterName) ?? [];
  return names.every((name) => (name.startsWith('?') ? parameters.includes(name.slice(1)) : hasField(fields, name)));
}

/** Fields that no browser sends, and parameters that are not for the page's scripts alone. */
export function isUnusual({ kind, name }: UnkeyedInput): boolean {
  if (kind === 'query') return !isTrackingParameter(name);
  return kind === 'header' && !ORDINARY_FIELDS.has(name) && !name.startsWith('sec-') && !USUAL.has(name);
}

const USUAL: ReadonlySet<string> = new Set(['authorization', 'origin', 'referer', 'x-requested-with']);
