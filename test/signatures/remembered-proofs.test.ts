/**
 * What an edge remembers of signatures: that a key did sign a text, and nothing else. Counted with the real cryptography.
 */
import { expect, test } from 'bun:test';
import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { createCryptoVerifier } from '../../src/adapters/signature/crypto-verifier.ts';
import { decideSignature } from '../../src/core/viewer-request/signature/decide-signature.ts';
import type { ViewerRequest } from '../../src/core/request.ts';
import type { SignatureVerifier } from '../../src/edge/ports.ts';
import { createTrustedKeys } from '../../src/edge/trusted-keys.ts';
import { compile, type CompiledSnapshot } from '../../src/model/compile.ts';
import { sampleBehavior, sampleDistribution } from '../samples/distribution.ts';
import { ecdsaKey, rsaKey, type SigningKey } from '../samples/signing-keys.ts';
import { HOST, NOW, requested } from './signed-samples.ts';

const [old, fresh] = [rsaKey('KOLDAAAAAAAAAA'), rsaKey('KFRESHAAAAAAAA')];

function trustedBy(...keys: readonly SigningKey[]): CompiledSnapshot {
  const signers = { keys: keys.map(({ id, publicKey }) => ({ id, pem: publicKey })), unknownAccounts: [] };
  const behavior = sampleBehavior({ signers });
  return compile({ version: 1, distributions: [sampleDistribution({ defaultCacheBehavior: behavior })] });
}

function edgeOf(first: CompiledSnapshot) {
  const counts = { prepared: 0, verified: 0 };
  const real = createCryptoVerifier({ report: (message, error) => expect.unreachable(`${message}: ${String(error)}`) });
  const counting: SignatureVerifier = {
    prepare(pem) {
      counts.prepared += 1;
      const key = real.prepare(pem);
      return { verifies: (...asked) => (counts.verified += 1) > 0 && key.verifies(...asked) };
    },
  };
  const trusted = createTrustedKeys(counting);
  let behavior = sampleOf(first);
  function sampleOf(snapshot: CompiledSnapshot) {
    trusted.hold(snapshot);
    return [...snapshot.byId.values()][0]!.defaultBehavior;
  }
  return {
    counts,
    deploy: (snapshot: CompiledSnapshot) => void (behavior = sampleOf(snapshot)),
    ask(request: ViewerRequest, now = NOW): string {
      const decision = decideSignature(behavior, request, now, trusted.prove);
      return decision.kind === 'refused' ? `${decision.fault.part} ${decision.fault.reason}` : decision.kind;
    },
  };
}

function signed(path: string, key: SigningKey, ipAddress?: string): ViewerRequest {
  const dateLessThan = new Date(NOW + 60_000);
  const asked = { url: `https://${HOST}${path}`, keyPairId: key.id, privateKey: key.privateKey, dateLessThan };
  return requested(getSignedUrl(ipAddress === undefined ? asked : { ...asked, ipAddress }));
}

test('a signature is verified once; time and address count each time', () => {
  const edge = edgeOf(trustedBy(old));
  const request = signed('/a', old, '192.0.2.7');
  expect([edge.ask(request), edge.ask(request), edge.ask(request)]).toEqual(['granted', 'granted', 'granted']);
  expect(edge.counts).toEqual({ prepared: 1, verified: 1 });
  expect(edge.ask({ ...request, viewerAddress: '192.0.2.8' })).toBe('address outside');
  expect(edge.ask({ ...request, path: '/b' })).toBe('resource mismatch');
  expect(edge.ask(request, NOW + 60_000)).toBe('date expired');
  expect(edge.counts.verified).toBe(1);
});

test('a canned signature that is remembered opens its own URL alone', () => {
  const edge = edgeOf(trustedBy(old));
  const request = signed('/a', old);
  expect([edge.ask(request), edge.ask(request), edge.ask({ ...request, path: '/b' })]).toEqual([
    'granted',
    'granted',
    'signature wrong',
  ]);
  expect(edge.ask({ ...request, query: `${request.query}&Hash-Algorithm=SHA256` })).toBe('signature wrong');
});

test('what did not verify is not remembered', () => {
  const edge = edgeOf(trustedBy(old));
  const forged = signed('/a', { ...fresh, id: old.id });
  expect([edge.ask(forged), edge.ask(forged)]).toEqual(['signature wrong', 'signature wrong']);
  expect(edge.counts.verified).toBe(2);
});

test('keys are read once for as long as they are trusted, and forgotten with what they signed', () => {
  const edge = edgeOf(trustedBy(old));
  const [byOld, byFresh] = [signed('/a', old), signed('/a', fresh)];
  expect([edge.ask(byOld), edge.ask(byFresh)]).toEqual(['granted', 'key-pair-id unknown']);
  edge.deploy(trustedBy(old, fresh));
  expect([edge.ask(byOld), edge.ask(byFresh), edge.ask(byFresh)]).toEqual(['granted', 'granted', 'granted']);
  expect(edge.counts).toEqual({ prepared: 2, verified: 2 });
  edge.deploy(trustedBy(fresh));
  expect([edge.ask(byOld), edge.ask(byFresh)]).toEqual(['key-pair-id unknown', 'granted']);
  edge.deploy(trustedBy({ ...old, publicKey: fresh.publicKey }));
  expect(edge.ask(byOld)).toBe('signature wrong');
  edge.deploy(trustedBy(old));
  expect(edge.ask(byOld)).toBe('granted');
});

test('the memory is bounded: what was not asked for lately is verified again', () => {
  const quick = ecdsaKey();
  const edge = edgeOf(trustedBy(quick));
  const filler = 'x'.repeat(7000);
  const first = signed('/first', quick);
  const often = signed('/often', quick);
  edge.ask(first);
  for (let n = 0; n < 1300; n++) {
    edge.ask(signed(`/${n}${filler}`, quick));
    edge.ask(often);
  }
  const before = edge.counts.verified;
  edge.ask(often);
  expect(edge.counts.verified).toBe(before);
  edge.ask(first);
  expect(edge.counts.verified).toBe(before + 1);
});
