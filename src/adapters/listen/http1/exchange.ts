/**
 * One request of an HTTP/1.1 connection, from its head to the last octet of its answer, and whether the connection can go on behind it.
 * How it is led there: http1-lane.ts.
 */
import type { IncomingBody } from '../incoming-body.ts';
import { DISCARDED } from '../lane-limits.ts';
import type { ReadHead } from './read-head.ts';
import type { RequestBodyReader } from './request-body-reader.ts';

/** A request whose answer is not complete, or whose body is still arriving. */
export interface Exchange {
  readonly head: ReadHead;
  readonly incoming: IncomingBody | undefined;
  /** What is there of the body is read first, so that a request whose framing is broken is never begun. */
  isAsked: boolean;
  /** What is wrong with the framing of the body, found once the edge had been asked. */
  fault: string | undefined;
  /** Undefined once the whole body has been received. */
  reader: RequestBodyReader | undefined;
  /** The viewer waits for 100 (Continue). */
  awaitsContinue: boolean;
  hasBegunAnswer: boolean;
  hasAnswered: boolean;
}

/** Whether what is still to come of the request's body will be read, or can be read and dropped. */
export function canPassOver({ incoming, reader, awaitsContinue }: Exchange): boolean {
  if (reader === undefined || incoming === undefined) return true;
  if (incoming.isTouched && !incoming.isAbandoned) return true;
  return !awaitsContinue && reader.left !== undefined && reader.left <= DISCARDED;
}
