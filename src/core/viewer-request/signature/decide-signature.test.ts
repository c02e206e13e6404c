import { describe, expect, test } from 'bun:test';
import { sampleRequest } from '../../../../test/samples/distribution.ts';
import { cannedPolicy } from '../../../model/signing/policy-statement.ts';
import { toUrlSafe } from '../../../model/signing/url-safe-base64.ts';
import type { ViewerRequest } from '../../request.ts';
import { decideSignature } from './decide-signature.ts';
import { proveClaim, type Verifies } from './prove-claim.ts';
import { withoutSignature } from './read-claim.ts';

const NOW = 1_000_500;
const KEY = { id: 'K2JCJMDEHXQW5F', pem: 'a key' };
const signers = { keys: new Map([[KEY.id, KEY]]) };
const encoded = (text: string): string => toUrlSafe(Buffer.from(text).toString('base64'));

/** What the key has signed: the signature of a text is its length. */
const verifies: Verifies = ({ key, hash }, signed, signature) => key === KEY && signature === `${hash} ${signed.length}`;

function signatureOf(signed: string, hash = 'SHA1'): string {
  return encoded(`${hash} ${signed.length}`);
}

const HOST = 'd111111abcdef8.cloudfront.localhost';
const FILM = `http://${HOST}/film.mp4`;
const keyed = (rest: string): string => `${rest}&Key-Pair-Id=${KEY.id}`;
const canned = (expires: string, url = FILM): string =>
  keyed(`Expires=${expires}&Signature=${signatureOf(cannedPolicy(url, expires))}`);
const custom = (policy: string): string => keyed(`Policy=${encoded(policy)}&Signature=${signatureOf(policy)}`);
const policy = (condition: string, resource = '*'): string =>
  `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":2000}${condition}}}]}`;
const cookie = (query: string): Partial<ViewerRequest> => ({
  fields: [
    [
      'cookie',
      query
        .split('&')
        .map((pair) => `CloudFront-${pair}`)
        .join('; '),
    ],
  ],
});

/** `granted`, or the code and the part with its reason. */
function verdict(changes: Partial<ViewerRequest>): string {
  const request = sampleRequest({ path: '/film.mp4', viewerAddress: '192.0.2.7', ...changes });
  const decision = decideSignature({ signers }, request, NOW, (claim) => proveClaim(claim, verifies));
  return decision.kind === 'refused' ? `${decision.code} ${decision.fault.part} ${decision.fault.reason}` : decision.kind;
}

