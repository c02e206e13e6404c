/**
 * Whose rules decide: CloudFront's, or RFC 9111's to the letter (docs/guides/cache-semantics.md). One value for each, with the same
 * questions; the edge asks the one that the distribution was compiled for. What is keyed and what the origin gets differs by recipe
 * instead: model/plain-proxy.ts.
 */
import type { Fields } from '../../http/fields.ts';
import type { CacheSemantics, CompiledCacheBehavior } from '../../model/compile.ts';
import type { Instant } from '../../model/units.ts';
import type { OriginResponseHead, ViewerRequest } from '../request.ts';
import { decideConditional, type Conditional, type SelectedResponse } from '../viewer-response/conditional.ts';
import { decideCollapsing, type Collapsing } from './collapsing.ts';
import { decideReuse, decideStaleOnError, type Reuse, type StaleOnError } from './decide-reuse.ts';
import { decideStoring, type Storing, type StoringInput } from './decide-storing.ts';
import { relayedFields, storedFields } from './prepare-stored.ts';
import { applyNotModified, type NotModified, type NotModifiedInput } from './revalidation.ts';
import { decideRfc9111Collapsing } from './rfc9111/decide-collapsing.ts';
import { decideRfc9111Conditional } from './rfc9111/decide-conditional.ts';
import { decideRfc9111Reuse, decideRfc9111StaleOnError } from './rfc9111/decide-reuse.ts';
import { decideRfc9111Storing } from './rfc9111/decide-storing.ts';
import { applyRfc9111Head, applyRfc9111NotModified, type HeadInput } from './rfc9111/freshen.ts';
import { invalidatedTargets, type Target } from './rfc9111/invalidated-targets.ts';
import { rfc9111RelayedFields, rfc9111StoredFields } from './rfc9111/stored-fields.ts';
import { nominatedFields } from './rfc9111/variants.ts';
import type { StoredResponse } from './stored-response.ts';

type Asked = Pick<ViewerRequest, 'method' | 'fields'>;
type Head = Pick<OriginResponseHead, 'fields'>;
type Keeping = Pick<CompiledCacheBehavior, 'forwardsCookies' | 'keepsInVary'>;

export interface CacheRules {
  /** May what was found answer, now? */
  decideReuse(stored: StoredResponse | undefined, request: Asked, now: Instant): Reuse;
  /** May it answer for an origin that has failed? */
  decideStaleOnError(stored: StoredResponse | undefined, failure: number | 'unreachable', now: Instant): StaleOnError;
  decideCollapsing(
    behavior: Pick<CompiledCacheBehavior, 'cachesOptions' | 'cachingDisabled' | 'forwardsCookies'>,
    request: Asked,
  ): Collapsing;
  /** May a response be kept, and how long is it fresh? */
  decideStoring(input: StoringInput): Storing;
  /** The fields for the viewer whose request caused the fetch. */
  relayedFields(behavior: Keeping, head: Head, arrivedAt?: Instant): Fields;
  /** The fields to keep. `relayed`: what relayedFields() says of the same, where that is known. */
  storedFields(behavior: Keeping, head: Head, arrivedAt?: Instant, relayed?: Fields): Fields;
  applyNotModified(input: NotModifiedInput): NotModified;
  /** The stored response after a new answer to HEAD for it; undefined when that says nothing about it. */
  applyHead(input: HeadInput): StoredResponse | undefined;
  /** The request fields by which responses to one URI differ; undefined when this one answers every request for it. */
  nominatedFields(fields: Fields): readonly string[] | undefined;
  /** Whose stored responses does the answer to a request that bypassed the cache make out of date? */
  invalidatedTargets(
    request: Pick<ViewerRequest, 'method' | 'scheme' | 'host' | 'path' | 'query'>,
    head: Pick<OriginResponseHead, 'status' | 'fields'>,
  ): readonly Target[];
  /** What a viewer's own conditions make of the response at hand. */
  decideConditional(asked: Fields, selected: SelectedResponse, now: Instant, forwardsCookies?: boolean): Conditional;
}

const NO_TARGETS: readonly Target[] = [];

export const CACHE_RULES: Readonly<Record<CacheSemantics, CacheRules>> = {
  cloudfront: {
    decideReuse: (stored, request, now) => decideReuse(stored, request.method, now),
    decideStaleOnError,
    decideCollapsing,
    decideStoring,
    relayedFields,
    storedFields,
    applyNotModified: (input) => applyNotModified(input),
    // CloudFront: nothing says that a HEAD renews an object.
    applyHead: () => undefined,
    // CloudFront: Vary is never part of the key (facts 4.3), and only invalidations forget.
    nominatedFields: () => undefined,
    invalidatedTargets: () => NO_TARGETS,
    decideConditional,
  },
  rfc9111: {
    decideReuse: decideRfc9111Reuse,
    decideStaleOnError: decideRfc9111StaleOnError,
    decideCollapsing: decideRfc9111Collapsing,
    decideStoring: decideRfc9111Storing,
    relayedFields: rfc9111RelayedFields,
    storedFields: rfc9111StoredFields,
    applyNotModified: applyRfc9111NotModified,
    applyHead: applyRfc9111Head,
    nominatedFields,
    invalidatedTargets,
    decideConditional: decideRfc9111Conditional,
  },
};

/** The rules that a distribution is served by. */
export function cacheRules({ semantics }: { readonly semantics: CacheSemantics }): CacheRules {
  return CACHE_RULES[semantics];
}
