/**
 * Targeted cache control: RFC 9213. CDN-Cache-Control speaks to CDNs alone, as a dictionary of structured fields; read here into
 * the same directives as Cache-Control. That it takes the place of Cache-Control and Expires is decided in core/cache/rfc9111.
 */
import { parseCacheControl, type CacheControl } from './cache-control.ts';
import { parseDictionary, type DictionaryMember } from './structured-dictionary.ts';

/** RFC 9213 3.1: the target list of a CDN. */
export const TARGETED_FIELD = 'cdn-cache-control';

const SECONDS: ReadonlySet<string> = new Set(['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error']);
const SCOPED: ReadonlySet<string> = new Set(['no-cache', 'private']);
const FLAGS: ReadonlySet<string> = new Set([
  'immutable',
  'must-revalidate',
  'must-understand',
  'no-store',
  'no-transform',
  'proxy-revalidate',
  'public',
]);

/** Undefined, and the field to be ignored, when it is empty, no dictionary, or gives a directive the wrong type. RFC 9213 2.1, 2.2. */
export function parseTargetedCacheControl(value: string): CacheControl | undefined {
  const members = parseDictionary(value);
  if (members === undefined || members.size === 0) return undefined;
  const directives: string[] = [];
  for (const [name, member] of members) {
    const directive = asDirective(name, member);
    if (directive === undefined) return undefined;
    directives.push(directive);
  }
  return parseCacheControl(directives.join(', '));
}

/** As Cache-Control writes it: '' for a flag that is off or a directive that means nothing to caches; undefined for a wrong type. */
function asDirective(name: string, member: DictionaryMember): string | undefined {
  if (SECONDS.has(name)) return member.kind === 'integer' ? `${name}=${member.value}` : undefined;
  if (FLAGS.has(name)) return member.kind === 'boolean' ? flag(name, member.value) : undefined;
  if (!SCOPED.has(name)) return '';
  if (member.kind === 'boolean') return flag(name, member.value);
  if (member.kind === 'string') return `${name}="${member.value}"`;
  return undefined;
}

function flag(name: string, isOn: boolean): string {
  return isOn ? name : '';
}
