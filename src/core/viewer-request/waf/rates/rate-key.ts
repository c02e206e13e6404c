/**
 * Which of the counts of a rate-based rule a request belongs to (AWS WAF: aggregate keys). A request that lacks one of the keys is neither
 * counted nor limited; those whose header names no valid address are, where the fallback says so, counted together.
 */
import { fieldValue } from '../../../../http/fields.ts';
import { canonicalAddress } from '../../../../model/network.ts';
import type { Transform } from '../../../../model/waf-engine.ts';
import type { RateBasedStatement, RateKey, TextTransformation } from '../../../../model/web-acl-statement.ts';
import { queryArguments, requestCookies } from '../statements/contents.ts';
import { addressesOf } from '../statements/forwarded-addresses.ts';
import { sha256 } from '../transformations/digests.ts';
import type { Inspection, RateLimited } from '../inspection.ts';

export type Aggregation =
  | { readonly kind: 'key'; readonly key: string; readonly values: RateLimited['values'] }
  /** Nothing to count. */
  | { readonly kind: 'none' }
  | { readonly kind: 'decided'; readonly matches: boolean };

export type Aggregate = (inspection: Inspection) => Aggregation;

type KeyValue = { readonly key: string; readonly name?: string; readonly value: string };
type ReadKey = (inspection: Inspection) => KeyValue | Exclude<Aggregation, { kind: 'key' }>;
type TransformAll = (names: readonly TextTransformation[]) => Transform;

const NONE = { kind: 'none' } as const;

export function compileAggregation({ aggregate }: Pick<RateBasedStatement, 'aggregate'>, transformAll: TransformAll): Aggregate {
  switch (aggregate.by) {
    case 'CONSTANT':
      return () => ({ kind: 'key', key: '', values: [] });
    case 'IP':
      return join([address(undefined)]);
    case 'FORWARDED_IP':
      return join([address(aggregate.forwarded)]);
    case 'CUSTOM_KEYS':
      return join(aggregate.keys.map((key) => reader(key, aggregate.forwarded, transformAll)));
  }
}

/** As logs call it. */
export function limitKeyOf({ aggregate }: Pick<RateBasedStatement, 'aggregate'>): RateLimited['limitKey'] {
  return aggregate.by === 'CUSTOM_KEYS' ? 'CUSTOMKEYS' : aggregate.by;
}

function join(readers: readonly ReadKey[]): Aggregate {
  return (inspection) => {
    const values: KeyValue[] = [];
    for (const read of readers) {
      const value = read(inspection);
      if ('kind' in value) return value;
      values.push(value);
    }
    const key = values.length === 1 ? values[0]!.value : JSON.stringify(values.map(({ value }) => value));
    return { kind: 'key', key: key.length > LONGEST_KEY ? sha256(key) : key, values };
  };
}

/** Ours: thousands of keys are held and told to other workers, and viewers choose what is in them: of a longer one, its digest. */
const LONGEST_KEY = 128;

type Forwarded = Parameters<typeof addressesOf>[1];

function reader(key: RateKey, forwarded: Forwarded, transformAll: TransformAll): ReadKey {
  switch (key.kind) {
    case 'ip':
      return address(undefined);
    case 'forwardedIp':
      return address(forwarded);
    case 'asn':
      return ({ request, locate }) => {
        const found = oneAddress(request, forwarded);
        if (found === undefined) return NONE;
        return { key: 'ASN', value: found === NO_ADDRESS ? found : String(locate(found).asn ?? 0) };
      };
    case 'httpMethod':
      return ({ request }) => ({ key: 'METHOD', value: request.method });
    case 'header':
      return text(key, 'HEADER', transformAll, ({ request }) => fieldValue(request.fields, key.name));
    case 'cookie':
      return text(key, 'COOKIE', transformAll, ({ request }) => {
        return requestCookies(request.fields).find(([name]) => name === key.name)?.[1];
      });
    case 'queryArgument':
      return text(key, 'QUERY_ARGUMENT', transformAll, ({ request }) => {
        return queryArguments(request.query).find(([name]) => name.toLowerCase() === key.name)?.[1];
      });
    case 'queryString':
      return text(key, 'QUERY_STRING', transformAll, ({ request }) => (request.query === '' ? undefined : request.query));
    case 'uriPath':
      return text(key, 'URI', transformAll, ({ request }) => request.path);
    case 'labelNamespace': {
      const namespace = key.namespace.endsWith(':') ? key.namespace : `${key.namespace}:`;
      return ({ labels }) => {
        const found = [...labels].filter((label) => label.startsWith(namespace));
        return found.length === 0 ? NONE : { key: 'LABEL', name: namespace, value: found.join(' ') };
      };
    }
    case 'ja3Fingerprint':
    case 'ja4Fingerprint':
      // Ours: the runtime tells nothing of the TLS ClientHello.
      return () => ({ kind: 'decided', matches: key.fallback === 'MATCH' });
  }
}

function text(
  of: { readonly name?: string; readonly transformations: readonly TextTransformation[] },
  key: string,
  transformAll: TransformAll,
  read: (inspection: Inspection) => string | undefined,
): ReadKey {
  const transform = transformAll(of.transformations);
  return (inspection) => {
    const found = read(inspection);
    if (found === undefined) return NONE;
    return { key, ...(of.name !== undefined && { name: of.name }), value: transform(found) };
  };
}

function address(forwarded: Forwarded): ReadKey {
  const key = forwarded === undefined ? 'IP' : 'FORWARDED_IP';
  return ({ request }) => {
    const found = oneAddress(request, forwarded);
    return found === undefined ? NONE : { key, value: canonicalAddress(found) ?? found };
  };
}

/** What all have in common whose header names no valid address. */
const NO_ADDRESS = 'INVALID';

/** The address that counts; undefined where there is none, and the request is not counted. */
function oneAddress(request: Inspection['request'], forwarded: Forwarded): string | undefined {
  const found = addressesOf(request, forwarded);
  if (found.kind === 'addresses') return found.addresses[0];
  // AWS WAF: those with a malformed address make one instance, where the fallback is to match.
  return found.kind === 'invalid' && forwarded?.fallback === 'MATCH' ? NO_ADDRESS : undefined;
}
