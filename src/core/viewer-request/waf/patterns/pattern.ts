/** A regular expression over octets, taken apart: what parse-pattern.ts makes, and what the decisions beside it read. */
import type { OctetSet } from './octet-set.ts';

export type Pattern =
  | { readonly kind: 'octet'; readonly set: OctetSet }
  | { readonly kind: 'assertion'; readonly asserts: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'group'; readonly part: Pattern }
  | {
      readonly kind: 'repeat';
      readonly part: Pattern;
      readonly least: number;
      /** Infinity where there is no bound. */
      readonly most: number;
      readonly isLazy: boolean;
    };

export type Assertion = 'text-start' | 'text-end' | 'line-start' | 'line-end' | 'word-boundary' | 'no-word-boundary';
