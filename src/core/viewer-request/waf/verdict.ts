/**
 * What a web ACL decides about a request, and why: what the answer, the log, the samples, the metrics and every explanation are read off.
 * Made in evaluate.ts.
 */
import type { Field } from '../../../http/fields.ts';
import type { MatchDetail } from '../../../model/waf-engine.ts';
import type { CustomResponseBody, Visibility, WebAcl } from '../../../model/web-acl.ts';
import type { Instant } from '../../../model/units.ts';
import type { RateLimited, TokenFailure } from './inspection.ts';

export type TerminatingAction = 'ALLOW' | 'BLOCK' | 'CAPTCHA' | 'CHALLENGE';
export type LoggedAction = TerminatingAction | 'COUNT' | 'EXCLUDED_AS_COUNT';

export interface Verdict {
  readonly webAcl: WebAcl;
  readonly action: TerminatingAction;
  /** Undefined: no rule ended the evaluation, and the default action holds. */
  readonly terminating: TerminatingRule | undefined;
  /** Of BLOCK, where one is configured. */
  readonly response: BlockResponse | undefined;
  /** What the request has more on its way; names in lower case, with their prefix. */
  readonly insert: readonly Field[];
  readonly labels: readonly string[];
  readonly counted: readonly MatchedRule[];
  readonly groups: readonly GroupResult[];
  readonly limited: readonly (RateLimited & { readonly rule: string })[];
  /** As logs call them: `REQUEST_BODY`. */
  readonly oversize: readonly string[];
  readonly captcha: TokenCheck | undefined;
  readonly challenge: TokenCheck | undefined;
}

export interface MatchedRule {
  readonly name: string;
  readonly action: LoggedAction;
  readonly details: readonly MatchDetail[];
  readonly visibility: Visibility | undefined;
  /** Set on a rule of a group. */
  readonly overriddenAction?: LoggedAction | undefined;
  readonly check?: TokenCheck | undefined;
}

export interface TerminatingRule extends MatchedRule {
  readonly action: TerminatingAction;
  readonly type: 'REGULAR' | 'RATE_BASED' | 'GROUP' | 'MANAGED_RULE_GROUP';
  /** The rule of the group that it refers to. */
  readonly within: (MatchedRule & { readonly groupId: string }) | undefined;
}

export interface GroupResult {
  /** The rule that refers to it. */
  readonly rule: string;
  readonly groupId: string;
  readonly terminating: MatchedRule | undefined;
  readonly counted: readonly MatchedRule[];
}

export interface BlockResponse {
  readonly status: number;
  readonly headers: readonly Field[];
  readonly body: CustomResponseBody | undefined;
}

/** What became of a Captcha or Challenge action. */
export type TokenCheck =
  | { readonly kind: 'solved'; readonly solvedAt: Instant }
  | { readonly kind: 'unsolved'; readonly reason: TokenFailure };