const QUERIES: readonly (readonly [name: string, query: string | undefined, want: string])[] = [
  ['nothing', undefined, 'MissingKey key-pair-id missing'],
  ['an empty query', '', 'MissingKey key-pair-id missing'],
  ['parameters of its own', 'a=1', 'MissingKey key-pair-id missing'],
  ['a canned policy', canned('2000'), 'granted'],
  ['in another order', canned('2000').split('&').toReversed().join('&'), 'granted'],
  ['a moment before it expires', canned('1001'), 'granted'],
  ['in the second it expires', canned('1000'), 'AccessDenied date expired'],
  ['expired long ago', canned('0'), 'AccessDenied date expired'],
  ['before the epoch', canned('-1'), 'AccessDenied date expired'],
  ['the last time there is', canned('9223372036854775807'), 'granted'],
  ['a time that is none', canned('9223372036854775808'), 'MalformedPolicy policy malformed'],
  ['a time with a zero before it', canned('02000'), 'MalformedPolicy policy malformed'],
  ['a time in another notation', canned('2e3'), 'MalformedPolicy policy malformed'],
  ['no time', canned(''), 'MalformedPolicy policy malformed'],
  ['a parameter more than was signed', `a=1&${canned('2000')}`, 'AccessDenied signature wrong'],
  ['a parameter that was signed', `a=1&${canned('2000', `${FILM}?a=1`)}`, 'granted'],
  [
    'parameters around those of the signature',
    canned('2000', `${FILM}?a=1&b=2`).replace('Expires', 'a=1&Expires') + '&b=2',
    'granted',
  ],
  ['no key', `Expires=2000&Signature=${signatureOf('x')}`, 'MissingKey key-pair-id missing'],
  ['an empty key', 'Key-Pair-Id=', 'MissingKey key-pair-id malformed'],
  ['a key in lower case', canned('2000').replace(KEY.id, KEY.id.toLowerCase()), 'MissingKey key-pair-id malformed'],
  ['a key that is not trusted', canned('2000').replace(KEY.id, 'KOTHER'), 'InvalidKey key-pair-id unknown'],
  ['two keys', `${canned('2000')}&Key-Pair-Id=${KEY.id}`, 'MissingKey key-pair-id repeated'],
  ['no signature', keyed('Expires=2000'), 'MissingSignature signature missing'],
  ['an empty signature', keyed('Expires=2000&Signature='), 'MalformedSignature signature malformed'],
  ['a signature in the usual base64', keyed('Expires=2000&Signature=YQ=='), 'MalformedSignature signature malformed'],
  ['a signature with percent-encoding', keyed('Expires=2000&Signature=YQ%5F%5F'), 'MalformedSignature signature malformed'],
  ['two signatures', `${canned('2000')}&Signature=YWJj`, 'MalformedSignature signature repeated'],
  ['another signature', keyed('Expires=2000&Signature=YWJj'), 'AccessDenied signature wrong'],
  ['neither time nor policy', keyed('Signature=YWJj'), 'MissingPolicy policy missing'],
  ['a time and a policy', `${custom(policy(''))}&Expires=2000`, 'MalformedPolicy policy contradictory'],
  ['two times', `${canned('2000')}&Expires=2000`, 'MalformedPolicy policy repeated'],
  ['SHA1, said', `${canned('2000')}&Hash-Algorithm=SHA1`, 'granted'],
  ['the wrong hash', `${canned('2000')}&Hash-Algorithm=SHA256`, 'AccessDenied signature wrong'],
  ['an unknown hash', `${canned('2000')}&Hash-Algorithm=sha256`, 'AccessDenied hash-algorithm unknown'],
  ['an empty hash', `${canned('2000')}&Hash-Algorithm=`, 'AccessDenied hash-algorithm unknown'],
  ['two hashes', `${canned('2000')}&Hash-Algorithm=SHA1&Hash-Algorithm=SHA1`, 'AccessDenied hash-algorithm repeated'],
  ['names in another case', canned('2000').toLowerCase(), 'MissingKey key-pair-id missing'],
  ['names with percent-encoding', canned('2000').replace('Expires', '%45xpires'), 'MissingPolicy policy missing'],
  ['a custom policy', custom(policy('')), 'granted'],
  ['without a resource', custom('{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":2000}}}]}'), 'granted'],
  ['for this URL', custom(policy('', FILM)), 'granted'],
  ['for another URL', custom(policy('', 'http://other/*')), 'AccessDenied resource mismatch'],
  ['not yet valid', custom(policy(',"DateGreaterThan":{"AWS:EpochTime":1001}')), 'AccessDenied date not-yet-valid'],
  ['in the second it begins', custom(policy(',"DateGreaterThan":{"AWS:EpochTime":1000}')), 'AccessDenied date not-yet-valid'],
  ['a second later', custom(policy(',"DateGreaterThan":{"AWS:EpochTime":999}')), 'granted'],
  ['for this network', custom(policy(',"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}')), 'granted'],
  ['for another network', custom(policy(',"IpAddress":{"AWS:SourceIp":"192.0.3.0/24"}')), 'AccessDenied address outside'],
  ['for IPv6 alone', custom(policy(',"IpAddress":{"AWS:SourceIp":"::/0"}')), 'AccessDenied address outside'],
  ['a policy that is no base64', keyed('Policy=e30&Signature=YWJj'), 'MalformedPolicy policy malformed'],
  ['an empty policy', keyed('Policy=&Signature=YWJj'), 'MalformedPolicy policy malformed'],
  ['a policy that is not understood', custom('{}'), 'MalformedPolicy policy not-understood'],
  ['a policy that somebody else signed', keyed(`Policy=${encoded(policy(''))}&Signature=YWJj`), 'AccessDenied signature wrong'],
];

describe('in the URL', () => {
  test.each(QUERIES)('%s', (_, query, want) => expect(verdict({ query })).toBe(want));
});

