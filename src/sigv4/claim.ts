/**
 * What a request says about its own signature, in the Authorization field or, presigned, in its query: read, not yet believed.
 * AWS: Signature Version 4, "Authorization header", "Query parameters". Whether the claim holds is decided in verify.ts.
 */
import { fieldLines, fieldValue, hasField, type Fields } from '../http/fields.ts';
import { SECOND, type Duration, type Instant } from '../model/units.ts';
import { ALGORITHM, ALGORITHM_4A, amzDate } from './canonical-request.ts';

/** A request as signed: nothing decoded, nothing normalised. */
export interface SignedHead {
  readonly method: string;
  readonly rawPath: string;
  /** Without `?`; '' when absent. */
  readonly rawQuery: string;
  readonly headers: Fields;
}

export interface Claim {
  readonly kind: 'claim';
  readonly algorithm: Algorithm;
  readonly accessKeyId: string;
  /** Of Signature Version 4A: the set of regions that it holds for, such as `*`. */
  readonly region: string;
  readonly service: string;
  /** `20260101/us-east-1/s3/aws4_request`; of 4A, without the region. */
  readonly scope: string;
  /** `20260101T120000Z` */
  readonly timestamp: string;
  readonly signedAt: Instant;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken: string | undefined;
  /** Presigned in the query, valid that long. */
  readonly expiresIn: Duration | undefined;
  /** X-Amz-Content-Sha256 as sent. */
  readonly contentSha256: string | undefined;
}

export type Algorithm = typeof ALGORITHM | typeof ALGORITHM_4A;

export type RefusalReason =
  /** Signature Version 2 or another scheme. */
  | 'unsupported'
  | 'malformed'
  | 'unknown-key'
  | 'invalid-token'
  /** Signed more than 15 minutes ago, or in the future. */
  | 'too-old'
  | 'too-new'
  /** A presigned request after its time. */
  | 'expired'
  | 'unsigned-headers'
  | 'mismatch';

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly presigned: boolean;
  /** For the person who reads the error: what exactly. */
  readonly detail: string;
}

export interface Unsigned {
  readonly kind: 'unsigned';
}

/** AWS: a presigned request lives for a week at most. */
const MAX_EXPIRES = 604_800;

export function readClaim(head: SignedHead): Claim | Refusal | Unsigned {
  const authorization = fieldLines(head.headers, 'authorization');
  const query = new URLSearchParams(head.rawQuery);
  const presigned = query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature');
  if (authorization.length > 0) {
    if (presigned) return malformed('both an Authorization field and query parameters carry a signature', false);
    return readAuthorization(authorization.join(','), head.headers);
  }
  if (presigned) return readPresigned(query);
  // Signature Version 2 in a query.
  if (query.has('AWSAccessKeyId') && query.has('Signature')) {
    return { kind: 'refused', reason: 'unsupported', presigned: true, detail: 'Signature Version 2' };
  }
  return { kind: 'unsigned' };
}

export function isRefusal(value: { readonly kind: string }): value is Refusal {
  return value.kind === 'refused';
}

function readAuthorization(value: string, headers: Fields): Claim | Refusal {
  const scheme = value.split(' ', 1)[0]!;
  if (!isAlgorithm(scheme))
    return { kind: 'refused', reason: 'unsupported', presigned: false, detail: `scheme ${scheme.slice(0, 40)}` };
  const parts = new Map<string, string>();
  for (const part of value.slice(scheme.length).split(',')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    if (at < 0 || parts.has(name)) return malformed(`'${part.trim().slice(0, 40)}' is not one parameter`, false);
    parts.set(name, part.slice(at + 1).trim());
  }
  return assemble(scheme, {
    credential: parts.get('Credential'),
    signedHeaders: parts.get('SignedHeaders'),
    signature: parts.get('Signature'),
    date: fieldValue(headers, 'x-amz-date') ?? fieldValue(headers, 'date'),
    sessionToken: fieldValue(headers, 'x-amz-security-token'),
    contentSha256: fieldValue(headers, 'x-amz-content-sha256'),
    regionSet: fieldValue(headers, 'x-amz-region-set'),
    expires: undefined,
  });
}

function readPresigned(query: URLSearchParams): Claim | Refusal {
  const algorithm = query.get('X-Amz-Algorithm') ?? '';
  if (!isAlgorithm(algorithm)) {
    const detail = `X-Amz-Algorithm must be ${ALGORITHM} or ${ALGORITHM_4A}`;
    return { kind: 'refused', reason: 'unsupported', presigned: true, detail };
  }
  for (const name of new Set(query.keys())) {
    if (name.startsWith('X-Amz-') && query.getAll(name).length > 1) return malformed(`${name} occurs more than once`, true);
  }
  return assemble(algorithm, {
    credential: query.get('X-Amz-Credential') ?? undefined,
    signedHeaders: query.get('X-Amz-SignedHeaders') ?? undefined,
    signature: query.get('X-Amz-Signature') ?? undefined,
    date: query.get('X-Amz-Date') ?? undefined,
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    contentSha256: query.get('X-Amz-Content-Sha256') ?? undefined,
    regionSet: query.get('X-Amz-Region-Set') ?? undefined,
    expires: query.get('X-Amz-Expires') ?? '',
  });
}

