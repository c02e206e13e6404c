/**
 * What of this request, its settings and what is stored costs hits or surprises people: facts of the one request only. Advice over many
 * requests is made from logs, elsewhere.
 */
import { parseCacheControl } from '../../http/cache-control.ts';
import { fieldValue, hasField } from '../../http/fields.ts';
import { parameterName } from '../../http/query-string.ts';
import { parseVary } from '../../http/vary.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type { Inspection, MatchedInspection } from '../../core/inspection.ts';
import type { Hint, NearestSearch } from '../../model/explanation.ts';
import { selects } from '../../model/selector.ts';
import { SECOND } from '../../model/units.ts';
import { isTrackingParameter } from '../../tables/tracking-parameters.ts';
import { keySetting } from './setting-words.ts';

type Asked = Inspection['request'];

export function hints(matched: MatchedInspection, request: Asked, nearest: NearestSearch | undefined): readonly Hint[] {
  const ofRequest = [
    ...cachingDisabled(matched),
    ...trackingParameters(matched, request),
    ...queryOrder(nearest),
    ...acceptEncoding(matched),
    ...cookies(matched),
    ...authorization(matched, request),
    ...host(matched),
    ...viewerCacheControl(matched, request),
  ];
  const stored = matched.cache?.stored?.response;
  if (stored === undefined || matched.distribution.semantics === 'rfc9111') return ofRequest;
  return [...ofRequest, ...minTtl(matched, stored), ...setCookie(matched, stored), ...vary(matched, stored)];
}

function cachingDisabled({ behavior }: MatchedInspection): Hint[] {
  if (!behavior.cachingDisabled) return [];
  const { forwarding } = behavior.source;
  const why =
    forwarding.kind === 'policies'
      ? `all TTLs of cache policy ${forwarding.cachePolicy.name} are 0`
      : 'ForwardedValues forwards all headers (*)';
  return [warning('caching-disabled', `nothing is cached: ${why}`)];
}

function trackingParameters({ behavior, cache }: MatchedInspection, { query }: Asked): Hint[] {
  if (cache === undefined) return [];
  const names = [...new Set((query?.split('&') ?? []).map(parameterName))].filter(isTrackingParameter);
  return names.map((name) =>
    selects(behavior.key.queryStrings, name)
      ? warning(
          'tracking-parameter-keyed',
          `${name} is a tracking parameter and splits the cache: each value is stored anew, because ${keySetting(behavior, 'query', name)}`,
        )
      : note('tracking-parameter-dropped', `${name} is a tracking parameter and does not split the cache: it is not in the key`),
  );
}

function queryOrder(nearest: NearestSearch | undefined): Hint[] {
  const isOrder = nearest?.nearest?.differences.some(({ part }) => part === 'query-order') === true;
  return isOrder
    ? [warning('query-order', 'the same parameters in another order are stored apart: let links agree on one order')]
    : [];
}

function acceptEncoding({ behavior, cache }: MatchedInspection): Hint[] {
  if (cache === undefined || !behavior.key.headers.includes('accept-encoding')) return [];
  return [
    warning(
      'accept-encoding-as-sent',
      'Accept-Encoding is keyed as it is sent, so each spelling is stored anew: take it off the list and turn on the policy’s codings',
    ),
  ];
}

function cookies({ cache }: MatchedInspection): Hint[] {
  if (cache?.collapsing.kind !== 'alone' || cache.collapsing.reason !== 'cookies-forwarded') return [];
  return [
    warning(
      'cookies-prevent-collapsing',
      'cookies are forwarded: viewers who miss at the same time all ask the origin, none waits for another',
    ),
  ];
}

function authorization({ originRequest, cache }: MatchedInspection, { fields }: Asked): Hint[] {
  if (cache === undefined || !hasField(fields, 'authorization') || hasField(originRequest.fields, 'authorization')) return [];
  return [
    warning(
      'authorization-dropped',
      'Authorization does not reach the origin, and is not in the key: list it in the cache policy if answers depend on it',
    ),
  ];
}

function host({ behavior, distribution, cache }: MatchedInspection): Hint[] {
  const { domainName, aliases } = distribution.source;
  if (cache === undefined || behavior.origin.host !== 'viewer' || behavior.key.headers.includes('host') || aliases.length === 0)
    return [];
  const names = [domainName, ...aliases].join(', ');
  return [
    warning(
      'host-not-keyed',
      `the origin sees the viewer’s Host, but it is not in the key: ${names} share what is stored for any of them`,
    ),
  ];
}

function viewerCacheControl({ cache, distribution }: MatchedInspection, { fields }: Asked): Hint[] {
  if (cache === undefined || distribution.semantics === 'rfc9111') return [];
  const names = ['cache-control', 'pragma'].filter((name) => hasField(fields, name));
  return names.map((name) =>
    note(
      'viewer-cache-control-ignored',
      `the viewer’s ${name} changes nothing: CloudFront does not look at it to answer from the cache`,
    ),
  );
}

function minTtl({ behavior }: MatchedInspection, stored: StoredResponse): Hint[] {
  const { minTtl: minimum } = behavior.ttls;
  if (minimum === 0 || stored.status >= 400) return [];
  const said = parseCacheControl(fieldValue(stored.fields, 'cache-control'));
  const words = [
    ...(said.noStore ? ['no-store'] : []),
    ...(said.noCache === true ? ['no-cache'] : []),
    ...(said.private === true ? ['private'] : []),
  ];
  if (words.length === 0) return [];
  const { forwarding } = behavior.source;
  const whose = forwarding.kind === 'policies' ? `cache policy ${forwarding.cachePolicy.name}` : 'the cache behavior';
  return [
    warning(
      'min-ttl-overrides',
      `the origin says ${words.join(', ')}, and yet it is stored for ${minimum / SECOND} s: MinTTL ${minimum / SECOND} of ${whose} outweighs it`,
    ),
  ];
}

function setCookie({ behavior }: MatchedInspection, stored: StoredResponse): Hint[] {
  if (hasField(stored.fields, 'set-cookie')) {
    return [
      warning(
        'set-cookie-cached',
        'the stored response carries Set-Cookie: every viewer of this key gets the same cookie; say no-cache="Set-Cookie" to prevent it',
      ),
    ];
  }
  if (stored.setCookieDropped !== true) return [];
  const why = behavior.forwardsCookies
    ? 'Cache-Control keeps it out of caches'
    : 'cookies are not forwarded for this cache behavior';
  return [warning('set-cookie-stripped', `the origin sent Set-Cookie, which is not stored: ${why}`)];
}

/** Kept in Vary is what is forwarded (facts 4.3); what is not keyed as well is answered alike to everybody. */
function vary({ behavior }: MatchedInspection, stored: StoredResponse): Hint[] {
  const members = parseVary(fieldValue(stored.fields, 'vary') ?? '');
  const { key } = behavior;
  const isKeyed = (name: string): boolean =>
    key.headers.includes(name) ||
    (name === 'accept-encoding' && key.acceptEncoding !== undefined) ||
    (name === 'cookie' && key.cookies.kind !== 'none');
  const loose = members === '*' ? [] : members.filter((name) => !isKeyed(name));
  if (loose.length === 0) return [];
  return [
    warning(
      'vary-not-keyed',
      `the origin answers differently by ${loose.join(', ')} (Vary), which is not in the key: all viewers get the version stored first`,
    ),
  ];
}

function warning(kind: Hint['kind'], sentence: string): Hint {
  return { kind, level: 'warning', sentence };
}

function note(kind: Hint['kind'], sentence: string): Hint {
  return { kind, level: 'note', sentence };
}
