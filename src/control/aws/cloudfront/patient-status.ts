/**
 * Who asks whether a change is Deployed, or an invalidation Completed, while it is on its way to the edges, is answered when it has arrived.
 * Ours: at CloudFront that takes minutes, and its tools ask once in 60 or 20 seconds (facts A5 13); here it takes milliseconds, so that
 * the first question of `aws cloudfront wait` is the last.
 */
import type * as CloudFrontSdk from '@aws-sdk/client-cloudfront';
import type { Clock } from '../../../edge/ports.ts';
import type { Publisher } from '../../publish/publisher.ts';
import { patiently } from '../patience.ts';
import type { Handlers } from '../wire/types.ts';

export function withPatientStatus(
  handlers: Handlers<typeof CloudFrontSdk>,
  publisher: Pick<Publisher, 'settled'>,
  clock: Pick<Clock, 'after'>,
): Handlers<typeof CloudFrontSdk> {
  const arrived = (): Promise<void> => patiently(clock, publisher.settled());
  const { GetDistribution, GetInvalidation } = handlers;
  return {
    ...handlers,
    ...(GetDistribution && { GetDistribution: async (input, call) => arrived().then(() => GetDistribution(input, call)) }),
    ...(GetInvalidation && { GetInvalidation: async (input, call) => arrived().then(() => GetInvalidation(input, call)) }),
  };
}
