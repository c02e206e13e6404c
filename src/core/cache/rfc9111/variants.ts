/**
 * Variants: several responses to one URI, told apart by the request fields that their Vary nominates. RFC 9111 4.1. Where responses
 * vary, the primary key holds no response but an index: which lists of fields have been nominated, the newest first. Each list and
 * the values that a request has for it make a secondary key:
 *
 *     <primary key>                                          the index
 *     <primary key>\nvariant <generation>\nfoo: 1\nbar: 2    a response to requests with these values; no line for an absent field
 *
 * The generation is a new one whenever an index is made, so that forgetting the index forgets every variant at once.
 */
import { fieldValue, type Fields } from '../../../http/fields.ts';
import { listMembers } from '../../../http/token.ts';
import { parseVary } from '../../../http/vary.ts';
import type { ViewerRequest } from '../../request.ts';
import type { VariantIndex } from '../stored-response.ts';

type Asked = Pick<ViewerRequest, 'host' | 'fields'>;

/** Ours: lists of fields that are tried for one URI; an origin that nominates more is inconsistent. */
const MOST_NOMINATIONS = 8;

/** The fields nominated by a response, sorted; undefined when it does not vary. `Vary: *` is never stored. */
export function nominatedFields(fields: Fields): readonly string[] | undefined {
  const value = fieldValue(fields, 'vary');
  const names = value === undefined ? [] : parseVary(value);
  return names === '*' || names.length === 0 ? undefined : names.toSorted();
}

/** Where the variants that this request selects would be, the newest list of fields first. */
export function variantKeys({ generation, nominations }: VariantIndex, primaryKey: string, request: Asked): readonly string[] {
  return nominations.map((nominated) => variantKey(primaryKey, generation, nominated, request));
}

/** The secondary key of a request among the variants that nominate these fields. */
export function variantKey(primaryKey: string, generation: string, nominated: readonly string[], request: Asked): string {
  let key = `${primaryKey}\nvariant ${generation}`;
  for (const name of nominated) {
    const value = selectingValue(name, request);
    if (value !== undefined) key += `\n${name}: ${value}`;
  }
  return key;
}

/** Where a response that nominates these fields is kept, and the index that leads to it. `present`: the index that is there. */
export function placeVariant(
  present: VariantIndex | undefined,
  primaryKey: string,
  nominated: readonly string[],
  request: Asked,
  generation: string,
): { readonly key: string; readonly index: VariantIndex } {
  const index = nominate(present ?? { generation, nominations: [] }, nominated);
  return { key: variantKey(primaryKey, index.generation, nominated, request), index };
}

/** Do both requests have the same values for the nominated fields? */
export function selectsSame(nominated: readonly string[], one: Asked, other: Asked): boolean {
  return nominated.every((name) => selectingValue(name, one) === selectingValue(name, other));
}

/** The index with this list of fields in front. */
function nominate(index: VariantIndex, nominated: readonly string[]): VariantIndex {
  const others = index.nominations.filter((names) => names.join() !== nominated.join());
  return { ...index, nominations: [nominated, ...others].slice(0, MOST_NOMINATIONS) };
}

/** RFC 9110 12.5.4: its members are ranges whose letter case means nothing and whose order means nothing but by weight. */
const UNORDERED: ReadonlySet<string> = new Set(['accept-language']);

/**
 * A field's value, normalised as RFC 9111 4.1 allows: "combining multiple header fields with the same field name", whitespace where
 * the syntax allows it, and, where the field's own definition says that they mean nothing, order and letter case.
 */
function selectingValue(name: string, request: Asked): string | undefined {
  const value = name === 'host' ? request.host : fieldValue(request.fields, name);
  if (value === undefined) return undefined;
  const members = listMembers(value);
  if (!UNORDERED.has(name)) return members.join(',');
  return members
    .map((member) => member.toLowerCase().replaceAll(/[ \t]/g, ''))
    .toSorted()
    .join(',');
}
