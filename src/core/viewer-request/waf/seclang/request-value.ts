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

interface TextForm {
  readonly text: string;
  /** -1: not looked for yet. */
  traits: number;
  owners: OwnerSet | undefined;
  /** By the number of the transformation: what it makes of this text. */
  after: (TextForm | undefined)[] | undefined;
}

export interface RequestValue extends TextForm {
  /** `foo` of `ARGS:foo`; '' where the collection is one text. */
  readonly name: string;
  /** Undefined for what rules themselves have made (TX). */
  readonly place: Place | undefined;
}

export function requestValue(name: string, text: string, place: Place | undefined): RequestValue {
  return { name, place, text, traits: -1, owners: undefined, after: undefined };
}

export interface Transformation {
  readonly number: number;
  readonly transform: Transform;
  /** A text that has none of these comes out as it is. */
  readonly traits: number;
}

/** Transformations in their order. */
export interface TransformChain {
  readonly number: number;
  readonly steps: readonly Transformation[];
  /** Those of its steps. */
  readonly traits: number;
}

export const UNCHANGED: TransformChain = { number: 0, steps: [], traits: 0 };

/** In which ways transformations of these traits may change the text, its case aside; 0 for none. */
export function traitsWithin(form: TextForm, traits: number): number {
  if (form.traits < 0) form.traits = traitsOf(form.text);
  return form.traits & traits & ~UPPER_CASE;
}

/** The text after the chain's transformations. */
export function textAfter(value: RequestValue, chain: TransformChain): string {
  return formAfter(value, chain).text;
}

/** Who may match the transformed text, by its literals, which are found without regard to case. */
export function ownersOf(value: RequestValue, chain: TransformChain, scanner: LiteralScanner): OwnerSet {
  const form = traitsWithin(value, chain.traits) === 0 ? value : formAfter(value, chain);
  return (form.owners ??= scanner.scan(form.text));
}

function formAfter(value: RequestValue, { steps, traits }: TransformChain): TextForm {
  if (value.traits < 0) value.traits = traitsOf(value.text);
  let form: TextForm = value;
  if ((form.traits & traits) !== 0) for (const step of steps) form = formAfterStep(form, step);
  return form;
}

function formAfterStep(form: TextForm, { number, transform, traits }: Transformation): TextForm {
  if (form.traits < 0) form.traits = traitsOf(form.text);
  if ((form.traits & traits) === 0) return form;
  form.after ??= [];
  const known = form.after[number];
  if (known !== undefined) return known;
  const text = transform(form.text);
  const made = text === form.text ? form : { text, traits: -1, owners: undefined, after: undefined };
  form.after[number] = made;
  return made;
}
