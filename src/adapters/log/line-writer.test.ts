import { expect, test } from 'bun:test';
import type { Delivery, Outcome } from '../../core/outcome.ts';
import { logLine } from '../../tables/log-line.ts';
import { createLineWriter } from './line-writer.ts';
import {
  LOG_CONTEXT as context,
  LOGGED_DELIVERY as delivery,
  LOGGED_OUTCOME as outcome,
  LOGGED_REQUEST as request,
} from '../../../test/samples/log-entry.ts';

/** Longer than any line here. */
const SLAB = 2000;

test('a request that recurs has the lines it would have otherwise', () => {
  const shared = delivery.responseFields![0];
  const hit: Partial<Outcome> = { status: 200 };
  const own = (age: string): Partial<Delivery> => ({ responseFields: [shared, [], [['age', age]]] });
  // One after the other, on one connection, each behind one that they differ from.
  const turns: readonly (readonly [Partial<Outcome>, Partial<Delivery>])[] = [
    [hit, own('9')],
    [
      { ...hit, requestId: 'b', receivedAt: 0, cacheKey: 'other' },
      { ...own('10'), timeTaken: 1, timeToFirstByte: 0 },
    ],
    [hit, own('10')],
    [{ ...hit, distributionId: 'E2' }, own('9')],
    [hit, { ...own('9'), contentLength: 7, bodyBytes: 7 }],
    [hit, { ...own('9'), complete: false }],
    [{ ...hit, cache: { kind: 'miss', reason: 'stale', stored: true, notStored: undefined }, answeredBy: 'origin' }, own('9')],
    [{ ...hit, errorDetail: 'LimitExceeded' }, own('9')],
    [{ ...hit, redirected: true }, own('9')],
    [{ status: 206 }, own('9')],
    [{ status: 404 }, own('9')],
    [hit, { responseFields: [[['content-type', 'text/css']], [], []] }],
    [hit, own('9')],
  ];
  const recurring = { ...request, recurs: true };
  const slab = Buffer.alloc(SLAB);
  const write = createLineWriter(context);
  for (const [changed, delivered] of turns.flatMap((turn) => [turns[0]!, turn])) {
    const rest = [
      { ...outcome, ...changed },
      { ...delivery, ...delivered },
    ] as const;
    const length = write(slab, 7, recurring, ...rest);
    expect(slab.toString('latin1', 7, 7 + length)).toBe(logLine(request, ...rest, context));
  }
});
