/**
 * Compression: does the edge compress this response before it is stored, and in which coding? Facts 6: all conditions must hold.
 * The types that count are a table (tables/compressible-types.ts); what the viewer accepts is part of the cache key
 * (core/cache/cache-key.ts), so everybody who shares the stored response can read it. Decided once, when the origin answers: the
 * first version stored is the one that is served. The bytes are coded in edge/fetching/compress-response.ts.
 */
import { parseCacheControl } from '../../http/cache-control.ts';
import { parseEntityTag } from '../../http/entity-tag.ts';
import { fieldValue, hasField, withField, withoutFields, type Fields } from '../../http/fields.ts';
import { withVaryMember } from '../../http/vary.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Bytes } from '../../model/units.ts';
import { isCompressibleType } from '../../tables/compressible-types.ts';
import { keyedCodings } from '../cache/cache-key.ts';
import type { Storing } from '../cache/decide-storing.ts';
import type { OriginResponseHead, ViewerRequest } from '../request.ts';

/** As Content-Encoding spells it. */
export type Coding = 'br' | 'gzip';

export type Compression =
  | { readonly kind: 'compress'; readonly coding: Coding; readonly length: Bytes }
  | { readonly kind: 'as-is'; readonly reason: NotCompressed };

/** The words for people, in the order in which they are looked at. */
export type NotCompressed =
  | 'compress-off'
  | 'method'
  | 'not-accepted'
  | 'ttl'
  | 'status'
  | 'already-encoded'
  | 'content-type'
  | 'unknown-length'
  | 'too-small'
  | 'too-large'
  | 'no-transform'
  | 'busy';

export interface CompressionInput {
  readonly behavior: Pick<CompiledCacheBehavior, 'source' | 'key'>;
  readonly distribution: Pick<CompiledDistribution, 'semantics'>;
  readonly request: ViewerRequest;
  /** The method sent to the origin. */
  readonly method: string;
  readonly head: OriginResponseHead;
  readonly storing: Storing;
  /** Another body can be coded at the moment. */
  readonly hasCapacity: boolean;
}

/** CloudFront: both inclusive. */
const SMALLEST: Bytes = 1000;
const LARGEST: Bytes = 10_000_000;
const STATUSES: ReadonlySet<number> = new Set([200, 403, 404]);

export function decideCompression(input: CompressionInput): Compression {
  const { behavior, distribution, request, method, head, storing, hasCapacity } = input;
  if (!behavior.source.compress) return asIs('compress-off');
  if (method !== 'GET') return asIs('method');
  // CloudFront: the policy's flags, and what the viewer accepts of the codings they turn on; ForwardedValues turn on gzip alone.
  const codings = keyedCodings(behavior, request);
  if (codings === undefined || codings === 'identity') return asIs('not-accepted');
  if (!isFreshOnArrival(storing)) return asIs('ttl');
  if (!STATUSES.has(head.status)) return asIs('status');
  // CloudFront: any value, even `identity`.
  if (hasField(head.fields, 'content-encoding')) return asIs('already-encoded');
  if (!isCompressibleType(fieldValue(head.fields, 'content-type') ?? '')) return asIs('content-type');
  const length = head.bodyLength;
  if (length === undefined) return asIs('unknown-length');
  if (length < SMALLEST) return asIs('too-small');
  if (length > LARGEST) return asIs('too-large');
  // RFC 9110 7.7: no-transform forbids it. CloudFront's conditions do not name the directive.
  if (distribution.semantics === 'rfc9111' && parseCacheControl(fieldValue(head.fields, 'cache-control')).noTransform) {
    return asIs('no-transform');
  }
  // CloudFront: compression is best effort; a busy edge passes the response on as it is.
  if (!hasCapacity) return asIs('busy');
  return { kind: 'compress', coding: codings === 'gzip' ? 'gzip' : 'br', length };
}

/** CloudFront: its TTL in the cache is above 0. */
function isFreshOnArrival(storing: Storing): boolean {
  return storing.kind === 'store' && storing.freshness.lifetime > storing.freshness.initialAge;
}

function asIs(reason: NotCompressed): Compression {
  return { kind: 'as-is', reason };
}

/** Ours: digests of the octets that the origin sent are no longer true (RFC 9530 2 and 3, RFC 3230). */
const DIGESTS: ReadonlySet<string> = new Set(['content-digest', 'content-md5', 'digest', 'repr-digest']);

/** The fields of a response whose body is now coded. */
export function compressedFields(fields: Fields, coding: Coding): Fields {
  const tagged = withWeakTag(withoutFields(fields, DIGESTS));
  return [...withVaryMember(tagged, 'Accept-Encoding'), ['content-encoding', coding]];
}

// CloudFront: a strong tag becomes weak, a weak one stays, what is no tag goes.
function withWeakTag(fields: Fields): Fields {
  const value = fieldValue(fields, 'etag');
  if (value === undefined) return fields;
  const tag = parseEntityTag(value);
  if (tag === undefined) return fields.filter(([name]) => name !== 'etag');
  return tag.weak ? fields : withField(fields, 'etag', `W/${value}`);
}
