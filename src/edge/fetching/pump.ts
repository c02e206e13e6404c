/**
 * How a response's body gets from the next tier to those who read it and into the store: held while it is small, written to the disk
 * as it comes when it is not, passed through where there is no room. What is stored, and whether, is the fill's business (fills.ts).
 */
import { MIB, type Bytes } from '../../model/units.ts';
import type { GrowingBody } from '../bodies/growing-body.ts';
import type { OriginFailure, OriginResponse } from '../ports.ts';
import type { Store, StoreFill } from '../store-ports.ts';
import type { Retention } from './retention.ts';

/** Ours: a larger body goes to the disk as it comes, where there is one; what passes through is never held whole. */
export const LARGEST_HELD: Bytes = MIB;

/** A body that is whole: held, or written already. */
export type Arrived =
  | { readonly bytes: Uint8Array; readonly length: Bytes; readonly fill: undefined }
  | { readonly fill: StoreFill; readonly length: Bytes };

/** Moves the body from the next tier into the growing body, and the whole into the store. Never rejects. */
export type Pump = (
  response: Pick<OriginResponse, 'body' | 'cancel'>,
  body: GrowingBody,
  toStore: boolean,
  known: StoreFill | undefined,
  keep: (arrived: Arrived) => Promise<void> | undefined,
) => Promise<void>;

export interface PumpPorts {
  readonly store: Store;
  readonly retention: Retention;
  /** What broke off, as readers of the body will see it. */
  readonly failed: (error: unknown) => OriginFailure;
}

export function createPump({ store, retention, failed }: PumpPorts): Pump {
  return async function pump(response, body, toStore, known, keep) {
    body.onAbandoned = () => response.cancel();
    if (!toStore) body.release();
    let fill = known;
    let isRefused = false;
    let counted: Bytes = 0;
    try {
      await (fill && body.spill(fill));
      for await (const chunk of response.body) {
        if (body.isRetained && fill === undefined) {
          counted += chunk.byteLength;
          retention.hold(chunk.byteLength);
          if (!isRefused && (counted > LARGEST_HELD || retention.isExceeded)) {
            fill = store.fill(undefined);
            isRefused = fill === undefined;
          }
          if (fill !== undefined) {
            await body.spill(fill);
            retention.free(counted);
            counted = 0;
          } else if (counted > store.stats.largestObject || retention.isExceeded) {
            // A body of unknown length that outgrows the store goes on as a passing one.
            body.release();
          }
        }
        await body.append(chunk);
      }
      body.end();
      const bytes = body.whole();
      if (bytes !== undefined) await keep({ bytes, length: bytes.byteLength, fill: undefined });
      else if (fill !== undefined && body.isRetained) await keep({ fill, length: body.received });
    } catch (error) {
      body.fail(failed(error));
    } finally {
      retention.free(counted);
      if (fill !== undefined) void body.unread.then(fill.close);
    }
  };
}
