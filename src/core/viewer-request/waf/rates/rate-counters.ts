/**
 * How often each key of each rate-based rule was seen within the rule's window. A bounded number of keys for each rule is held: who has not
 * asked for the longest is forgotten first. AWS WAF estimates, and looks about every 10 seconds; ours: every request is counted at once, and
 * whether there were more than the limit is exact to the millisecond, for which as many instants of a key are kept as the limit has requests,
 * up to `RATES.ofKey`. All keys of a rule together have `RATES.instants`; beyond either, time is counted in steps of the window, in which a
 * request counts up to one step longer. What makes a key: rate-key.ts. Other workers' counts come in by add(); edge/waf carries them.
 */
import type { Duration, Instant } from '../../../../model/units.ts';
import { RATES } from '../../../../tables/waf.ts';

export interface RateCounters {
  /** Counts one more; how many there were in the window that ends now, this one among them. */
  hit(rule: RateRule, key: string, now: Instant): number;
  /** What was counted here and not taken yet; at most `limit` keys, those whose counts are the largest parts of their limits. */
  takeNews(limit: number): readonly RateNews[];
  /** What was not taken yet is so large a part of a limit that others would let too much through (`RATES.pressing`). */
  readonly hasPressingNews: boolean;
  /** What others have counted. Of rules that are not known here, nothing is kept. */
  add(news: readonly RateNews[], now: Instant): void;
  /** Those of the snapshot in force; all others are forgotten, and who has changed begins anew. */
  retain(rules: readonly RateRule[]): void;
  /** The keys that are over the limit of a rule whose id begins so. */
  limited(idBegin: string, now: Instant): readonly string[];
  /** The same counts, for those who only look: what hit() would say, and nothing changes. */
  readonly onlooker: Pick<RateCounters, 'hit'>;
  readonly hasRules: boolean;
}

export interface RateRule {
  /** Says which rule of which web ACL it is, and how it counts: a rule that is changed has another. */
  readonly id: string;
  readonly window: Duration;
  readonly limit: number;
}

export interface RateNews {
  readonly rule: string;
  readonly key: string;
  readonly count: number;
}

/** Requests of some instant, or of up to one step from `from` on; the oldest of a key, of all instants up to `last`. */
interface Tally {
  readonly from: Instant;
  last: Instant;
  count: number;
}

/** One key: its tallies, the oldest first, and the sum of their counts. */
interface Seen {
  readonly tallies: Tally[];
  total: number;
}

interface Counted {
  readonly rule: RateRule;
  /** In the order of their last use. */
  readonly keys: Map<string, Seen>;
  /** The tallies of all keys. */
  instants: number;
  /** When room was last made among them. */
  madeRoomAt: Instant;
  readonly news: Map<string, number>;
}

