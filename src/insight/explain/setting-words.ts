/**
 * Why a parameter, a cookie or a header is, or is not, part of a cache key: the setting that says so, in the API's names. What is keyed
 * was decided in model/compile-cache-behavior.ts and core/cache/cache-key.ts; here it is only told.
 */
import type { CompiledCacheBehavior } from '../../model/compile.ts';
import type { CachePolicy, LegacyForwarding, Selection } from '../../model/policies.ts';
import { NEVER_KEYED } from '../../tables/viewer-headers.ts';

export type NamedPart = 'query' | 'cookie' | 'header';

/** `cache policy X says queryStrings: all`, as the end of a sentence. */
export function keySetting(
  { source, key }: Pick<CompiledCacheBehavior, 'source' | 'key'>,
  part: NamedPart,
  name: string,
): string {
  const { forwarding } = source;
  if (key.by === 'RFC 9111') return rfc9111Setting(part, name);
  return forwarding.kind === 'policies'
    ? policySetting(forwarding.cachePolicy, part, name)
    : legacySetting(forwarding.legacy, part, name);
}

function policySetting(policy: CachePolicy, part: NamedPart, name: string): string {
  const who = `cache policy ${policy.name} says`;
  if (part === 'query') return `${who} queryStrings: ${selectionWords(policy.queryStrings, name)}`;
  if (part === 'cookie') return `${who} cookies: ${selectionWords(policy.cookies, name)}`;
  if (name === 'accept-encoding' && (policy.acceptEncodingGzip || policy.acceptEncodingBrotli)) {
    const flags = [
      ...(policy.acceptEncodingGzip ? ['EnableAcceptEncodingGzip'] : []),
      ...(policy.acceptEncodingBrotli ? ['EnableAcceptEncodingBrotli'] : []),
    ];
    return `${who} ${flags.join(' and ')}: the codings it turns on are keyed, in one spelling`;
  }
  if (NEVER_KEYED.has(name)) return 'CloudFront never keys this header';
  if (policy.headers.length === 0) return `${who} headers: none`;
  return `${who} headers: whitelist, which ${policy.headers.includes(name) ? 'names it' : 'does not name it'}`;
}

function legacySetting(legacy: LegacyForwarding, part: NamedPart, name: string): string {
  const who = 'ForwardedValues says';
  if (part === 'query') {
    if (!legacy.queryString) return `${who} QueryString: false`;
    if (legacy.queryStringCacheKeys.length === 0) return `${who} QueryString: true, without QueryStringCacheKeys`;
    return `${who} QueryStringCacheKeys, which ${legacy.queryStringCacheKeys.includes(name) ? 'names it' : 'does not name it'}`;
  }
  if (part === 'cookie') {
    if (legacy.cookies.kind !== 'whitelist') return `${who} Cookies: ${legacy.cookies.kind}`;
    return `${who} Cookies: whitelist ${legacy.cookies.names.join(', ')}`;
  }
  if (legacy.headers.includes('*')) return `${who} Headers: *, which forwards all and turns caching off`;
  if (name === 'accept-encoding' && !legacy.headers.includes(name)) return 'CloudFront keys gzip with ForwardedValues';
  if (NEVER_KEYED.has(name)) return 'CloudFront never keys this header';
  return `${who} Headers, which ${legacy.headers.includes(name) ? 'names it' : 'does not name it'}`;
}

function selectionWords(selection: Selection, name: string): string {
  switch (selection.kind) {
    case 'none':
    case 'all':
      return selection.kind;
    case 'whitelist':
      return `whitelist, which ${selection.names.includes(name) ? 'names it' : 'does not name it'}`;
    case 'allExcept':
      return `allExcept, and ${selection.names.includes(name) ? 'it is an exception' : 'it is no exception'}`;
  }
}

function rfc9111Setting(part: NamedPart, name: string): string {
  if (part === 'query') return 'RFC 9111 keys the whole URI';
  if (part === 'header' && (name === 'host' || name.startsWith('cloudfront-'))) return 'RFC 9111 keys scheme and authority';
  return 'RFC 9111 tells responses apart by what they name in Vary';
}
