/**
 * An answer's body on its way to a viewer: one chunk is asked for when those before it have been taken, the announced length is held
 * to, and the edge hears once how it ended. What a chunk becomes on the wire, and what a broken body does to it, is the lane's.
 */
import type { AnswerBody, EdgeAnswer } from '../../edge/answer.ts';
import type { Bytes } from '../../model/units.ts';

/** Where chunks go. */
export interface BodySink {
  /** Takes a chunk, which is never empty and does not change any more. A promise: wait before the next. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** The body is whole. */
  end(): void;
  /** The body broke off, or is not as long as announced: the viewer must not take it for whole. */
  fail(): void;
}

export interface OutgoingBody {
  /** The viewer has left: no chunk is asked for any more and the edge is told. Whoever write() made wait should be let go, too. */
  cancel(): void;
}

type StreamBody = Extract<AnswerBody, { kind: 'stream' | 'tunnel' }>;

/** Starts to send. Never throws; how it ends is told to the sink, and to the edge. */
export function sendBody(answer: EdgeAnswer, body: StreamBody, sink: BodySink): OutgoingBody {
  const length = body.kind === 'stream' ? body.length : undefined;
  let sent: Bytes = 0;
  let isOver = false;

  function finish(complete: boolean): void {
    if (isOver) return;
    isOver = true;
    if (!complete) body.cancel();
    answer.delivered?.({ bodyBytes: sent, complete });
  }

  async function pull(): Promise<void> {
    try {
      for await (const chunk of body.chunks) {
        if (isOver) return;
        if (chunk.byteLength === 0) continue;
        if (length !== undefined && sent + chunk.byteLength > length) throw new Error('the body is longer than announced');
        sent += chunk.byteLength;
        await sink.write(chunk);
        if (isOver) return;
      }
      if (isOver) return;
      if (length !== undefined && sent !== length) throw new Error('the body is shorter than announced');
    } catch {
      // What failed is in the outcome's errorDetail.
      if (isOver) return;
      finish(false);
      sink.fail();
      return;
    }
    finish(true);
    sink.end();
  }

  void pull();
  return { cancel: () => finish(false) };
}