export function createRateCounters({ instants, ofKey }: Pick<typeof RATES, 'instants' | 'ofKey'> = RATES): RateCounters {
  let rules = new Map<string, Counted>();
  let hasPressingNews = false;

  function count(counted: Counted, key: string, added: number, now: Instant): number {
    const { rule, keys } = counted;
    const seen = keys.get(key) ?? { tallies: [], total: 0 };
    keys.delete(key);
    if (keys.size >= RATES.keys) forgetOldest(counted);
    keys.set(key, seen);
    const before = seen.tallies.length;
    forgetBefore(seen, now - rule.window);
    const isExact = counted.instants < instants && seen.tallies.length < ofKey;
    put(seen, added, now, isExact ? 0 : rule.window / RATES.steps);
    if (seen.tallies.length > rule.limit + 1) joinOldest(seen.tallies);
    counted.instants += seen.tallies.length - before;
    if (counted.instants >= instants) makeRoom(counted, now);
    return seen.total;
  }

  return {
    hit(rule, key, now) {
      let counted = rules.get(rule.id);
      if (counted === undefined) rules.set(rule.id, (counted = empty(rule)));
      const untold = (counted.news.get(key) ?? 0) + 1;
      counted.news.set(key, untold);
      if (counted.news.size > RATES.keys) for (const oldest of oldestKeys(counted.news)) counted.news.delete(oldest);
      const total = count(counted, key, 1, now);
      // Who is over the limit already is over it everywhere soon enough.
      if (total <= rule.limit && untold * RATES.pressing >= rule.limit) hasPressingNews = true;
      return total;
    },
    takeNews(limit) {
      const all = [...rules.values()].flatMap(({ rule, news }) =>
        [...news].map(([key, counted]) => ({ news: { rule: rule.id, key, count: counted }, share: counted / rule.limit })),
      );
      if (all.length > limit) all.sort((one, other) => other.share - one.share);
      const taken = all.slice(0, limit).map(({ news }): RateNews => news);
      for (const { rule, key } of taken) rules.get(rule)?.news.delete(key);
      hasPressingNews = (all[limit]?.share ?? 0) * RATES.pressing >= 1;
      return taken;
    },
    add(news, now) {
      for (const { rule, key, count: added } of news) {
        const counted = rules.get(rule);
        if (counted !== undefined) count(counted, key, added, now);
      }
    },
    retain(kept) {
      rules = new Map(kept.map((rule) => [rule.id, rules.get(rule.id) ?? empty(rule)]));
    },
    limited(idBegin, now) {
      const found = [...rules.values()].filter(({ rule }) => rule.id.startsWith(idBegin));
      return found.flatMap(({ rule, keys }) =>
        [...keys].filter(([, seen]) => sum(seen, now - rule.window) > rule.limit).map(([key]) => key),
      );
    },
    onlooker: {
      hit: (rule, key, now) => sum(rules.get(rule.id)?.keys.get(key), now - rule.window) + 1,
    },
    get hasPressingNews() {
      return hasPressingNews;
    },
    get hasRules() {
      return rules.size > 0;
    },
  };
}

function empty(rule: RateRule): Counted {
  return { rule, keys: new Map(), instants: 0, madeRoomAt: -Infinity, news: new Map() };
}

/** Who has gone must not take the room of those who come. Looked after once a step: finding the oldest key takes its time. */
function makeRoom(counted: Counted, now: Instant): void {
  const { keys, rule } = counted;
  if (now - counted.madeRoomAt < rule.window / RATES.steps) return;
  counted.madeRoomAt = now;
  for (const [key, { tallies }] of keys) {
    if (tallies.at(-1)!.last > now - rule.window) return;
    counted.instants -= tallies.length;
    keys.delete(key);
  }
}

/** Many at once: finding the oldest key takes its time. */
function forgetOldest(counted: Counted): void {
  for (const key of oldestKeys(counted.keys)) {
    counted.instants -= counted.keys.get(key)?.tallies.length ?? 0;
    counted.keys.delete(key);
  }
}

function oldestKeys(map: ReadonlyMap<string, unknown>): readonly string[] {
  const oldest: string[] = [];
  for (const key of map.keys()) if (oldest.push(key) >= RATES.keys / RATES.steps) break;
  return oldest;
}

/** `step`: how far from its first instant a tally may reach. */
function put(seen: Seen, added: number, now: Instant, step: Duration): void {
  const newest = seen.tallies.at(-1);
  if (newest !== undefined && now - newest.from <= step) {
    newest.count += added;
    // Who has sent a long body has come before others that were counted.
    newest.last = Math.max(newest.last, now);
  } else seen.tallies.push({ from: now, last: now, count: added });
  seen.total += added;
}

/** Of more instants than the limit has requests, the newest alone say whether it is passed: as long as the oldest count, they all do. */
function joinOldest(tallies: Tally[]): void {
  const oldest = tallies.shift();
  tallies[0]!.count += oldest?.count ?? 0;
}

/** What was counted at `end` or before is no longer in the window. */
function forgetBefore(seen: Seen, end: Instant): void {
  let gone = 0;
  while (gone < seen.tallies.length && seen.tallies[gone]!.last <= end) seen.total -= seen.tallies[gone++]!.count;
  if (gone > 0) seen.tallies.splice(0, gone);
}

/** Of what was counted after `end`. */
function sum(seen: Seen | undefined, end: Instant): number {
  let total = 0;
  for (const { last, count } of seen?.tallies ?? []) if (last > end) total += count;
  return total;
}
