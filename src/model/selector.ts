/**
 * A Selection (model/policies.ts) prepared for the hot path: which named cookies, parameters or headers count.
 * The interplay of a cache policy with an origin request policy (facts 3.4) is decided here as an operation on two selectors.
 * What is selected from is not known here: cookie.ts and query-string.ts apply a selector to a request.
 */
import type { Selection } from './policies.ts';

export type Selector =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'some'; readonly selects: (name: string) => boolean };

export const SELECT_NONE: Selector = { kind: 'none' };
export const SELECT_ALL: Selector = { kind: 'all' };

/** CloudFront: names compare case-sensitively and `*` in a policy is a literal character. */
export function selector(selection: Selection): Selector {
  switch (selection.kind) {
    case 'none':
      return SELECT_NONE;
    case 'all':
      return SELECT_ALL;
    case 'whitelist':
      return selectSome(selection.names);
    case 'allExcept':
      return selectAllExcept(selection.names);
  }
}

export function selectSome(names: readonly string[]): Selector {
  if (names.length === 0) return SELECT_NONE;
  const set = new Set(names);
  return { kind: 'some', selects: (name) => set.has(name) };
}

export function selectAllExcept(names: readonly string[]): Selector {
  if (names.length === 0) return SELECT_ALL;
  const set = new Set(names);
  return { kind: 'some', selects: (name) => !set.has(name) };
}

export function selects(chosen: Selector, name: string): boolean {
  return chosen.kind === 'some' ? chosen.selects(name) : chosen.kind === 'all';
}

/**
 * What the origin gets when a cache policy selects `cache` and an origin request policy `forwarded`.
 * CloudFront: everything either policy selects, with one exception: where both name exceptions, both lists are left out.
 */
export function combineSelections(cache: Selection, forwarded: Selection): Selector {
  if (cache.kind === 'allExcept' && forwarded.kind === 'allExcept') return selectAllExcept([...cache.names, ...forwarded.names]);
  return either(selector(cache), selector(forwarded));
}

/** What at least one of the two selects. */
export function either(one: Selector, other: Selector): Selector {
  if (one.kind === 'none' || other.kind === 'all') return other;
  if (other.kind === 'none' || one.kind === 'all') return one;
  return { kind: 'some', selects: (name) => selects(one, name) || selects(other, name) };
}
