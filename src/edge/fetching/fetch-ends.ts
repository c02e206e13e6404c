/**
 * How a fetch ends before its body is read: a response that has nothing more to say, and a failure as the rest of the edge knows it.
 */
import { OriginFailure, type OriginResponse } from '../ports.ts';

/** Reads the rest of a response that has no more to say, so that its connection can serve again. */
export async function drain(response: OriginResponse): Promise<void> {
  try {
    for await (const _ of response.body);
  } catch {
    // A 304 has no body; a connection that dies after one costs nothing but the connection.
    response.cancel();
  }
}

/** What failed, as viewers and the log will see it. What no origin can cause is our mistake, told to `report`. */
export function asOriginFailure(error: unknown, report: (message: string, error: unknown) => void): OriginFailure {
  if (error instanceof OriginFailure) return error;
  report('a fetch failed for no reason of the origin', error);
  return new OriginFailure(502, 'OriginError', 'the origin could not be asked', { cause: error });
}
