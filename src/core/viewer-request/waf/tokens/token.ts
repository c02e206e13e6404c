/**
 * Tokens that say what a client has solved, and the challenges that lead to them. Both are values that only the edges of one control plane can
 * make (HMAC-SHA-256, WafConfiguration.tokenKeys); nothing about them is stored. A token counts for one host (or its token domains), one client
 * (address and User-Agent) and, by the immunity time of the rule, for a while.
 *
 *   token      v1~<key>~<domain>~<client>~<challenge solved>~<captcha solved>~<mac>          instants, or empty
 *   challenge  v1~<key>~<kind>~<domain>~<client>~<made at>~<nonce>~<mac of the answer>~<mac>
 *
 * AWS WAF: names and meaning of cookie and header; the form of what is in them is ours.
 */
import { fieldValue, type Fields } from '../../../../http/fields.ts';
import { parseNetwork } from '../../../../model/network.ts';
import type { InspectedRequest } from '../../../../model/waf-engine.ts';
import type { TokenKey } from '../../../../model/web-acl.ts';
import type { Instant } from '../../../../model/units.ts';
import { TOKENS } from '../../../../tables/waf.ts';
import { requestCookies } from '../statements/contents.ts';
import type { TokenReading } from '../inspection.ts';

/** Cryptography at the rim. Texts are ASCII. */
export interface TokenCrypto {
  /** HMAC-SHA-256, base64url. */
  mac(secret: string, text: string): string;
  /** In constant time. */
  verifies(secret: string, text: string, mac: string): boolean;
  /** SHA-256, hexadecimal. */
  digest(text: string): string;
  /** Never the same twice: [A-Za-z0-9_-]. */
  nonce(): string;
}

export interface TokenTerms {
  /** The first of them signs. */
  readonly keys: readonly TokenKey[];
  readonly tokenDomains: readonly string[];
  readonly crypto: TokenCrypto;
}

/** The newest key that every edge has by now signs; the others are still good for what they have signed. */
export function signingFirst(keys: readonly TokenKey[], now: Instant): readonly TokenKey[] {
  const newest = (some: readonly TokenKey[]): TokenKey | undefined =>
    some.toSorted((one, other) => other.createdAt - one.createdAt)[0];
  const signing = newest(keys.filter(({ createdAt }) => createdAt + TOKENS.keySettling <= now)) ?? keys[0];
  return signing === undefined ? keys : [signing, ...keys.filter((key) => key !== signing)];
}

type Asking = Pick<InspectedRequest, 'host' | 'fields' | 'viewerAddress'>;
export type ChallengeKind = 'captcha' | 'challenge';

const FORM = 'v1';

export function readToken(request: Asking, terms: TokenTerms): TokenReading {
  const shown = fieldValue(request.fields, `x-${TOKENS.cookie}`) ?? cookie(request.fields);
  if (shown === undefined || shown === '') return { kind: 'none', reason: 'TOKEN_MISSING' };
  const parts = opened('token', shown, 6, terms);
  if (parts === undefined) return { kind: 'none', reason: 'TOKEN_INVALID' };
  const [, , domain = '', client, challengeSolved = '', captchaSolved = ''] = parts;
  if (!isAccepted(domain, hostName(request), terms.tokenDomains)) return { kind: 'none', reason: 'TOKEN_DOMAIN_MISMATCH' };
  if (client !== clientOf(request, terms.crypto)) return { kind: 'none', reason: 'TOKEN_INVALID' };
  return { kind: 'token', challengeSolved: instant(challengeSolved), captchaSolved: instant(captchaSolved) };
}

/** Undefined where there is no key to sign with. */
export function makeToken(
  request: Asking,
  terms: TokenTerms,
  solved: { readonly challengeSolved: Instant | undefined; readonly captchaSolved: Instant | undefined },
): string | undefined {
  const { challengeSolved = '', captchaSolved = '' } = solved;
  const domain = tokenDomain(hostName(request), terms.tokenDomains);
  return sealed('token', [domain, clientOf(request, terms.crypto), String(challengeSolved), String(captchaSolved)], terms);
}

/** `answer` is what a person must find, '' for a challenge. */
export function makeChallenge(
  kind: ChallengeKind,
  answer: string,
  request: Asking,
  now: Instant,
  terms: TokenTerms,
): string | undefined {
  const { crypto } = terms;
  const nonce = crypto.nonce();
  const answerMac = crypto.mac(terms.keys[0]?.secret ?? '', `answer~${nonce}~${answer}`);
  return sealed('challenge', [kind, hostName(request), clientOf(request, crypto), String(now), nonce, answerMac], terms);
}

