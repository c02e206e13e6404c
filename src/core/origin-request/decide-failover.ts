/**
 * Failover: does the second origin of a group answer in place of the first? Facts 8.2. Asked once for each miss, when the primary
 * origin has answered or failed; no state is kept, so the next miss begins with the primary again. Whether this request may fail
 * over at all, and to whom, was decided in choose-origin.ts; that a body cannot be sent twice, the driver knows.
 */
import { CONNECT_TIMEOUT_FAILS_OVER_ON } from '../../model/assumptions.ts';
import { isLambdaError } from '../../tables/result-types.ts';
import type { ErrorDetail, Failover } from '../outcome.ts';
import type { ChosenOrigin } from './choose-origin.ts';

/** What came of asking the primary origin. */
export type PrimaryResult =
  | { readonly kind: 'answered'; readonly status: number }
  | {
      readonly kind: 'failed';
      readonly status: 502 | 503 | 504;
      readonly detail: ErrorDetail;
      /** It failed before there was a connection. */
      readonly whileConnecting: boolean;
    };

/** The failover to carry out, or undefined where the primary's result stands. */
export function decideFailover({ primary, secondary, failoverOn }: ChosenOrigin, result: PrimaryResult): Failover | undefined {
  if (secondary === undefined) return undefined;
  const { reason, codes } = result.kind === 'answered' ? answered(result.status) : failed(result);
  const code = codes.find((listed) => failoverOn.includes(listed));
  return code === undefined ? undefined : { from: primary.id, reason, code };
}

interface Judgement {
  readonly reason: Failover['reason'];
  /** The criteria that count for it. */
  readonly codes: readonly number[];
}

function answered(status: number): Judgement {
  return { reason: 'status', codes: [status] };
}

function failed({ status, detail, whileConnecting }: Extract<PrimaryResult, { kind: 'failed' }>): Judgement {
  // The viewer left or broke off: no origin failed.
  if (detail === 'ClientCommError' || detail === 'ClientHungUpRequest') return { reason: 'status', codes: [] };
  // Ours: what a function has failed at is no origin's failure.
  if (isLambdaError(detail)) return { reason: 'status', codes: [] };
  // CloudFront: timeouts fail over where 504 is a criterion, an origin that cannot be connected to where 503 is.
  if (status === 504) return { reason: 'timeout', codes: whileConnecting ? CONNECT_TIMEOUT_FAILS_OVER_ON : [504] };
  if (whileConnecting || detail === 'OriginConnectError' || detail === 'OriginDnsError')
    return { reason: 'connect', codes: [503] };
  // What is no valid answer would be a 502 to the viewer, and counts as one.
  return { reason: 'status', codes: [status] };
}
