/**
 * Range fill: is a miss that asks for a part answered by fetching parts? Facts 5, RFC 9110 14.2, RFC 9111 3.3. Decided twice: from the
 * request, before anything is known of the object; and from the first part, which brings its length, its validators and its fields.
 * How parts are stored is told in blocks.ts, whether a part is what was asked for in judge-part.ts. Which octets the viewer gets is
 * decided in viewer-response/range.ts, as for any other response.
 */
import { parseRange } from '../../http/byte-range.ts';
import { fieldValue } from '../../http/fields.ts';
import { RANGE_BLOCK } from '../../model/assumptions.ts';
import type { CacheSemantics } from '../../model/compile.ts';
import type { Bytes } from '../../model/units.ts';
import type { Compression } from '../origin-response/decide-compression.ts';
import type { ViewerRequest } from '../request.ts';
import { blockAt } from './blocks.ts';
import type { Storing } from './decide-storing.ts';
import type { Edition } from './edition.ts';
import type { PartJudgement } from './judge-part.ts';
import type { Freshness, StoredResponse } from './stored-response.ts';

export type RangeFill =
  /** Fetch the object whole, as if no range had been asked for. */
  | {
      readonly kind: 'whole';
      readonly reason: 'no-range' | 'method' | 'semantics' | 'malformed' | 'stored' | 'no-room';
    }
  /** Fetch blocks, beginning with this one. */
  | { readonly kind: 'blocks'; readonly begin: number };

const NO_RANGE: RangeFill = { kind: 'whole', reason: 'no-range' };

export interface RangeFillInput {
  readonly request: Pick<ViewerRequest, 'method' | 'fields'>;
  readonly semantics: CacheSemantics;
  /** What was found under the key and cannot answer as it is. */
  readonly stored: Pick<StoredResponse, 'method' | 'status'> | undefined;
  /** The largest body that the store holds in memory. */
  readonly largestObject: Bytes;
}

export function decideRangeFill({ request, semantics, stored, largestObject }: RangeFillInput): RangeFill {
  const value = fieldValue(request.fields, 'range');
  if (value === undefined) return NO_RANGE;
  // RFC 9110 14.2: Range means something to GET alone.
  if (request.method !== 'GET') return { kind: 'whole', reason: 'method' };
  // RFC 9111 4.1: parts of variants would have to be chosen by Vary, too; the whole object is.
  if (semantics === 'rfc9111') return { kind: 'whole', reason: 'semantics' };
  const [spec] = parseRange(value) ?? [];
  if (spec === undefined) return { kind: 'whole', reason: 'malformed' };
  // A whole object that is stale is validated and answers again, all of it.
  if (stored?.method === 'GET' && stored.status < 400) return { kind: 'whole', reason: 'stored' };
  if (largestObject < 2 * RANGE_BLOCK) return { kind: 'whole', reason: 'no-room' };
  // Where a suffix begins is known when the length is: the first block tells, and is what players ask for next.
  return { kind: 'blocks', begin: spec.kind === 'suffix' ? 0 : blockAt(spec.first) };
}

export type Division =
  /** The object is kept in blocks of this edition. */
  | { readonly kind: 'blocks'; readonly edition: Edition; readonly freshness: Freshness }
  /** The part is all there is: it is the whole object. */
  | { readonly kind: 'entire' }
  /** Fetch the object whole instead. */
  | { readonly kind: 'whole'; readonly reason: 'compressed' | 'no-strong-validator' }
  /** Nothing of it can be kept: each viewer's range goes to the origin as it is. */
  | { readonly kind: 'pass'; readonly reason: string };

export interface DivisionInput {
  readonly part: Extract<PartJudgement, { kind: 'part' }>;
  /** How the whole object would be stored, and compressed. */
  readonly storing: Storing;
  readonly compression: Compression;
  /** The largest object that is stored whole. */
  readonly largest: Bytes;
  /** The part can be held until it is stored. */
  readonly hasRoom: boolean;
}

/** What the first part of an object makes of it. */
export function decideDivision({ part, storing, compression, largest, hasRoom }: DivisionInput): Division {
  if (part.octets === part.length) return { kind: 'entire' };
  if (storing.kind === 'pass') return { kind: 'pass', reason: storing.reason };
  // CloudFront: a range of a compressed object is one of its compressed octets, and those begin with the first.
  if (compression.kind === 'compress') return { kind: 'whole', reason: 'compressed' };
  if (part.edition !== undefined) {
    return hasRoom
      ? { kind: 'blocks', edition: part.edition, freshness: storing.freshness }
      : { kind: 'pass', reason: 'no-capacity' };
  }
  if (part.length <= largest) return { kind: 'whole', reason: 'no-strong-validator' };
  return { kind: 'pass', reason: 'no-strong-validator' };
}
