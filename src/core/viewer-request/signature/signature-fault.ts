/**
 * Why a signature does not let a request in: which part of it fails, and how. The words that viewers get: tables/signature-errors.ts;
 * the words for people: insight/explain/signature-words.ts.
 */
import type { PolicyFault } from '../../../model/signing/policy-statement.ts';
import type { ResourceSection } from '../../../model/signing/resource-pattern.ts';
import type { Duration, Instant } from '../../../model/units.ts';

export type SignatureFault =
  /** `missing`: nothing is signed at all, or not said with which key. */
  | { readonly part: 'key-pair-id'; readonly reason: 'missing' | 'repeated' }
  | { readonly part: 'key-pair-id'; readonly reason: 'malformed' | 'unknown'; readonly given: string }
  | { readonly part: 'hash-algorithm'; readonly reason: 'repeated' }
  | { readonly part: 'hash-algorithm'; readonly reason: 'unknown'; readonly given: string }
  /** `malformed`: not in the base64 of signed URLs. `wrong`: the key did not sign this. */
  | { readonly part: 'signature'; readonly reason: 'missing' | 'repeated' | 'malformed' | 'wrong' }
  /** `contradictory`: Expires and Policy both. `malformed`: not in base64, or Expires no time. */
  | { readonly part: 'policy'; readonly reason: 'missing' | 'repeated' | 'contradictory' | 'malformed' }
  | { readonly part: 'policy'; readonly reason: 'not-understood'; readonly fault: PolicyFault }
  | { readonly part: 'resource'; readonly reason: 'mismatch'; readonly pattern: string; readonly section: ResourceSection }
  | { readonly part: 'date'; readonly reason: 'expired'; readonly at: Instant; readonly by: Duration }
  | { readonly part: 'date'; readonly reason: 'not-yet-valid'; readonly after: Instant; readonly in: Duration }
  | { readonly part: 'address'; readonly reason: 'outside'; readonly network: string; readonly address: string };