export type Solution =
  | { readonly kind: 'solved'; readonly challenge: ChallengeKind; readonly nonce: string; readonly madeAt: Instant }
  | { readonly kind: 'refused'; readonly reason: 'not ours' | 'another client' | 'too late' | 'wrong answer' | 'no proof' };

/** Is this the solution of a challenge that was made for this client, in time? That none counts twice is the edge's to see to. */
export function judgeSolution(
  { challenge, solution, answer }: { readonly challenge: string; readonly solution: string; readonly answer: string },
  request: Asking,
  now: Instant,
  terms: TokenTerms,
): Solution {
  const parts = opened('challenge', challenge, 8, terms);
  if (parts === undefined) return { kind: 'refused', reason: 'not ours' };
  const [, keyId, kind, domain, client, made = '', nonce = '', answerMac = ''] = parts;
  const madeAt = Number(made);
  const { crypto } = terms;
  if (domain !== hostName(request) || client !== clientOf(request, crypto)) return { kind: 'refused', reason: 'another client' };
  if (now > madeAt + TOKENS.solvingTime) return { kind: 'refused', reason: 'too late' };
  const secret = terms.keys.find(({ id }) => id === keyId)?.secret ?? '';
  if (!crypto.verifies(secret, `answer~${nonce}~${normalAnswer(answer)}`, answerMac)) {
    return { kind: 'refused', reason: 'wrong answer' };
  }
  if (!/^\d{1,12}$/.test(solution) || !provesWork(crypto.digest(`${challenge}:${solution}`))) {
    return { kind: 'refused', reason: 'no proof' };
  }
  return { kind: 'solved', challenge: kind === 'captcha' ? 'captcha' : 'challenge', nonce, madeAt };
}

/** Of how many leading zero bits: TOKENS.difficulty. */
function provesWork(digest: string): boolean {
  const digits = Math.floor(TOKENS.difficulty / 4);
  return digest.startsWith('0'.repeat(digits)) && parseInt(digest.charAt(digits), 16) < 2 ** (4 - (TOKENS.difficulty % 4));
}

/** The domain that a token is for, and that its cookie names: the longest of the token domains that the host is in, or the host. */
export function tokenDomain(host: string, domains: readonly string[]): string {
  return domains.filter((domain) => isWithin(host, domain)).toSorted((one, other) => other.length - one.length)[0] ?? host;
}

export function hostName({ host }: Pick<Asking, 'host'>): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

function isAccepted(domain: string, host: string, domains: readonly string[]): boolean {
  return domain === host || domains.some((accepted) => isWithin(domain, accepted));
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** Ours: who comes from another network, or says it is another browser, is another client. An IPv6 network is a /64: hosts change within. */
function clientOf({ fields, viewerAddress }: Asking, crypto: TokenCrypto): string {
  const network = parseNetwork(viewerAddress);
  const place = network?.family === 6 ? network.prefix.slice(0, 64) : (network?.prefix ?? viewerAddress);
  return crypto.digest(`${place} ${fieldValue(fields, 'user-agent') ?? ''}`).slice(0, 32);
}

function cookie(fields: Fields): string | undefined {
  return requestCookies(fields).find(([name]) => name === TOKENS.cookie)?.[1];
}

function sealed(what: 'token' | 'challenge', parts: readonly string[], { keys: [key], crypto }: TokenTerms): string | undefined {
  if (key === undefined) return undefined;
  const said = [FORM, key.id, ...parts].join('~');
  return `${said}~${crypto.mac(key.secret, `${what} ${said}`)}`;
}

/** Its parts, or undefined when it is not one of ours. */
function opened(
  what: 'token' | 'challenge',
  text: string,
  count: number,
  { keys, crypto }: TokenTerms,
): readonly string[] | undefined {
  const end = text.lastIndexOf('~');
  const said = text.slice(0, Math.max(end, 0));
  const parts = said.split('~');
  const key = keys.find(({ id }) => id === parts[1]);
  const isOurs = key !== undefined && parts[0] === FORM && parts.length === count;
  return isOurs && crypto.verifies(key.secret, `${what} ${said}`, text.slice(end + 1)) ? parts : undefined;
}

function instant(text: string): Instant | undefined {
  return text === '' ? undefined : Number(text);
}

function normalAnswer(text: string): string {
  return text.trim().toLowerCase();
}
