/**
 * What AWS WAF does with a request that matches a rule: the five actions, and what an operator adds to the request or to the answer.
 * Which of them end the evaluation, and how they are carried out: core/viewer-request/waf.
 */

export type RuleAction = AllowAction | BlockAction | CountAction | CaptchaAction | ChallengeAction;

export interface AllowAction {
  readonly kind: 'allow';
  readonly insertHeaders: CustomHeaders;
}

export interface BlockAction {
  readonly kind: 'block';
  /** Undefined: 403 with CloudFront's page. */
  readonly response: CustomResponse | undefined;
}

export interface CountAction {
  readonly kind: 'count';
  readonly insertHeaders: CustomHeaders;
}

/** Counts where the request shows a valid token, ends the evaluation otherwise. */
export interface CaptchaAction {
  readonly kind: 'captcha';
  readonly insertHeaders: CustomHeaders;
}

export interface ChallengeAction {
  readonly kind: 'challenge';
  readonly insertHeaders: CustomHeaders;
}

/** As configured: in a request, the edge puts `x-amzn-waf-` before the names. */
export type CustomHeaders = readonly { readonly name: string; readonly value: string }[];

export interface CustomResponse {
  readonly status: number;
  /** A key of the customResponseBodies of who holds the rule: its rule group, or its web ACL. */
  readonly bodyKey: string | undefined;
  readonly headers: CustomHeaders;
}
