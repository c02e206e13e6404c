/**
 * Responses that are for one viewer, or that somebody made up for all: judged by the head, before anything is stored or shared. RFC 9111 3.5
 * and 7.3; Gil, "Web Cache Deception" (2017); Mirheidari et al. (2020); Nguyen et al. (2019). What the body shows: reflection.ts.
 */
import { parseCacheControl, type CacheControl } from '../../http/cache-control.ts';
import { fieldLines, fieldValue, hasField, type Fields } from '../../http/fields.ts';
import { parseVary } from '../../http/vary.ts';
import type { Bytes } from '../../model/units.ts';
import { STATIC_FILES, UNKNOWN_OCTETS } from '../../tables/static-files.ts';
import { askedWith, isUnusual } from './asked-with.ts';
import type { Finding } from './finding.ts';
import { isCredential, looksSecret } from './needles.ts';
import { typeOf } from './reflection.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

export interface JudgedResponse {
  readonly status: number;
  /** As they would be kept. */
  readonly fields: Fields;
}

export function judgeResponse(inputs: readonly UnkeyedInput[], path: string, response: JudgedResponse): readonly Finding[] {
  const cacheControl = parseCacheControl(fieldValue(response.fields, 'cache-control'));
  const ofItself = [...judgeDirectives(inputs, response, cacheControl), ...judgeCookiesSet(response, cacheControl)];
  // The key holds all that the origin was told: the rest is about what it lacks.
  if (inputs.length === 0) return [...ofItself, ...judgePath(inputs, path, response)];
  return [
    ...ofItself,
    ...judgeCredentials(inputs, response, cacheControl),
    ...judgeCoding(inputs, response),
    ...judgePath(inputs, path, response),
    ...judgeError(inputs, response.status),
  ];
}

/** CloudFront: MinTTL above 0 outweighs private and no-store; who had shown credentials may be the one that is meant. */
function judgeDirectives(
  inputs: readonly UnkeyedInput[],
  { status }: JudgedResponse,
  { noStore, private: isPrivate }: CacheControl,
): readonly Finding[] {
  if (status >= 400 || !(noStore || isPrivate === true)) return [];
  const credential = inputs.find(isCredential);
  const word = noStore ? 'no-store' : 'private';
  return [
    {
      rule: 'personal-response',
      certainty: credential === undefined ? 'likely' : 'certain',
      input: credential,
      seenIn: 'cache-control',
      because: `the origin said ${word}, and MinTTL overrules it`,
    },
  ];
}

/** Load balancers set these for everybody; whoever gets another's lands on the same server. */
const STICKINESS = /^AWSALB/;

/** CloudFront: where cookies are forwarded, Set-Cookie is stored with the object and sent to all. */
function judgeCookiesSet({ fields }: JudgedResponse, cacheControl: CacheControl): readonly Finding[] {
  const isMeant = cacheControl.public || cacheControl.sMaxage !== undefined;
  return fieldLines(fields, 'set-cookie').map((line): Finding => {
    const [, name = '', value = ''] = /^([^=;]*)=([^;]*)/.exec(line) ?? [];
    const isSecret = looksSecret(value.replaceAll('"', '')) && !STICKINESS.test(name.trim());
    return {
      rule: 'personal-response',
      certainty: isSecret && !isMeant ? 'certain' : 'likely',
      seenIn: 'set-cookie',
      because: `everybody would get the cookie "${name.trim()}"${isSecret ? ', which looks like a session' : ''}`,
    };
  });
}

function judgeCredentials(
  inputs: readonly UnkeyedInput[],
  { status, fields }: JudgedResponse,
  cacheControl: CacheControl,
): readonly Finding[] {
  if (status >= 400) return [];
  const vary = parseVary(fieldValue(fields, 'vary') ?? '');
  const varies = (name: string): boolean => vary !== '*' && vary.includes(name);
  const findings: Finding[] = [];
  for (const input of inputs) {
    if (!isCredential(input)) continue;
    const field = input.kind === 'cookie' ? 'cookie' : input.name;
    // Cookies of an unknown name are shown to whoever measures visits, too.
    if (input.kind === 'cookie' && !looksLikeSession(input)) continue;
    // RFC 9111 3.5: a shared cache keeps an answer to Authorization only where the response allows it. CloudFront: as any other; so where the
    // origin has said how long, that is done.
    const isForbidden = field === 'authorization' && !allowsSharing(cacheControl) && !hasField(fields, 'expires');
    const isCertain = varies(field) || isForbidden;
    findings.push({
      rule: 'personal-response',
      certainty: isCertain ? 'certain' : 'likely',
      input,
      seenIn: varies(field) ? 'vary' : undefined,
      because: varies(field)
        ? `the origin says that its answer depends on ${field}, which the key has not`
        : `the viewer showed credentials, and the key does not hold them`,
    });
    // One says it all.
    if (isCertain) break;
  }
  return findings.filter(({ certainty }, index) => certainty === 'certain' || index === 0);
}