const REQUESTS: readonly (readonly [name: string, changes: Partial<ViewerRequest>, want: string])[] = [
  ['cookies, canned', cookie(canned('2000')), 'granted'],
  ['cookies, custom', cookie(custom(policy('', 'http://*/film*'))), 'granted'],
  ['cookies, canned, for the whole URL', { ...cookie(canned('2000', `${FILM}?a=1`)), query: 'a=1' }, 'granted'],
  ['cookies, canned, for another URL', { ...cookie(canned('2000')), query: 'a=1' }, 'AccessDenied signature wrong'],
  ['cookies and a parameter', { ...cookie(canned('2000')), query: 'Policy' }, 'MissingKey key-pair-id missing'],
  ['cookies on several lines', { fields: cookieLines(canned('2000')) }, 'granted'],
  ['the first of two cookies counts', firstOf(cookie(canned('2000')), cookie(canned('1'))), 'granted'],
  [
    'the first of two cookies counts, though it is expired',
    firstOf(cookie(canned('1')), cookie(canned('2000'))),
    'AccessDenied date expired',
  ],
  [
    'cookies in lower case',
    { fields: [['cookie', (cookie(canned('2000')).fields?.[0]?.[1] ?? '').toLowerCase()]] },
    'MissingKey key-pair-id missing',
  ],
  ['another scheme', { query: canned('2000'), scheme: 'https' }, 'AccessDenied signature wrong'],
  ['the scheme’s own port', { query: canned('2000'), host: `${HOST}:80` }, 'granted'],
  ['the other scheme’s port', { query: canned('2000'), host: `${HOST}:443` }, 'AccessDenied signature wrong'],
  ['another spelling of the path', { query: canned('2000'), path: '/film%2Emp4' }, 'AccessDenied signature wrong'],
  [
    'IPv4 mapped into IPv6',
    { query: custom(policy(',"IpAddress":{"AWS:SourceIp":"192.0.2.7"}')), viewerAddress: '::ffff:192.0.2.7' },
    'granted',
  ],
  [
    'an IPv6 viewer, any IPv4 address allowed',
    { query: custom(policy(',"IpAddress":{"AWS:SourceIp":"0.0.0.0/0"}')), viewerAddress: '2001:db8::7' },
    'AccessDenied address outside',
  ],
  [
    'an IPv6 viewer and its network',
    { query: custom(policy(',"IpAddress":{"AWS:SourceIp":"2001:db8::/32"}')), viewerAddress: '2001:db8::7' },
    'granted',
  ],
  [
    'an address that is not known',
    { query: custom(policy(',"IpAddress":{"AWS:SourceIp":"0.0.0.0/0"}')), viewerAddress: '' },
    'AccessDenied address outside',
  ],
];

function cookieLines(query: string): ViewerRequest['fields'] {
  return query.split('&').map((pair) => ['cookie', `CloudFront-${pair}`] as const);
}

function firstOf(one: Partial<ViewerRequest>, other: Partial<ViewerRequest>): Partial<ViewerRequest> {
  return { fields: [['cookie', `${one.fields?.[0]?.[1]}; ${other.fields?.[0]?.[1]}`]] };
}

describe('the request around it', () => {
  test.each(REQUESTS)('%s', (_, changes, want) => expect(verdict(changes)).toBe(want));
});

test('nobody is trusted: nobody gets in; nothing is said of trust: everybody does', () => {
  const request = sampleRequest({ path: '/film.mp4', query: canned('2000') });
  const decide = (trusted: Parameters<typeof decideSignature>[0]['signers']) =>
    decideSignature({ signers: trusted }, request, NOW, (claim) => proveClaim(claim, () => true));
  expect(decide({ keys: new Map() })).toMatchObject({ kind: 'refused', code: 'InvalidKey' });
  expect(decide(undefined)).toEqual({ kind: 'not-asked' });
});

const STRIPPED: readonly (readonly [query: string | undefined, want: string | undefined])[] = [
  [undefined, undefined],
  ['', ''],
  ['a=1', 'a=1'],
  ['a&&b=', 'a&&b='],
  ['Expires=1&Signature=2&Key-Pair-Id=3', undefined],
  ['a=1&Expires=1&b=%20&Policy&Hash-Algorithm=x&c', 'a=1&b=%20&c'],
  ['expires=1&Expires=1&policy=2', 'expires=1&policy=2'],
];

test.each(STRIPPED)('the query %p without its signature: %p', (query, want) => {
  expect(withoutSignature(sampleRequest({ query })).query).toBe(want as string);
});

test('a request without a signature stays as it is; others lose its cookies alone', () => {
  const plain = sampleRequest({ query: 'a=1', fields: [['cookie', 'a=1; CloudFront-Else=2']] });
  expect(withoutSignature(plain)).toBe(plain);
  const signed = sampleRequest({
    fields: [
      ['cookie', 'a=1; CloudFront-Policy=x;CloudFront-Signature; b'],
      ['accept', '*/*'],
    ],
  });
  expect(withoutSignature(signed).fields).toEqual([
    ['accept', '*/*'],
    ['cookie', 'a=1; b'],
  ]);
});
