/**
 * One text of a request as rules look at it: an argument, a header, a part of a body. It remembers its transformed forms and which rules'
 * literals each of them has, so that hundreds of rules read it once for each transformation.
 */
import type { Transform } from '../../../../model/waf-engine.ts';
import type { LiteralScanner, OwnerSet } from '../patterns/literal-scanner.ts';

/** Where in a request a text stands, in the terms in which AWS WAF names the rules of its groups. */
export type Place = 'QUERY' | 'BODY' | 'COOKIE' | 'HEADER' | 'URIPATH' | 'METHOD';

export interface RequestValue {
  /** `foo` of `ARGS:foo`; '' where the collection is one text. */
  readonly name: string;
  /** Undefined for what rules themselves have made (TX). */
  readonly place: Place | undefined;
  readonly text: string;
  /** By the number of the chain of transformations. */
  readonly forms: (ValueForm | undefined)[];
}

export interface ValueForm {
  readonly text: string;
  owners: OwnerSet | undefined;
}

export function requestValue(name: string, text: string, place: Place | undefined): RequestValue {
  return { name, place, text, forms: [{ text, owners: undefined }] };
}

/** Transformations in their order; number 0 is none at all. */
export interface TransformChain {
  readonly number: number;
  readonly steps: readonly Transform[];
}

export function formOf(value: RequestValue, chain: TransformChain): ValueForm {
  const known = value.forms[chain.number];
  if (known !== undefined) return known;
  let { text } = value;
  for (const step of chain.steps) text = step(text);
  const plain = value.forms[0]!;
  const form = text === plain.text ? plain : { text, owners: undefined };
  value.forms[chain.number] = form;
  return form;
}

export function ownersOf(form: ValueForm, scanner: LiteralScanner): OwnerSet {
  return (form.owners ??= scanner.scan(form.text));
}
