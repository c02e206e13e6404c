/**
 * The flood guard: counts requests, learns what is usual for each distribution, and while far more come than that, holds back those who
 * deviate, and lets go of them when they have calmed down. Sources that were there before the flood are held to their own number alone, never
 * to that of a network, a browser or a page that they share with it.
 * What a flood is and who makes it: judge-flood.ts. The numbers: tables/flood.ts. One guard counts what one worker gets.
 */
import type { Instant } from '../../../model/units.ts';
import { FLOOD, TRAIT_KINDS, type MeterName, type TraitKind } from '../../../tables/flood.ts';
import type { ViewerRequest } from '../../request.ts';
import { createCountedWindow, type CountedWindow } from './counted-window.ts';
import type { Deviation } from './judge-flood.ts';
import { traitsOf, type Traits } from './traits.ts';

export interface FloodGuard {
  /** Counts the request; the measure that it falls under, if it is more than that allows. */
  admit(distributionId: string, request: FloodRequest, now: Instant): Measure | undefined;
  /** The cache does not answer a request that was admitted. */
  reachesOrigin(distributionId: string, request: FloodRequest, now: Instant): void;
  /** The measure that the request falls under, for onlookers: nothing is counted. */
  measureFor(distributionId: string, request: FloodRequest): Measure | undefined;
  /** Forgets distributions that are not there any more. */
  retain(isThere: (distributionId: string) => boolean): void;
}

export type FloodRequest = Pick<ViewerRequest, 'viewerAddress' | 'path' | 'fields'>;

/** What a value of a trait is held to. */
export interface Measure extends Pick<Deviation, 'kind' | 'value' | 'allowance'> {
  readonly since: Instant;
}

export type FloodEvent = { readonly distributionId: string; readonly at: Instant } & (
  | {
      readonly kind: 'flood';
      readonly meter: MeterName;
      readonly requests: number;
      readonly usual: number;
      /** Somebody stands out. */
      readonly explained: boolean;
    }
  | { readonly kind: 'held' | 'let-go'; readonly measure: Measure; readonly requests: number; readonly refused: number }
  | { readonly kind: 'over'; readonly since: Instant; readonly refused: number }
);

interface Held extends Measure {
  /** In this window. */
  admitted: number;
  demanded: number;
  refused: number;
  calmSince: Instant;
}

interface Watched {
  readonly id: string;
  windowFrom: Instant;
  /** Of the requests of this window. */
  admitted: number;
  readonly meters: Readonly<Record<MeterName, CountedWindow>>;
  readonly held: Map<string, Held>;
  readonly known: Set<string>;
  flood: { readonly since: Instant; refused: number } | undefined;
}

const METER_NAMES = ['requests', 'origin'] as const satisfies readonly MeterName[];

