/**
 * Requests put before a web ACL without serving them (`warmfront waf test`, POST /_warmfront/waf/test): what is asked, and what is answered.
 * Plain JSON.
 */
import type { WafExplanation } from './explanation.ts';
import type { Instant } from './units.ts';

/** How many requests one question may have: rate-based rules count what is in it. */
export const MOST_TESTED = 2000;

export interface WafTestQuestion {
  /** Name, id or ARN of a web ACL that exists; or else `definition`. */
  readonly webAcl?: string | undefined;
  /** A web ACL as the API writes it: what GetWebACL answers, or CreateWebACL takes. */
  readonly definition?: unknown;
  readonly requests: readonly WafTestRequest[];
}

export interface WafTestRequest {
  readonly method?: string | undefined;
  /** Absolute. */
  readonly url: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Octets, one for each character. */
  readonly body?: string | undefined;
  /** The viewer's address; this machine's unless given. */
  readonly from?: string | undefined;
  /** When it came, for rate-based rules; all at once unless given. */
  readonly at?: Instant | undefined;
}

export interface WafTestResult extends WafExplanation {
  readonly method: string;
  readonly url: string;
  /** Of an answer that is not the origin's. */
  readonly status?: number;
}