interface ClaimText {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly date: string | undefined;
  readonly sessionToken: string | undefined;
  readonly contentSha256: string | undefined;
  readonly regionSet: string | undefined;
  /** Undefined: not presigned. */
  readonly expires: string | undefined;
}

function assemble(algorithm: Algorithm, text: ClaimText): Claim | Refusal {
  const presigned = text.expires !== undefined;
  const isAsymmetric = algorithm === ALGORITHM_4A;
  const credential = SCOPES[algorithm].form.exec(text.credential ?? '')?.groups;
  if (credential === undefined) return malformed(`Credential must be ${SCOPES[algorithm].words}`, presigned);
  const { key: accessKeyId = '', date = '', service = '' } = credential;
  const signedHeaders = (text.signedHeaders ?? '').split(';');
  if (!signedHeaders.includes('host')) return malformed("SignedHeaders must hold 'host'", presigned);
  // AWS: 4A says in a signed field or parameter where it holds, in place of the scope's region.
  const region = isAsymmetric ? text.regionSet : credential['region'];
  if (region === undefined || (isAsymmetric && !presigned && !signedHeaders.includes('x-amz-region-set')))
    return malformed('X-Amz-Region-Set is required, and must be signed', presigned);
  if (!SCOPES[algorithm].signature.test(text.signature ?? ''))
    return malformed(
      `Signature must be ${isAsymmetric ? 'hexadecimal digits, of a DER signature' : '64 hexadecimal digits'}`,
      presigned,
    );
  const signedAt = readDate(text.date ?? '');
  if (signedAt === undefined) return malformed('a valid X-Amz-Date or Date is required', presigned);
  const timestamp = amzDate(signedAt);
  if (timestamp.slice(0, 8) !== date)
    return malformed(`the Credential's date ${date} is not that of the request, ${timestamp}`, presigned);
  const expires = Number(text.expires ?? 0);
  if (presigned && (!/^\d+$/.test(text.expires ?? '') || expires < 1 || expires > MAX_EXPIRES)) {
    return malformed(`X-Amz-Expires must be between 1 and ${MAX_EXPIRES} seconds`, presigned);
  }
  return {
    kind: 'claim',
    algorithm,
    accessKeyId,
    region,
    service,
    scope: [date, ...(isAsymmetric ? [] : [region]), service, 'aws4_request'].join('/'),
    timestamp,
    signedAt,
    signedHeaders,
    signature: text.signature!,
    sessionToken: text.sessionToken,
    expiresIn: presigned ? expires * SECOND : undefined,
    contentSha256: text.contentSha256,
  };
}

interface ScopeForm {
  readonly form: RegExp;
  readonly words: string;
  readonly signature: RegExp;
}

const SCOPES: Readonly<Record<Algorithm, ScopeForm>> = {
  [ALGORITHM]: {
    form: /^(?<key>.+)\/(?<date>\d{8})\/(?<region>[^/]*)\/(?<service>[^/]+)\/aws4_request$/,
    words: '<key id>/<date>/<region>/<service>/aws4_request',
    signature: /^[0-9a-f]{64}$/,
  },
  [ALGORITHM_4A]: {
    form: /^(?<key>[^/]+)\/(?<date>\d{8})\/(?<service>[^/]+)\/aws4_request$/,
    words: '<key id>/<date>/<service>/aws4_request',
    // In DER: two numbers of up to 33 octets, each with a tag and a length.
    signature: /^(?:[0-9a-f]{2}){8,72}$/,
  },
};

function isAlgorithm(text: string): text is Algorithm {
  return text === ALGORITHM || text === ALGORITHM_4A;
}

/** ISO 8601 basic, or the Date field's form. */
function readDate(text: string): Instant | undefined {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const instant = Date.parse(basic === null ? text : basic.slice(1, 4).join('-') + `T${basic.slice(4, 7).join(':')}Z`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The names of x-amz-* fields that are on the request but not signed. */
export function unsignedAmzFields(claim: Claim, headers: Fields): readonly string[] {
  const names = new Set(headers.map((field) => field[0]).filter((name) => name.startsWith('x-amz-')));
  return [...names].filter((name) => !claim.signedHeaders.includes(name) && hasField(headers, name));
}

function malformed(detail: string, presigned: boolean): Refusal {
  return { kind: 'refused', reason: 'malformed', presigned, detail };
}
