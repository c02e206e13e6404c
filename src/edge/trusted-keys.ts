/**
 * The public keys of the snapshot in force, each read once, and what they have verified: the same signature comes with every request of a
 * viewer, and costs a look-up after the first. Remembered is only that a key did sign a text, under everything that this depends on
 * (core/viewer-request/signature/prove-claim.ts), and only where it did, so that nobody without a key can fill the memory. Time, address and
 * resource are judged for each request anew.
 */
import { proofOf, proveClaim, type Verifies } from '../core/viewer-request/signature/prove-claim.ts';
import type { Prove } from '../core/viewer-request/signature/decide-signature.ts';
import type { CompiledSnapshot } from '../model/compile.ts';
import type { PolicyStatement } from '../model/signing/policy-statement.ts';
import { MIB } from '../model/units.ts';
import type { PreparedKey, SignatureVerifier } from './ports.ts';

/** Ours: characters remembered in one generation; there are two. */
const GENERATION = 4 * MIB;
/** What stands beside a proof's text, in characters. */
const OVERHEAD = 256;

export interface TrustedKeys {
  /** Reads the keys that are new in this snapshot, and lets go of those that it does not trust any more. */
  hold(snapshot: Pick<CompiledSnapshot, 'byId'>): void;
  readonly prove: Prove;
  /** For onlookers: remembers nothing. */
  readonly verifies: Verifies;
}

interface HeldKey extends PreparedKey {
  /** Never given twice: what was remembered of a key that went does not come back. */
  readonly number: number;
}

export function createTrustedKeys(verifier: SignatureVerifier): TrustedKeys {
  let held: ReadonlyMap<string, HeldKey> = new Map();
  let keysRead = 0;
  const proofs = createProofs();

  const verifies: Verifies = ({ key, hash }, signed, signature) => held.get(key.pem)?.verifies(hash, signed, signature) === true;

  return {
    hold({ byId }) {
      const behaviors = [...byId.values()].flatMap((distribution) => distribution.behaviors);
      const pems = new Set(behaviors.flatMap(({ source }) => source.signers?.keys.map(({ pem }) => pem) ?? []));
      held = new Map([...pems].map((pem) => [pem, held.get(pem) ?? { ...verifier.prepare(pem), number: (keysRead += 1) }]));
    },
    prove(claim) {
      const key = held.get(claim.key.pem);
      if (key === undefined) return { part: 'signature', reason: 'wrong' };
      const text = `${key.number}\n${proofOf(claim)}`;
      const known = proofs.get(text);
      if (known !== undefined) return known;
      const proved = proveClaim(claim, verifies);
      if (!('part' in proved)) proofs.put(text, proved);
      return proved;
    },
    verifies,
  };
}

interface Proofs {
  get(text: string): PolicyStatement | undefined;
  put(text: string, statement: PolicyStatement): void;
}

/** Two generations: what is asked for again moves to the young one; when that is full, the old one goes. */
function createProofs(): Proofs {
  let young = new Map<string, PolicyStatement>();
  let old = new Map<string, PolicyStatement>();
  let size = 0;

  function put(text: string, statement: PolicyStatement): void {
    if (size > GENERATION) {
      old = young;
      young = new Map();
      size = 0;
    }
    young.set(text, statement);
    size += text.length + OVERHEAD;
  }

  return {
    get(text) {
      const known = young.get(text);
      if (known !== undefined) return known;
      const before = old.get(text);
      if (before !== undefined) put(text, before);
      return before;
    },
    put,
  };
}
