/**
 * A body that nobody will read is let go of.
 */
import type { ReplyBody } from '../visit.ts';

export function discard(body: ReplyBody): void {
  if (body.kind === 'growing' || body.kind === 'tunnel') body.discard();
}
