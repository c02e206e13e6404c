/**
 * How many tunnels there may be at once (tables/capacity.ts). A place is had before the origin is asked to upgrade, so that those on their
 * way count, too; one that does not become a tunnel is given back. What a tunnel is: tunnel.ts.
 */

export interface TunnelPlace {
  /** The tunnel has come about. Call what it returns when it is over. */
  opened(): () => void;
  /** Nothing more can happen to the request: no tunnel will come about that has not. */
  settled(): void;
}

export interface TunnelPlaces {
  readonly taken: number;
  /** Undefined when there is none. */
  take(): TunnelPlace | undefined;
}

export function createTunnelPlaces(most: number): TunnelPlaces {
  let taken = 0;
  return {
    get taken() {
      return taken;
    },
    take() {
      if (taken >= most) return undefined;
      taken += 1;
      let state: 'asked' | 'open' | 'free' = 'asked';
      const leave = (): void => {
        if (state !== 'free') taken -= 1;
        state = 'free';
      };
      return {
        opened() {
          state = 'open';
          return leave;
        },
        settled() {
          if (state === 'asked') leave();
        },
      };
    },
  };
}
