/**
 * What every way of making load takes and gives. One that meets a wrong answer throws: a fast error is no figure.
 */
import type { Case } from '../cases.ts';

export interface LoadOrder {
  readonly case: Case;
  /** Scheme, address and port. */
  readonly base: string;
  /** The Host to ask for; the base names an address. */
  readonly host: string;
  readonly seconds: number;
  /** For taskset. */
  readonly cores: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/** A load that takes so many seconds more than it was given hangs. */
export const PATIENCE = 30;

/** Fields of a response, at most, in octets: how far a load's traffic may exceed its bodies. */
const LARGEST_HEAD = 2000;

/** Every answer had the length of a right one, judged by what came in all. `received` may hold heads or not. */
export function judgeTraffic(received: number, requests: number, underWay: number, { case: it, base }: LoadOrder): void {
  const { length } = it.expected;
  // Half a percent for rounding in the tool's report; what was under way when the time was over has come in part.
  const least = requests * length * 0.995;
  const most = (requests + underWay) * (length + LARGEST_HEAD) * 1.005;
  if (!(received >= least && received <= most)) {
    throw new Error(`${base}${it.path}: ${requests} answers of ${length} octets came to ${received} octets`);
  }
}
