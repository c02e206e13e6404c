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

/** What is given for each parameter; null where it is given more than once. */
type Given = { readonly [Parameter in SignatureParameter]?: string | null };

type Signed = Pick<ViewerRequest, 'scheme' | 'host' | 'path' | 'query' | 'fields'>;

const KEY_PAIR_ID = /^[0-9A-Z]{4,64}$/;

export function readClaim({ keys }: Pick<CompiledSigners, 'keys'>, request: Signed): SignatureClaim | SignatureFault {
  // CloudFront: one parameter in the URL, and cookies do not count.
  const { given: inUrl, own } = parametersOf(request.query);
  const form = inUrl === undefined ? 'cookies' : 'url';
  const given = inUrl ?? cookiesOf(request);
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

function hashOf({ hashAlgorithm: said = 'SHA1' }: Given): HashAlgorithm | SignatureFault {
  if (said === null) return { part: 'hash-algorithm', reason: 'repeated' };
  return HASH_ALGORITHMS.find((known) => known === said) ?? { part: 'hash-algorithm', reason: 'unknown', given: said };
}

function policyOf({ expires, policy }: Given): ClaimedPolicy {
  if (expires !== undefined && policy !== undefined) return { kind: 'contradictory' };
  if (expires === null || policy === null) return { kind: 'repeated' };
  if (policy !== undefined) return { kind: 'custom', encoded: policy };
  return expires === undefined ? { kind: 'missing' } : { kind: 'canned', expires };
}

function single(given: Given, parameter: SignatureParameter): string | { readonly reason: 'missing' | 'repeated' } {
  const value = given[parameter];
  return value === null ? { reason: 'repeated' } : (value ?? { reason: 'missing' });
}

/** `given` is undefined where the query has none of them; `own`: what remains for the viewer, byte for byte, if anything does. */
function parametersOf(query: string | undefined): { readonly given: Given | undefined; readonly own: string | undefined } {
  if (query === undefined) return { given: undefined, own: undefined };
  const given: { [Parameter in SignatureParameter]?: string | null } = {};
  const own: string[] = [];
  const parameters = query.split('&');
  for (const parameter of parameters) {
    const name = parameterName(parameter);
    const known = SIGNATURE_PARAMETERS.get(name);
    if (known === undefined) own.push(parameter);
    else given[known] = known in given ? null : parameter.slice(name.length + 1);
  }
  if (own.length === parameters.length) return { given: undefined, own: query };
  return { given, own: own.join('&') || undefined };
}

/**
 * Cookies that nobody else could read are no reason to refuse these. RFC 6265 5.4: of one name, browsers send the one with the longest path
 * first, so the first counts.
 */
function cookiesOf({ fields }: Signed): Given {
  const given: { [Parameter in SignatureParameter]?: string } = {};
  for (const part of cookieField(fields)?.split(';') ?? []) {
    const pair = part.trim();
    const equals = pair.indexOf('=');
    const known = equals < 0 ? undefined : SIGNATURE_COOKIES.get(pair.slice(0, equals));
    if (known !== undefined) given[known] ??= pair.slice(equals + 1);
  }
  return given;
}

const DEFAULT_PORT = { http: ':80', https: ':443' } as const;

/** Scheme and host as a signer writes them: without the scheme's own port. */
function authorityOf({ scheme, host }: Signed): Pick<RequestedUrl, 'scheme' | 'host'> {
  const port = DEFAULT_PORT[scheme];
  return { scheme, host: host.endsWith(port) ? host.slice(0, -port.length) : host };
}

/** The request without its signature: what is keyed, and what an origin may get. `query`: that of its claim, where it has one. */
export function withoutSignature(request: ViewerRequest, query = parametersOf(request.query).own): ViewerRequest {
  const fields = SIGNATURE_COOKIES_STAY_AT_THE_EDGE
    ? withoutCookies(request.fields, (name) => SIGNATURE_COOKIES.has(name))
    : request.fields;
  return query === request.query && fields === request.fields ? request : { ...request, query, fields };
}

/** What a canned policy names. */
export function signedUrl(claim: Pick<SignatureClaim, 'url'>): string {
  return urlText(claim.url);
}
