/**
 * Invalidation: does a ban forget this stored response? Facts 14.1: items are paths (with the query when it is keyed), paths
 * ending in `*`, and `#tag`. Which bans are newer than a response is the driver's business; which items are valid, the API's.
 * A check costs one look-up for all exact paths, one for each distinct prefix length, one for each tag of the response.
 */
import { INVALIDATION_NORMALISES_ENCODING, ROOT_INVALIDATION_TAKES_ROOT_OBJECT } from '../../model/assumptions.ts';
import type { Ban } from '../../model/snapshot.ts';
import type { StoredResponse } from './stored-response.ts';

export interface CompiledBan {
  readonly source: Ban;
  readonly sequence: number;
  readonly distributionId: string;
  readonly everything: boolean;
  /** Normal forms. */
  readonly paths: ReadonlySet<string>;
  /** Raw and normal forms. */
  readonly prefixes: ReadonlySet<string>;
  /** The distinct lengths in `prefixes`, shortest first. */
  readonly prefixLengths: readonly number[];
  /** Lower case. */
  readonly tags: ReadonlySet<string>;
}

/** A ban made fast. `rootObject` is the distribution's default root object ('' for none): an invalidation of `/` means it, too. */
export function compileBan(ban: Ban, rootObject = ''): CompiledBan {
  const paths = new Set<string>();
  const prefixes = new Set<string>();
  const tags = new Set<string>();
  for (const item of ban.items) {
    if (item.startsWith('#')) {
      tags.add(item.slice(1).toLowerCase());
      continue;
    }
    // CloudFront: the leading slash may be left out. Only a last `*` is a wildcard; any other is a character of the path.
    const path = item.startsWith('/') ? item : `/${item}`;
    if (path.endsWith('*')) {
      const prefix = path.slice(0, -1);
      prefixes.add(prefix);
      prefixes.add(normalForm(prefix));
      continue;
    }
    paths.add(normalForm(path));
    if (path === '/' && rootObject !== '' && ROOT_INVALIDATION_TAKES_ROOT_OBJECT) paths.add(normalForm(`/${rootObject}`));
  }
  const prefixLengths = [...new Set([...prefixes].map((prefix) => prefix.length))].toSorted((a, b) => a - b);
  const everything = prefixes.has('/');
  return {
    source: ban,
    sequence: ban.sequence,
    distributionId: ban.distributionId,
    everything,
    paths,
    prefixes,
    prefixLengths,
    tags,
  };
}

/** The first item of the ban that names this response; for people. */
export function banningItem(
  ban: Ban,
  stored: Pick<StoredResponse, 'distributionId' | 'uri' | 'tags'>,
  rootObject = '',
): string | undefined {
  return ban.items.find((item) => isBanned(compileBan({ ...ban, items: [item] }, rootObject), stored));
}

/** Does the ban name this response? The caller knows that the ban is the newer of the two. */
export function isBanned(ban: CompiledBan, stored: Pick<StoredResponse, 'distributionId' | 'uri' | 'tags'>): boolean {
  if (ban.distributionId !== stored.distributionId) return false;
  if (ban.everything) return true;
  if (ban.tags.size > 0 && stored.tags.some((tag) => ban.tags.has(tag))) return true;
  const normal = normalForm(stored.uri);
  if (ban.paths.has(normal)) return true;
  return hasBannedPrefix(ban, normal) || (normal !== stored.uri && hasBannedPrefix(ban, stored.uri));
}

function hasBannedPrefix(ban: CompiledBan, uri: string): boolean {
  for (const length of ban.prefixLengths) {
    if (length > uri.length) return false;
    if (ban.prefixes.has(uri.slice(0, length))) return true;
  }
  return false;
}

const NEEDS_NORMALISING = /[^!$&-;=?-Z_a-z~#[\]@]/;
const TRIPLET_OR_UNSAFE = /%[0-9A-Fa-f]{2}|[\ud800-\udbff][\udc00-\udfff]|[^!$%&-;=?-Z_a-z~#[\]@]/g;

/**
 * Percent-encoding brought to one form, so that `/caf%c3%a9`, `/caf%C3%A9` and `/café` are one path: triplets of unreserved
 * characters decoded, other triplets in upper case, characters that no URI may hold encoded as UTF-8. RFC 3986 6.2.2.
 */
function normalForm(uri: string): string {
  if (!INVALIDATION_NORMALISES_ENCODING || !NEEDS_NORMALISING.test(uri)) return uri;
  return uri.replace(TRIPLET_OR_UNSAFE, (found) => {
    if (found.length !== 3 || !found.startsWith('%')) return encodeCharacter(found);
    const code = Number.parseInt(found.slice(1), 16);
    return isUnreserved(code) ? String.fromCharCode(code) : found.toUpperCase();
  });
}

/** A lone surrogate stands for no character; it becomes U+FFFD, as wherever text is written as UTF-8. */
function encodeCharacter(character: string): string {
  return encodeURIComponent(character.isWellFormed() ? character : '\ufffd');
}

function isUnreserved(code: number): boolean {
  const isDigit = code >= 0x30 && code <= 0x39;
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return isDigit || isLetter || code === 0x2d || code === 0x2e || code === 0x5f || code === 0x7e;
}
