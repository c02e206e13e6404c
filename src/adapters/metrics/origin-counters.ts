/**
 * Counts what is asked of origins, as an OriginClient in front of the next: background refreshes and failovers are counted, too, and
 * those who share a fetch are not. Kinds of failure are the words of the access log.
 */
import { OriginFailure, type Clock, type OriginClient } from '../../edge/ports.ts';
import type { MetricsReading, Sample } from '../../tables/metrics.ts';
import { createLabelSlots } from './label-slots.ts';
import { createLatencies } from './latencies.ts';

export interface OriginCounters extends OriginClient {
  read(): MetricsReading;
}

export function countOriginRequests(next: OriginClient, clock: Pick<Clock, 'now'>): OriginCounters {
  const origins = createLabelSlots(() => ({ results: new Map<string, number>(), latencies: createLatencies() }));

  return {
    async send(request, target, body, signal) {
      const sentAt = clock.now();
      const origin = origins.of(request.hostname);
      const count = (result: string): void => {
        origin.results.set(result, (origin.results.get(result) ?? 0) + 1);
        origin.latencies.observe(clock.now() - sentAt);
      };
      try {
        const response = await next.send(request, target, body, signal);
        count(`${Math.floor(response.head.status / 100)}xx`);
        return response;
      } catch (error) {
        count(error instanceof OriginFailure ? error.detail : 'Error');
        throw error;
      }
    },

    read() {
      const requests: Sample[] = [];
      const seconds: Sample[] = [];
      for (const [origin, { results, latencies }] of origins.entries()) {
        for (const [result, value] of results) requests.push({ labels: [origin, result], value });
        if (latencies.count > 0) seconds.push({ labels: [origin], value: latencies.read() });
      }
      return { warmfront_origin_requests_total: requests, warmfront_origin_response_seconds: seconds };
    },
  };
}
