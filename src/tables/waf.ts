/**
 * The figures of AWS WAF that the data plane goes by, and ours where it leaves one open. What an operator may configure, and how much of
 * it, is the API's (control/aws/wafv2).
 */
import { DAY, HOUR, KIB, MINUTE, SECOND } from '../model/units.ts';

/** AWS WAF: how much of headers, and of cookies, is inspected. */
export const INSPECTED = { mapOctets: 8 * KIB, mapEntries: 200 } as const;

/** AWS WAF: at most so many of the addresses in a header are looked at, the last ones. */
export const FORWARDED_ADDRESSES = 10;

/** AWS WAF: the evaluation window of a rate-based rule, in seconds, unless the rule says otherwise. */
export const USUAL_RATE_WINDOW = 300;

export const RATES = {
  /** AWS WAF limits at most 10,000 addresses for each rule. Ours: so many are counted; who has not asked for the longest is forgotten first. */
  keys: 10_000,
  /** Ours: so many instants of one key, and of all keys of a rule, are told apart exactly; beyond them, time is counted in `steps` of the window. */
  ofKey: 2048 as number,
  instants: 640_000 as number,
  steps: 64,
  /**
   * Ours: how often workers tell one another what they have counted; AWS WAF looks about every 10 seconds. Viewers that connect anew for each
   * request come to all workers, and pass a limit by what they send in that time: a sixteenth of a limit is told as soon as it is looked for.
   */
  sharing: SECOND / 10,
  looking: SECOND / 100,
  pressing: 16,
  /** Ours: the most keys that one message tells; the others are told by the next. */
  shared: 200,
} as const;

/** AWS WAF: samples are of the last three hours. Ours: how many are kept for each rule. */
export const SAMPLES = { age: 3 * HOUR, kept: 100 } as const;

/** Ours: in the data directory; a file for each web ACL, until its bucket has what is in it. */
export const WAF_LOG_FOLDER = 'logs/waf';

export const TOKENS = {
  cookie: 'aws-waf-token',
  /** AWS WAF: the cookie lives for four days; how long what it says counts is the immunity time. */
  cookieAge: 4 * DAY,
  /** AWS WAF: an immunity time is at most 259,200 seconds. */
  longestImmunity: 3 * DAY,
  /** Ours: for so long a key signs tokens. */
  keyAge: 7 * DAY,
  /** Ours: before it signs, every edge has got it; where one has not, its viewers would be challenged again. */
  keySettling: 5 * MINUTE,
  /** Ours: under every host whose web ACL challenges. */
  path: '/.well-known/warmfront-waf',
  /** Ours: how long a challenge may take to be solved. */
  solvingTime: 5 * MINUTE,
  /** Ours: leading zero bits of the proof of work: about 65,000 hashes, a fraction of a second in a browser. */
  difficulty: 16,
  /** Ours: answers to challenges are small. */
  answerLimit: 4 * KIB,
  /** Ours: solved challenges that are remembered, so that none counts twice. */
  remembered: 10_000,
} as const;
