/**
 * What the leak and poison guard has found, and what follows from it. Which rules there are: tables/guard-rules.ts; the rules themselves are the
 * files beside this one, asked in edge/fetching/guarding.ts when a response is about to be stored or shared.
 */
import type { GuardMode, GuardRule } from '../../tables/guard-rules.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

export interface Finding {
  readonly rule: GuardRule;
  /** `certain`: whoever shares this gives one viewer what another caused or owns. `likely`: it looks so, and may be meant. */
  readonly certainty: 'certain' | 'likely';
  /** What of the request is to blame, where one thing is. */
  readonly input?: UnkeyedInput | undefined;
  /** Where it shows: a response field's name, `body`, `path` or `status`. */
  readonly seenIn?: string | undefined;
  /** In octets, from the beginning of the field's value or of the body. */
  readonly offset?: number | undefined;
  /** What exactly, for people. */
  readonly because: string;
}

/** Is a response with these findings kept from everybody but its viewer? */
export function isRefused(mode: GuardMode, findings: readonly Finding[]): boolean {
  if (mode === 'refuse') return findings.length > 0;
  return mode === 'certain' && findings.some(({ certainty }) => certainty === 'certain');
}
