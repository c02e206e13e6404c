/**
 * What a request claims to be signed with: the parameters of its URL, or its cookies. Facts 9.1, 9.4 and the first steps of 9.7. Whether
 * the claim is true: prove-claim.ts. The parameters are the edge's alone: neither cache key nor origin sees them (facts 9.5).
 */
import { cookieField, withoutCookies } from '../../../http/cookie.ts';
import { parameterName } from '../../../http/query-string.ts';
import { SIGNATURE_COOKIES_STAY_AT_THE_EDGE } from '../../../model/assumptions.ts';
import type { CompiledSigners } from '../../../model/compile-signers.ts';
import type { TrustedKey } from '../../../model/distribution.ts';
import { urlText, type RequestedUrl } from '../../../model/signing/resource-pattern.ts';
import {
  HASH_ALGORITHMS,
  SIGNATURE_COOKIES,
  SIGNATURE_PARAMETERS,
  type HashAlgorithm,
  type SignatureParameter,
} from '../../../tables/signature-parameters.ts';
import type { ViewerRequest } from '../../request.ts';
import type { SignatureFault } from './signature-fault.ts';

export interface SignatureClaim {
  readonly form: 'url' | 'cookies';
  readonly key: TrustedKey;
  readonly hash: HashAlgorithm;
  /** As sent, still encoded. */
  readonly signature: string;
  readonly policy: ClaimedPolicy;
  /** What is asked for. */
  readonly url: RequestedUrl;
}

export type ClaimedPolicy =
  | { readonly kind: 'canned'; readonly expires: string }
  | { readonly kind: 'custom'; readonly encoded: string }
  | { readonly kind: 'missing' | 'repeated' | 'contradictory' };

/** Each parameter with every value given for it, in order. */
type Given = ReadonlyMap<SignatureParameter, readonly string[]>;

type Signed = Pick<ViewerRequest, 'scheme' | 'host' | 'path' | 'query' | 'fields'>;

const KEY_PAIR_ID = /^[0-9A-Z]{4,64}$/;

export function readClaim({ keys }: Pick<CompiledSigners, 'keys'>, request: Signed): SignatureClaim | SignatureFault {
  // CloudFront: one parameter in the URL, and cookies do not count.
  const { given: inUrl, own } = parametersOf(request.query);
  const form = inUrl.size > 0 ? 'url' : 'cookies';
  const given = form === 'url' ? inUrl : cookiesOf(request);
  const keyPairId = single(given, 'keyPairId');
  if (typeof keyPairId !== 'string') return { part: 'key-pair-id', ...keyPairId };
  if (!KEY_PAIR_ID.test(keyPairId)) return { part: 'key-pair-id', reason: 'malformed', given: keyPairId };
  const key = keys.get(keyPairId);
  if (key === undefined) return { part: 'key-pair-id', reason: 'unknown', given: keyPairId };
  const signature = single(given, 'signature');
  if (typeof signature !== 'string') return { part: 'signature', ...signature };
  const hash = hashOf(given);
  if (typeof hash !== 'string') return hash;
  return {
    form,
    key,
    hash,
    signature,
    policy: policyOf(given),
    url: { ...authorityOf(request), path: request.path, query: own },
  };
}

function hashOf(given: Given): HashAlgorithm | SignatureFault {
  const said = given.get('hashAlgorithm') ?? ['SHA1'];
  if (said.length > 1) return { part: 'hash-algorithm', reason: 'repeated' };
  return (
    HASH_ALGORITHMS.find((known) => known === said[0]) ?? { part: 'hash-algorithm', reason: 'unknown', given: said[0] ?? '' }
  );
}

function policyOf(given: Given): ClaimedPolicy {
  const [expires = [], policy = []] = [given.get('expires'), given.get('policy')];
  if (expires.length > 0 && policy.length > 0) return { kind: 'contradictory' };
  if (expires.length > 1 || policy.length > 1) return { kind: 'repeated' };
  if (policy[0] !== undefined) return { kind: 'custom', encoded: policy[0] };
  return expires[0] === undefined ? { kind: 'missing' } : { kind: 'canned', expires: expires[0] };
}

function single(given: Given, parameter: SignatureParameter): string | { readonly reason: 'missing' | 'repeated' } {
  const values = given.get(parameter) ?? [];
  if (values.length > 1) return { reason: 'repeated' };
  return values[0] ?? { reason: 'missing' };
}

/** `own`: what remains for the viewer, byte for byte; undefined where nothing does. */
function parametersOf(query: string | undefined): { readonly given: Given; readonly own: string | undefined } {
  const given = new Map<SignatureParameter, string[]>();
  if (query === undefined) return { given, own: undefined };
  const own: string[] = [];
  for (const parameter of query.split('&')) {
    const name = parameterName(parameter);
    const known = SIGNATURE_PARAMETERS.get(name);
    if (known === undefined) own.push(parameter);
    else given.set(known, [...(given.get(known) ?? []), parameter.slice(name.length + 1)]);
  }
  if (given.size === 0) return { given, own: query };
  return { given, own: own.join('&') || undefined };
}

/**
 * Cookies that nobody else could read are no reason to refuse these. RFC 6265 5.4: of one name, browsers send the one with the longest path
 * first, so the first counts.
 */
function cookiesOf({ fields }: Signed): Given {
  const given = new Map<SignatureParameter, string[]>();
  for (const part of cookieField(fields)?.split(';') ?? []) {
    const pair = part.trim();
    const equals = pair.indexOf('=');
    const known = equals < 0 ? undefined : SIGNATURE_COOKIES.get(pair.slice(0, equals));
    if (known !== undefined && !given.has(known)) given.set(known, [pair.slice(equals + 1)]);
  }
  return given;
}

const DEFAULT_PORT = { http: ':80', https: ':443' } as const;

/** Scheme and host as a signer writes them: without the scheme's own port. */
function authorityOf({ scheme, host }: Signed): Pick<RequestedUrl, 'scheme' | 'host'> {
  const port = DEFAULT_PORT[scheme];
  return { scheme, host: host.endsWith(port) ? host.slice(0, -port.length) : host };
}

/** The request without its signature: what is keyed, and what an origin may get. */
export function withoutSignature(request: ViewerRequest): ViewerRequest {
  const { own: query } = parametersOf(request.query);
  const fields = SIGNATURE_COOKIES_STAY_AT_THE_EDGE
    ? withoutCookies(request.fields, (name) => SIGNATURE_COOKIES.has(name))
    : request.fields;
  return query === request.query && fields === request.fields ? request : { ...request, query, fields };
}

/** What a canned policy names. */
export function signedUrl(claim: Pick<SignatureClaim, 'url'>): string {
  return urlText(claim.url);
}
