/**
 * One text of a request as rules look at it: an argument, a header, a part of a body. It remembers its transformed forms and which rules'
 * literals each of them has, so that hundreds of rules read it once. Most texts have nothing that a transformation would change: which octets a
 * text has (its traits) tells that without transforming it.
 */
import type { Transform } from '../../../../model/waf-engine.ts';
import type { LiteralScanner, OwnerSet } from '../patterns/literal-scanner.ts';
import { traitsOf, UPPER_CASE } from './text-traits.ts';

/** Where in a request a text stands, in the terms in which AWS WAF names the rules of its groups. */
export type Place = 'QUERY' | 'BODY' | 'COOKIE' | 'HEADER' | 'URIPATH' | 'METHOD';

export interface RequestValue {
  /** `foo` of `ARGS:foo`; '' where the collection is one text. */
  readonly name: string;
  /** Undefined for what rules themselves have made (TX). */
  readonly place: Place | undefined;
  readonly text: string;
  /** -1: not looked for yet. */
  traits: number;
  /** Of the text as it is. */
  owners: OwnerSet | undefined;
  /** By the number of the chain of transformations: those that changed something. */
  forms: (ValueForm | undefined)[] | undefined;
}

export interface ValueForm {
  readonly text: string;
  owners: OwnerSet | undefined;
}

export function requestValue(name: string, text: string, place: Place | undefined): RequestValue {
  return { name, place, text, traits: -1, owners: undefined, forms: undefined };
}

/** Transformations in their order; number 0 is none at all. */
export interface TransformChain {
  readonly number: number;
  readonly steps: readonly Transform[];
  /** A text that has none of these comes out as it is. */
  readonly traits: number;
}

/** The chain changes the text, in more than its case where `beyondCase`. */
export function isChangedBy(value: RequestValue, chain: TransformChain, beyondCase: boolean): boolean {
  if (value.traits < 0) value.traits = traitsOf(value.text);
  return (value.traits & chain.traits & (beyondCase ? ~UPPER_CASE : ~0)) !== 0;
}

export function formOf(value: RequestValue, chain: TransformChain): Pick<ValueForm, 'text'> {
  return isChangedBy(value, chain, false) ? changedForm(value, chain) : value;
}

/** Whose literals the transformed text has; literals are found without regard to case. */
export function ownersOf(value: RequestValue, chain: TransformChain, scanner: LiteralScanner): OwnerSet {
  if (!isChangedBy(value, chain, true)) return (value.owners ??= scanner.scan(value.text));
  const form = changedForm(value, chain);
  return (form.owners ??= scanner.scan(form.text));
}

function changedForm(value: RequestValue, chain: TransformChain): ValueForm {
  value.forms ??= [];
  let form = value.forms[chain.number];
  if (form === undefined) {
    let { text } = value;
    for (const step of chain.steps) text = step(text);
    form = { text, owners: undefined };
    value.forms[chain.number] = form;
  }
  return form;
}
