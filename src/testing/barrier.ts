/**
 * A gate for deterministic tests: whoever awaits it waits until it is opened. No sleeps, no polling.
 */
export interface Barrier extends PromiseLike<void> {
  open(): void;
}

export function barrier(): Barrier {
  const gate = Promise.withResolvers<undefined>();
  return {
    open: () => gate.resolve(undefined),
    // oxlint-disable-next-line unicorn/no-thenable -- awaiting the barrier itself is what makes scenarios read well.
    then: (onFulfilled, onRejected) => gate.promise.then(onFulfilled as () => never, onRejected),
  };
}
