/**
 * Who may sign requests for a cache behavior, made fast: the trusted public keys by the id that a request names. Facts 9.1. Key groups and
 * accounts were resolved to keys in the control plane; keys are parsed at the edge, once (edge/ports.ts, SignatureVerifier).
 */
import type { Signers, TrustedKey } from './distribution.ts';

export interface CompiledSigners {
  /** Empty: nobody can sign, and nobody gets in. */
  readonly keys: ReadonlyMap<string, TrustedKey>;
}

/** Undefined: requests need no signature. */
export function compileSigners(signers: Signers | undefined): CompiledSigners | undefined {
  return signers && { keys: new Map(signers.keys.map((key) => [key.id, key])) };
}
