/**
 * How many requests may be under way at once, in all and to one origin, and who waits for a place. Whoever finds the process full, or
 * an origin's queue, is told at once: waiting longer would only make more wait. The figures: tables/capacity.ts.
 */
import type { Clock } from '../../edge/ports.ts';
import type { Duration } from '../../model/units.ts';
import type { Capacity } from '../../tables/capacity.ts';
import type { CallEnd } from './call-end.ts';
import { noPlace } from './failures.ts';

/** Gives the place back. Call once. */
export type Leave = () => void;

interface Waiting {
  readonly admit: () => void;
}

interface Origin {
  busy: number;
  /** In order of arrival. */
  readonly waiting: Set<Waiting>;
}

export interface Wanting {
  /** Scheme, host and port. */
  readonly place: string;
  /** The origin as messages call it. */
  readonly origin: string;
  readonly patience: Duration;
  /** Its failure is the one to reject with. */
  readonly over: CallEnd;
}

export class OriginPlaces {
  private readonly origins = new Map<string, Origin>();
  private busy = 0;

  constructor(
    private readonly clock: Clock,
    private readonly capacity: Pick<Capacity, 'originRequests' | 'requestsPerOrigin' | 'waitingPerOrigin'>,
  ) {}

  /** A place for one request, at once where there is one. Throws or rejects with AttemptFailure. */
  take(wanting: Wanting): Leave | Promise<Leave> {
    const { originRequests, requestsPerOrigin, waitingPerOrigin } = this.capacity;
    if (this.busy >= originRequests) throw noPlace(wanting.origin, `${originRequests} requests to origins are under way`);
    const origin = this.originAt(wanting.place);
    if (origin.busy < requestsPerOrigin) return this.enter(wanting.place, origin);
    const full = `${requestsPerOrigin} requests to it are under way`;
    if (origin.waiting.size >= waitingPerOrigin) throw noPlace(wanting.origin, `${full} and ${waitingPerOrigin} wait`);
    return this.wait(origin, wanting, full).then(() => this.leaveOf(wanting.place, origin));
  }

  private originAt(place: string): Origin {
    const known = this.origins.get(place);
    if (known !== undefined) return known;
    const origin = { busy: 0, waiting: new Set<Waiting>() };
    this.origins.set(place, origin);
    return origin;
  }

  private enter(place: string, origin: Origin): Leave {
    origin.busy += 1;
    this.busy += 1;
    return this.leaveOf(place, origin);
  }

  /** Resolves when somebody's place has become ours: it stays counted. */
  private wait(origin: Origin, { origin: name, patience, over }: Wanting, full: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { admit: () => finish(resolve) };
    const finish = (settle: () => void): void => {
      origin.waiting.delete(waiting);
      timer.cancel();
      over.tell(undefined);
      settle();
    };
    const timer = this.clock.after(patience, () =>
      finish(() => reject(noPlace(name, `${full}, and none of them has ended for ${patience / 1000} s`))),
    );
    origin.waiting.add(waiting);
    over.tell((failure) => finish(() => reject(failure)));
    return promise;
  }

  private leaveOf(place: string, origin: Origin): Leave {
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      const [next] = origin.waiting;
      if (next !== undefined) return next.admit();
      origin.busy -= 1;
      this.busy -= 1;
      if (origin.busy === 0) this.origins.delete(place);
    };
  }
}
