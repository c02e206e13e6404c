/**
 * The numbers of the flood guard, and its modes. What they are used for: core/viewer-request/flood; how to choose: docs/guides/floods.md.
 * All are ours: AWS Shield Advanced does not tell its own. Each worker counts what it gets itself.
 */
import { MINUTE, seconds, type Duration } from '../model/units.ts';

/** In which order the modes are told; the first is what holds where nobody says. */
export const FLOOD_MODES = ['off', 'watch', 'limit'] as const;

/** `off`: nothing is counted. `watch`: floods are told. `limit`: who deviates is held to what is usual. */
export type FloodMode = (typeof FLOOD_MODES)[number];

/** What requests are told apart by, the narrowest first: who sends them, what they say they are, what they ask for. */
export const TRAIT_KINDS = ['source', 'network', 'agent', 'path'] as const;

export type TraitKind = (typeof TRAIT_KINDS)[number];

/**
 * What is counted: all requests, and those that the cache does not answer. What many viewers share, a browser or a page, says nothing of
 * requests that the cache answers: there it is only popular.
 */
export const METERS = {
  /** More than so many times what is usual is a flood if there are at least so many in a window; and how many one value must have. */
  requests: { kinds: ['source', 'network'], least: 500, leastOf: { source: 50, network: 150, agent: 250, path: 250 } },
  origin: { kinds: TRAIT_KINDS, least: 100, leastOf: { source: 20, network: 50, agent: 50, path: 50 } },
} as const satisfies Readonly<Record<string, Meter>>;

export interface Meter {
  readonly kinds: readonly TraitKind[];
  readonly least: number;
  readonly leastOf: Readonly<Record<TraitKind, number>>;
}

export type MeterName = keyof typeof METERS;

export const FLOOD = {
  /** Requests are counted in windows of this length. */
  window: seconds(5) satisfies Duration,
  factor: 4,
  /** A value is held to so many times what is usual for it. */
  headroom: 2,
  /** A kind of trait explains a flood when what deviates by it makes up that share of the excess. */
  explains: 0.5,
  /** After how many windows half of what is usual is what has been since. */
  halfLife: 60,
  /** Distributions are not judged before so many windows. */
  learning: 3,
  /** How long a value must have kept within its allowance before it is let go. */
  calm: MINUTE,
  /** Values of one kind that are counted at a time, and those whose usual number is remembered. */
  counted: 2048,
  remembered: 512,
  /** Sources that are known from quiet times. */
  known: 65_536,
} as const;
