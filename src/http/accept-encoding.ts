/**
 * Accept-Encoding: RFC 9110 12.5.3, reduced to the few values that enter a cache key (facts 3.3).
 * Whether it is reduced at all is the cache policy's decision (KeyRecipe.acceptEncoding).
 */
import { listMembers } from './token.ts';

export interface Codings {
  readonly gzip: boolean;
  readonly brotli: boolean;
}

export type NormalisedAcceptEncoding = 'br,gzip' | 'br' | 'gzip' | 'identity';

const NOT_ACCEPTED = /;[\t ]*q[\t ]*=[\t ]*0(?:\.0{0,3})?[\t ]*$/i;

/**
 * Those of the wanted codings that the viewer accepts; `identity` when it accepts none of them, undefined without the field.
 * CloudFront: `identity` goes to the origin but does not enter the key. Codings match by name, `*` matches none.
 */
export function normaliseAcceptEncoding(value: string | undefined, wanted: Codings): NormalisedAcceptEncoding | undefined {
  if (value === undefined) return undefined;
  const accepted = acceptedCodings(value);
  if (wanted.brotli && accepted.brotli) return wanted.gzip && accepted.gzip ? 'br,gzip' : 'br';
  return wanted.gzip && accepted.gzip ? 'gzip' : 'identity';
}

/** Browsers send one of a few values, over and over; these are answered without parsing. */
const COMMON: ReadonlyMap<string, Codings> = new Map([
  ['gzip, deflate, br, zstd', { gzip: true, brotli: true }],
  ['gzip, deflate, br', { gzip: true, brotli: true }],
  ['gzip, deflate', { gzip: true, brotli: false }],
  ['gzip', { gzip: true, brotli: false }],
  ['identity', { gzip: false, brotli: false }],
]);

export function acceptedCodings(value: string): Codings {
  const common = COMMON.get(value);
  if (common !== undefined) return common;
  let gzip = false;
  let brotli = false;
  for (const member of listMembers(value)) {
    const semicolon = member.indexOf(';');
    const coding = (semicolon < 0 ? member : member.slice(0, semicolon)).trimEnd().toLowerCase();
    if (coding !== 'gzip' && coding !== 'br') continue;
    // Ours: RFC 9110 12.4.2 says q=0 is "not acceptable"; CloudFront documents nothing on it.
    if (semicolon >= 0 && NOT_ACCEPTED.test(member)) continue;
    if (coding === 'gzip') gzip = true;
    else brotli = true;
  }
  return { gzip, brotli };
}
