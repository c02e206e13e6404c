/**
 * A request body as it is being sent: read once, and given up at any time. It outlives one attempt, because a request whose body
 * has not begun may still be sent on another connection.
 */
import type { RequestBody } from '../../edge/ports.ts';

export class RequestBodySource {
  private iterator: AsyncIterator<Uint8Array> | undefined;
  private pending: Promise<IteratorResult<Uint8Array>> | undefined;
  private begun = false;

  constructor(readonly body: RequestBody) {}

  /** True once any of it, or its end, has been taken for sending: the request cannot be sent again. */
  get hasBegun(): boolean {
    return this.begun;
  }

  /** The next chunk, or undefined at the end. The same chunk is offered until `consume` takes it. */
  peek(): Promise<IteratorResult<Uint8Array>> {
    if (this.body.kind === 'none') return Promise.resolve({ done: true, value: undefined });
    this.iterator ??= this.body.chunks[Symbol.asyncIterator]();
    this.pending ??= this.iterator.next();
    return this.pending;
  }

  consume(): void {
    this.begun = true;
    this.pending = undefined;
  }

  /** No more is wanted; the source may let go of what it holds. */
  release(): void {
    // A failure of a body that nobody waits for any more has been reported by whoever gave it up.
    this.pending?.catch(() => {});
    this.iterator?.return?.().catch(() => {});
  }
}