export function createFloodGuard(tell: (event: FloodEvent) => void): FloodGuard {
  const all = new Map<string, Watched>();

  /** The distribution as it is in the window of `now`. */
  function at(distributionId: string, now: Instant): Watched {
    let it = all.get(distributionId);
    if (it === undefined) all.set(distributionId, (it = newlyWatched(distributionId, now)));
    const passed = Math.floor((now - it.windowFrom) / FLOOD.window);
    if (passed >= 1) closeWindows(it, passed);
    return it;
  }

  /** `passed`: the window that was being counted, and those after it in which nobody asked. */
  function closeWindows(it: Watched, passed: number): void {
    const end = it.windowFrom + FLOOD.window;
    // What has been counted of those who are held since tells of nobody else.
    const isWhole = [...it.held.values()].every(({ since }) => since <= it.windowFrom);
    for (const name of METER_NAMES) look(it, name, end, isWhole);
    letGo(it, end);
    const isCalm = it.flood === undefined;
    if (isCalm) meet(it);
    const { requests, origin } = it.meters;
    requests.close(it.admitted, isCalm, passed - 1);
    origin.close(origin.requests, isCalm, passed - 1);
    for (const held of it.held.values()) Object.assign(held, { admitted: 0, demanded: 0 });
    it.windowFrom += passed * FLOOD.window;
    it.admitted = 0;
    if (passed > 1) letGo(it, it.windowFrom);
  }

  /** Whether there is a flood, and whom to hold. */
  function look(it: Watched, meter: MeterName, now: Instant, isWhole = false): void {
    const verdict = it.meters[meter].judge(isWhole);
    if (verdict.kind === 'calm') return;
    const { requests } = it.meters[meter];
    const { deviating } = verdict;
    if (it.flood === undefined) {
      it.flood = { since: now, refused: 0 };
      const usual = Math.round(verdict.usual);
      tell({ kind: 'flood', distributionId: it.id, at: now, meter, requests, usual, explained: deviating.length > 0 });
    }
    for (const { kind, value, count, allowance } of deviating) {
      const key = keyOf(kind, value);
      if (it.held.has(key)) continue;
      const held: Held = { kind, value, allowance, since: now, admitted: count, demanded: count, refused: 0, calmSince: now };
      it.held.set(key, held);
      tell({ kind: 'held', distributionId: it.id, at: now, measure: measureOf(held), requests: count, refused: 0 });
    }
  }

  /** Those who have kept within their allowance for long enough, and the flood, when nobody is held any more. */
  function letGo(it: Watched, now: Instant): void {
    for (const [key, held] of it.held) {
      if (held.demanded > held.allowance) held.calmSince = now;
      if (now - held.calmSince < FLOOD.calm) continue;
      it.held.delete(key);
      const { demanded, refused } = held;
      tell({ kind: 'let-go', distributionId: it.id, at: now, measure: measureOf(held), requests: demanded, refused });
    }
    if (it.flood === undefined || it.held.size > 0 || METER_NAMES.some((name) => it.meters[name].isHigh)) return;
    tell({ kind: 'over', distributionId: it.id, at: now, ...it.flood });
    it.flood = undefined;
  }

  return {
    admit(distributionId, request, now) {
      const it = at(distributionId, now);
      const traits = traitsOf(request);
      let held = heldBy(it, traits);
      // What is held already says nothing of others.
      if (held === undefined && it.meters.requests.count(traits)) {
        look(it, 'requests', now);
        held = heldBy(it, traits);
      }
      if (held !== undefined) {
        held.demanded += 1;
        if (held.admitted >= held.allowance) {
          held.refused += 1;
          if (it.flood !== undefined) it.flood.refused += 1;
          return held;
        }
        held.admitted += 1;
      }
      it.admitted += 1;
      return undefined;
    },
    reachesOrigin(distributionId, request, now) {
      const it = at(distributionId, now);
      const traits = traitsOf(request);
      if (heldBy(it, traits) === undefined && it.meters.origin.count(traits)) look(it, 'origin', now);
    },
    measureFor(distributionId, request) {
      const it = all.get(distributionId);
      const held = it && heldBy(it, traitsOf(request));
      return held && measureOf(held);
    },
    retain(isThere) {
      for (const id of all.keys()) if (!isThere(id)) all.delete(id);
    },
  };
}

function newlyWatched(id: string, now: Instant): Watched {
  const meters = { requests: createCountedWindow('requests'), origin: createCountedWindow('origin') };
  return { id, windowFrom: now, admitted: 0, meters, held: new Map(), known: new Set(), flood: undefined };
}

function heldBy(it: Watched, traits: Traits): Held | undefined {
  if (it.held.size === 0) return undefined;
  const own = it.held.get(keyOf('source', traits.source));
  if (own !== undefined || it.known.has(traits.source)) return own;
  for (const kind of TRAIT_KINDS) {
    const held = it.held.get(keyOf(kind, traits[kind]));
    if (held !== undefined) return held;
  }
  return undefined;
}

/** Who asks in quiet times is known; who has not for the longest is forgotten first. */
function meet({ meters, known }: Watched): void {
  for (const [source] of meters.requests.sources()) {
    known.delete(source);
    known.add(source);
  }
  for (const source of known) {
    if (known.size <= FLOOD.known) return;
    known.delete(source);
  }
}

function measureOf({ kind, value, allowance, since }: Held): Measure {
  return { kind, value, allowance, since };
}

function keyOf(kind: TraitKind, value: string): string {
  return `${kind} ${value}`;
}
