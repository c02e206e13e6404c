/**
 * No octet of a signed request can be changed, dropped or added without being noticed: whatever changes what the request asks for or what
 * its signature says is refused, with the cryptography and the memory of a real edge.
 */
import { describe, expect, test } from 'bun:test';
import { createCryptoVerifier } from '../../src/adapters/signature/crypto-verifier.ts';
import { decideSignature, type SignatureDecision } from '../../src/core/viewer-request/signature/decide-signature.ts';
import type { ViewerRequest } from '../../src/core/request.ts';
import { createTrustedKeys } from '../../src/edge/trusted-keys.ts';
import { compile } from '../../src/model/compile.ts';
import { sampleBehavior, sampleDistribution } from '../samples/distribution.ts';
import { KEYS, NOW, SAMPLES } from './signed-samples.ts';

const keys = KEYS.map(({ id, publicKey }) => ({ id, pem: publicKey }));
const defaultCacheBehavior = sampleBehavior({ signers: { keys, unknownAccounts: [] } });
const snapshot = compile({ version: 1, distributions: [sampleDistribution({ defaultCacheBehavior })] });
const [distribution] = [...snapshot.byId.values()];
const trusted = createTrustedKeys(createCryptoVerifier({ report: fail }));
trusted.hold(snapshot);

function fail(message: string): never {
  throw new Error(message);
}

function decide(request: ViewerRequest): SignatureDecision {
  return decideSignature(distribution!.defaultBehavior, request, NOW, trusted.prove);
}

/** Each octet replaced by others, dropped, and doubled; parts cut off and appended. */
function* mutations(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    const before = text.slice(0, at);
    const after = text.slice(at + 1);
    const octet = text.charCodeAt(at);
    for (const other of [octet ^ 1, octet ^ 0x20, 0x5f]) {
      if (other !== octet) yield before + String.fromCharCode(other) + after;
    }
    yield before + after;
    yield `${before}${text[at]}${text[at]}${after}`;
  }
  for (const more of ['&', '_', '%00', '\0', '&Expires=9999999999', '&Policy=e30_', '; CloudFront-Policy=e30_'])
    yield text + more;
}

/** What counts of a list of pairs: their set, since a signature's parameters have no order. */
function meaning(text: string, separator: string): string {
  const pairs = text.split(separator).map((pair) => pair.trim());
  return JSON.stringify(pairs.filter((pair, index) => pair !== '' && pairs.indexOf(pair) === index).toSorted());
}

/** SHA1 is what is meant where nothing is said; of cookies, the first of a name counts. */
const WITHOUT_EFFECT = /; CloudFront-Policy=e30_$/;

describe.each(SAMPLES.map((sample) => [sample.name, sample.request] as const))('%s', (name, request) => {
  test('is valid', () => expect(decide(request)).toMatchObject({ kind: 'granted' }));

  // One length of RSA keys is enough for this: others only take longer.
  if (name.includes('4096')) return;
  test('loses its validity with every change', () => {
    const taken: string[] = [];
    const cookies = request.fields[0]?.[1];
    const isCookies = cookies !== undefined;
    const part = isCookies ? cookies : (request.query ?? '');
    const separator = isCookies ? ';' : '&';
    for (const changed of mutations(part)) {
      const asked: ViewerRequest = isCookies ? { ...request, fields: [['cookie', changed]] } : { ...request, query: changed };
      if (decide(asked).kind !== 'granted' || meaning(changed, separator) === meaning(part, separator)) continue;
      if (!(isCookies && name.includes('custom') && WITHOUT_EFFECT.test(changed))) taken.push(changed);
    }
    for (const path of mutations(request.path)) if (decide({ ...request, path }).kind === 'granted') taken.push(path);
    for (const host of mutations(request.host)) {
      const isSame = host.toLowerCase() === request.host.toLowerCase();
      if (decide({ ...request, host }).kind === 'granted' && !isSame) taken.push(host);
    }
    expect(taken).toEqual([]);
  });
});