/** Coded for whoever asked first: others may not be able to read it. Policies that turn a coding on key it. */
function judgeCoding(inputs: readonly UnkeyedInput[], { fields }: JudgedResponse): readonly Finding[] {
  const coding = fieldValue(fields, 'content-encoding');
  const input = coding === undefined ? undefined : inputs.find(({ name }) => name === 'accept-encoding');
  if (input === undefined) return [];
  const because = `everybody would get it coded as ${coding}`;
  return [{ rule: 'reflected-input', certainty: 'likely', input, seenIn: 'content-encoding', because }];
}

function allowsSharing({ public: isPublic, sMaxage, maxAge, mustRevalidate }: CacheControl): boolean {
  return isPublic || sMaxage !== undefined || maxAge !== undefined || mustRevalidate;
}

const SESSION_NAME = /sess|sid$|^sid|auth|token|jwt|login|user|account|remember|identity|^connect\./i;

function looksLikeSession({ name, value }: UnkeyedInput): boolean {
  return SESSION_NAME.test(name) || (looksSecret(value) && !/^_|^(?:amp|ajs|optimizely|intercom)/i.test(name));
}

/**
 * What servers read in different ways: dot segments, encoded ends of a path, backslashes ("Gotta cache 'em all", Kettle and Ruiz, 2024). An
 * encoded slash or a semicolon alone also stands in honest paths.
 */
const CONFUSING = /%(?:5c|00|0a|0d|23|3f|3b)|\\|(?:\/|%2f)(?:\.|%2e){1,2}(?:\/|%2f|;|$)|(?:\.|%2e){2}%2f/i;
const PERHAPS_CONFUSING = /;|%2f|\/\//i;
const DOCUMENT_TYPE = /^text\/(?:html|plain|xml|markdown)$|html|json$|xml$/;

/** Somebody with credentials is led to a name that caches take for a static file; the file would look otherwise. */
function judgePath(inputs: readonly UnkeyedInput[], path: string, { status, fields }: JudgedResponse): readonly Finding[] {
  if (status < 200 || status > 299) return [];
  const credential = inputs.find(isCredential);
  const type = typeOf(fields);
  const extension = extensionOf(path);
  const expected = extension === undefined ? undefined : STATIC_FILES.get(extension);
  const isContradicted =
    expected !== undefined &&
    (type === undefined
      ? credential !== undefined
      : !UNKNOWN_OCTETS.has(type) && !expected.some((start) => type.startsWith(start)));
  const said = type ?? 'no type at all';
  if (isContradicted) {
    return [
      {
        rule: 'path-confusion',
        certainty: credential === undefined ? 'likely' : 'certain',
        input: credential,
        seenIn: 'path',
        because: `the path ends in .${extension}, and the answer is ${said}`,
      },
    ];
  }
  const isConfusing = CONFUSING.test(path);
  if (credential === undefined || !(isConfusing || PERHAPS_CONFUSING.test(path))) return [];
  if (type !== undefined && !DOCUMENT_TYPE.test(type)) return [];
  return [
    {
      rule: 'path-confusion',
      certainty: isConfusing ? 'certain' : 'likely',
      input: credential,
      seenIn: 'path',
      because: `the path holds delimiters that servers read in different ways, and the answer is ${said}`,
    },
  ];
}

/** Of the last segment, as a cache reads it; undefined without one. */
function extensionOf(path: string): string | undefined {
  return /\.([A-Za-z0-9]{1,5})$/.exec(path)?.[1]?.toLowerCase();
}

/** Ours: what common servers refuse: 8 KB in all, or half of it in one field. */
const LARGE_FIELD: Bytes = 4096;
const LARGE_FIELDS: Bytes = 8000;
/** Octets that no browser sends unencoded in a field, outside of cookies. */
const UNUSUAL_OCTETS = /[^\t\x20-\x7e]/;

/** An error that one viewer's fields have caused is no answer to the others (CPDoS: HHO, HMC, HMO). */
export function judgeError(inputs: readonly UnkeyedInput[], status: number): readonly Finding[] {
  if (status < 400) return [];
  const headers = inputs.filter(({ kind }) => kind !== 'query');
  const size = headers.reduce((sum, { name, value }) => sum + name.length + value.length + 4, 0);
  const provoking =
    headers.find(({ kind, value }) => value.length > LARGE_FIELD || (kind === 'header' && UNUSUAL_OCTETS.test(value))) ??
    (size > LARGE_FIELDS ? headers.toSorted((one, other) => other.value.length - one.value.length)[0] : undefined);
  if (provoking !== undefined) {
    const because = `${provoking.kind} ${provoking.name} of ${provoking.value.length} octets, ${size} in all`;
    return [{ rule: 'error-by-input', certainty: 'certain', input: provoking, seenIn: 'status', because }];
  }
  const unusual = askedWith(inputs, status) && inputs.find(isUnusual);
  if (unusual === undefined) return [];
  const because = `${status}, perhaps for this alone: kept for those who send the same`;
  return [{ rule: 'error-by-input', certainty: 'likely', input: unusual, seenIn: 'status', because }];
}

/**
 * Ours: an origin that fails at ranges alone would fail for all, if its error were kept: it is asked again without. That something is not
 * there, or not for this viewer, has nothing to do with a range.
 */
export function asksForWhole(status: number): boolean {
  return status >= 500 || status === 400 || status === 412 || status === 415;
}
