/**
 * What is stored under the key, and whether it may answer, told; with the TTL formula and its numbers. The formula is made again from the
 * stored fields by the rules that stored the response (core/cache/decide-storing.ts), so it costs the store nothing; where that gives
 * another lifetime, settings have changed since.
 */
import { cacheRules } from '../../core/cache/cache-rules.ts';
import { currentAge, type Reuse } from '../../core/cache/decide-reuse.ts';
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import type {
  BlocksInspection,
  CacheInspection,
  MatchedInspection,
  RememberedMiss,
  StoredInspection,
} from '../../core/inspection.ts';
import type { MissExplanation, StoredExplanation } from '../../model/explanation.ts';
import { SECOND, type Duration, type Instant } from '../../model/units.ts';
import { MISS_REASONS, NOT_STORED_REASONS, notStoredWord, STALE_REASONS } from '../../tables/reasons.ts';

export function storedExplanation(
  { response, where, forgottenBy, softenedBy }: StoredInspection,
  { reuse, blocks, isForOthers }: CacheInspection,
  matched: MatchedInspection,
  now: Instant,
): StoredExplanation {
  const { freshness } = response;
  const age = currentAge(freshness, now);
  const remaining = freshness.lifetime - age;
  return {
    status: response.status,
    method: response.method,
    where,
    bodyLength: response.bodyLength,
    storedAt: freshness.responseTime,
    age,
    lifetime: freshness.lifetime,
    remaining,
    validators: response.fields.filter(([name]) => name === 'etag' || name === 'last-modified'),
    tags: response.tags,
    ...formulaOf(response, matched),
    ...(forgottenBy && { forgottenBy }),
    ...(softenedBy && { softenedBy }),
    reuse:
      forgottenBy !== undefined ? FORGOTTEN : isForOthers ? forOthers(response) : answerWords(reuse, blocks, response, remaining),
  };
}

/** How the lifetime came about, by today's settings. */
function formulaOf(
  response: StoredResponse,
  { distribution, behavior }: MatchedInspection,
): Pick<StoredExplanation, 'formula' | 'formulaHolds'> {
  const { freshness, status, fields, method } = response;
  const { requestTime, responseTime } = freshness;
  const storing = cacheRules(distribution).decideStoring({
    request: { method, fields: [] },
    method,
    head: { status, fields },
    behavior,
    distribution,
    requestTime,
    responseTime,
  });
  if (storing.kind === 'pass') return { formula: `not stored any more: ${storing.reason}`, formulaHolds: false };
  const again = storing.freshness;
  // An Age of the origin is not among the stored fields.
  const formulaHolds =
    again.lifetime === freshness.lifetime || again.lifetime - again.initialAge === freshness.lifetime - freshness.initialAge;
  const each = freshness.unconditional === true ? '; the origin said Vary: *, so it is asked each time' : '';
  return { formula: storing.because + each, formulaHolds };
}

const FORGOTTEN = {
  kind: 'fetch',
  reason: 'invalidated',
  sentence: 'it does not answer: an invalidation has forgotten it',
} as const;

function forOthers({ askedWith = [] }: StoredResponse): StoredExplanation['reuse'] {
  const sentence = `it is an error for those who send ${askedWith.join(', ')}, which is not in the key`;
  return { kind: 'fetch', reason: 'vary-miss', sentence };
}

function answerWords(
  reuse: Reuse,
  blocks: BlocksInspection | undefined,
  response: StoredResponse,
  remaining: Duration,
): StoredExplanation['reuse'] {
  if (blocks === undefined) return reuseWords(reuse, response, remaining);
  const { sentence, ...told } = reuseWords(blocks.reuse, response, remaining);
  const kept = 'the object is kept in blocks';
  return blocks.missing === undefined
    ? { ...told, sentence: `${kept}; ${sentence}` }
    : {
        kind: 'fetch',
        reason: 'partial',
        sentence: `${kept}, and block ${blocks.missing} of the range is not there; ${sentence}`,
      };
}

function reuseWords(reuse: Reuse, response: StoredResponse, remaining: Duration): StoredExplanation['reuse'] {
  switch (reuse.kind) {
    case 'hit':
      return { kind: 'hit', sentence: `it answers: fresh for another ${inWords(remaining)}` };
    case 'hit-stale':
      return { kind: reuse.kind, reason: reuse.reason, sentence: `it answers though stale: ${STALE_REASONS[reuse.reason]}` };
    case 'revalidate':
      return {
        kind: reuse.kind,
        reason: reuse.reason,
        sentence: `the origin is asked whether it still holds: ${staleWords(reuse.reason, response, remaining)}`,
      };
    case 'fetch':
      return {
        kind: reuse.kind,
        reason: reuse.reason,
        sentence:
          reuse.reason === 'uri-miss'
            ? `it does not answer: ${response.edition === undefined ? `it was stored for ${response.method}` : 'only parts of the object are stored'}`
            : `it is fetched again, having no validator to ask with: ${staleWords(reuse.reason, response, remaining)}`,
      };
    case 'unavailable':
      return { kind: reuse.kind, sentence: 'nothing that is stored will do, and the request says only-if-cached' };
  }
}

function staleWords(reason: keyof typeof MISS_REASONS, { freshness }: StoredResponse, remaining: Duration): string {
  if (reason !== 'stale') return MISS_REASONS[reason];
  if (freshness.alwaysRevalidate) return 'it is never used without asking';
  return `it has been stale for ${inWords(-remaining)}`;
}

export function missExplanation({ at, status, cache }: RememberedMiss, now: Instant): MissExplanation {
  const { reason, stored } = cache;
  const word = notStoredWord(cache);
  const said = word === undefined ? undefined : (NOT_STORED_REASONS[word] ?? 'the origin could not be reached');
  const end = said === undefined ? (stored ? 'and was stored' : 'and was not stored') : `and was not stored: ${said}`;
  const sentence = `${inWords(now - at)} ago a request with this key went to the origin (${MISS_REASONS[reason]}), was answered ${status}, ${end}`;
  return { at, status, reason, ...(word !== undefined && { notStored: word }), sentence };
}

/** `90 s`, `1.5 s`: as settings and header fields count. */
export function inWords(duration: Duration): string {
  return `${Math.round((duration / SECOND) * 10) / 10} s`;
}
