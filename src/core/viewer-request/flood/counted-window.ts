/**
 * One meter of one distribution: the window that is being counted, and what is usual in a window.
 */
import { FLOOD, METERS, TRAIT_KINDS, type Meter, type MeterName, type TraitKind } from '../../../tables/flood.ts';
import { createHeavyValues } from './heavy-values.ts';
import { floodFrom, judgeBegun, judgeFlood, type FloodVerdict } from './judge-flood.ts';
import type { Traits } from './traits.ts';
import { createUsual, type Counts } from './usual.ts';

export interface CountedWindow {
  readonly requests: number;
  /** True where that is so many that there should be a look before the window ends. */
  count(traits: Traits): boolean;
  /** `isWhole`: the window is over. */
  judge(isWhole: boolean): FloodVerdict;
  /** Still, or again, more than is usual? */
  readonly isHigh: boolean;
  sources(): Iterable<readonly [value: string, count: number]>;
  /** The window is over, and `missed` more in which nobody asked. `admitted` of its requests were; in calm, its values are learnt, too. */
  close(admitted: number, isCalm: boolean, missed: number): void;
}

export function createCountedWindow(name: MeterName): CountedWindow {
  const meter: Meter = METERS[name];
  const usual = createUsual(meter.kinds);
  const heavy = {
    source: createHeavyValues(FLOOD.counted),
    network: createHeavyValues(FLOOD.counted),
    agent: createHeavyValues(FLOOD.counted),
    path: createHeavyValues(FLOOD.counted),
  } satisfies Record<TraitKind, unknown>;
  let requests = 0;
  let lookAt = Number.POSITIVE_INFINITY;

  function counts(): Counts {
    const { source, network, agent, path } = heavy;
    return { source: source.entries(), network: network.entries(), agent: agent.entries(), path: path.entries() };
  }

  return {
    get requests() {
      return requests;
    },
    count(traits) {
      requests += 1;
      for (const kind of meter.kinds) heavy[kind].add(traits[kind]);
      if (requests < lookAt) return false;
      lookAt *= 2;
      return true;
    },
    judge: (isWhole) => (isWhole ? judgeFlood : judgeBegun)(meter, requests, counts(), usual),
    get isHigh() {
      return requests >= floodFrom(meter, usual);
    },
    sources: () => heavy.source.entries(),
    close(admitted, isCalm, missed) {
      usual.learn(admitted, counts(), isCalm);
      if (missed > 0) usual.rest(missed);
      requests = 0;
      lookAt = floodFrom(meter, usual);
      for (const kind of TRAIT_KINDS) heavy[kind].clear();
    },
  };
}
