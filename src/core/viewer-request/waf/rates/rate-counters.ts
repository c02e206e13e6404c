/**
 * How often each key of each rate-based rule was seen within the rule's window. A bounded number of keys for each rule is held: who has not
 * asked for the longest is forgotten first. AWS WAF estimates, and looks about every 10 seconds; ours: every request is counted at once, up to
 * `RATES.instants` of them exactly, beyond that in steps of the window, in which a request counts up to one step longer.
 * What makes a key: rate-key.ts. Other workers' counts come in by add(); edge/waf carries them.
 */
import type { Duration, Instant } from '../../../../model/units.ts';
import { RATES } from '../../../../tables/waf.ts';

export interface RateCounters {
  /** Counts one more; how many there were in the window that ends now, this one among them. */
  hit(rule: RateRule, key: string, now: Instant): number;
  /** What was counted here and not taken yet, the largest first; at most `limit` keys. */
  takeNews(limit: number): readonly RateNews[];
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

/** Requests of some instant, or of up to one step from `from` on. */
interface Tally {
  readonly from: Instant;
  last: Instant;
  count: number;
}

interface Counted {
  readonly rule: RateRule;
  /** In the order of their last use. */
  readonly keys: Map<string, Tally[]>;
  readonly news: Map<string, number>;
}

export function createRateCounters(): RateCounters {
  let rules = new Map<string, Counted>();

  function count({ rule, keys }: Counted, key: string, added: number, now: Instant): number {
    const tallies = keys.get(key) ?? [];
    keys.delete(key);
    if (keys.size >= RATES.keys) {
      const oldest = keys.keys().next();
      if (oldest.done !== true) keys.delete(oldest.value);
    }
    keys.set(key, tallies);
    forgetBefore(tallies, now - rule.window);
    const newest = tallies.at(-1);
    const step = tallies.length < RATES.instants ? 0 : rule.window / RATES.steps;
    if (newest !== undefined && now - newest.from <= step) {
      newest.count += added;
      newest.last = now;
    } else tallies.push({ from: now, last: now, count: added });
    return sum(tallies, now - rule.window);
  }

  return {
    hit(rule, key, now) {
      let counted = rules.get(rule.id);
      if (counted === undefined) rules.set(rule.id, (counted = empty(rule)));
      counted.news.set(key, (counted.news.get(key) ?? 0) + 1);
      if (counted.news.size > RATES.keys) counted.news.delete(counted.news.keys().next().value ?? '');
      return count(counted, key, 1, now);
    },
    takeNews(limit) {
      const all = [...rules.values()].flatMap(({ rule, news }) =>
        [...news].map(([key, counted]): RateNews => ({ rule: rule.id, key, count: counted })),
      );
      const taken = all.length <= limit ? all : all.toSorted((one, other) => other.count - one.count).slice(0, limit);
      for (const { rule, key } of taken) rules.get(rule)?.news.delete(key);
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
        [...keys].filter(([, tallies]) => sum(tallies, now - rule.window) > rule.limit).map(([key]) => key),
      );
    },
    onlooker: {
      hit: (rule, key, now) => sum(rules.get(rule.id)?.keys.get(key) ?? [], now - rule.window) + 1,
    },
    get hasRules() {
      return rules.size > 0;
    },
  };
}

function empty(rule: RateRule): Counted {
  return { rule, keys: new Map(), news: new Map() };
}

/** What was counted at `end` or before is no longer in the window. */
function forgetBefore(tallies: Tally[], end: Instant): void {
  let gone = 0;
  while (gone < tallies.length && tallies[gone]!.last <= end) gone += 1;
  if (gone > 0) tallies.splice(0, gone);
}

/** Of what was counted after `end`. */
function sum(tallies: readonly Tally[], end: Instant): number {
  let total = 0;
  for (const { last, count } of tallies) if (last > end) total += count;
  return total;
}
