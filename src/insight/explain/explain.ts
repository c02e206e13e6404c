/**
 * An inspection told: the Explanation of one request. Each part has its file beside this one; the verdict, which is what the edge would do,
 * is read off the decisions here, in the order in which serve.ts follows them.
 */
import type { CacheInspection, Inspection, MatchedInspection } from '../../core/inspection.ts';
import type { CompiledDistribution } from '../../model/compile.ts';
import type { Explanation, Verdict } from '../../model/explanation.ts';
import { MISS_REASONS, STALE_REASONS } from '../../tables/reasons.ts';
import { whatItDid } from '../../core/viewer-request/function-run.ts';
import { traceFunction } from '../functions/trace-function.ts';
import { traceLambda } from '../functions/trace-lambda.ts';
import { cacheBehaviorChoice, distributionChoice } from './choice-words.ts';
import { guardExplanation } from './guard-words.ts';
import { hints } from './hints.ts';
import { lambdaVerdict } from './lambda-words.ts';
import { keyExplanation, nearestSearch } from './key-words.ts';
import { originExplanation } from './origin-words.ts';
import { refusedSignature, signatureExplanation } from './signature-words.ts';
import { steps } from './step-words.ts';
import { wafExplanation, wafRefusal } from './waf-words.ts';
import { inWords, missExplanation, storedExplanation } from './stored-words.ts';

export function explain(inspection: Inspection): Explanation {
  const { request, now, snapshot, matched, edgeLocation } = inspection;
  const verdict = verdictOf(inspection);
  const { scheme, host, path, query } = request;
  const told = {
    at: now,
    edgeLocation,
    snapshotVersion: snapshot.version,
    request: {
      method: request.method,
      url: `${scheme}://${host}${path}${query === undefined ? '' : `?${query}`}`,
      fields: request.fields,
    },
    verdict,
    distribution: distributionChoice(snapshot, host, matched && primaryOf(inspection, matched)),
  };
  if (matched === undefined) return { ...told, steps: [], hints: [] };
  const isAnsweredEarly =
    verdict.kind === 'redirect' ||
    verdict.kind === 'generated' ||
    (verdict.kind === 'refused' && verdict.reason !== 'only-if-cached');
  const signature = signatureExplanation(matched);
  const waf = wafExplanation(matched.waf);
  const ran = matched.viewerRequestFunction;
  const byLambda = matched.lambdas.find(({ run }) => run !== undefined)?.run;
  const reached = {
    ...told,
    cacheBehavior: cacheBehaviorChoice(matched, path),
    steps: steps(inspection),
    ...(signature && { signature }),
    ...(waf && { waf }),
    ...(ran && { function: traceFunction(ran) }),
    ...(byLambda && { lambda: traceLambda(byLambda) }),
  };
  if (isAnsweredEarly) return { ...reached, hints: [] };
  const origin = originExplanation(matched, ASKING.has(verdict.kind));
  const { cache } = matched;
  if (cache === undefined) return { ...reached, origin, hints: hints(matched, matched.request, undefined) };
  const { stored, ban, lastMiss } = cache;
  const { viewerResponseFunction: answered } = matched;
  const isThere = verdict.kind !== 'miss' || (stored !== undefined && stored.forgottenBy === undefined);
  const nearest = isThere ? undefined : nearestSearch(cache, matched, now);
  return {
    ...reached,
    cacheKey: keyExplanation(cache, matched, matched.request),
    ...(stored && { stored: storedExplanation(stored, cache, matched, now) }),
    ...(ban && { invalidation: ban }),
    ...(lastMiss && { lastMiss: missExplanation(lastMiss, now) }),
    ...(nearest && { nearest }),
    ...(matched.guard && { guard: guardExplanation(matched.guard) }),
    ...(answered && { viewerResponseFunction: traceFunction(answered) }),
    origin,
    hints: hints(matched, matched.request, nearest),
  };
}

/** The distribution that the host names, also where its staging distribution answers. */
function primaryOf({ snapshot }: Inspection, { deployment, distribution }: MatchedInspection): CompiledDistribution {
  return (deployment && snapshot.byId.get(deployment.primaryDistributionId)) ?? distribution;
}

const ASKING: ReadonlySet<Verdict['kind']> = new Set(['miss', 'pass', 'revalidate']);

function verdictOf({ admission, matched }: Inspection): Verdict {
  if (admission.kind === 'refused') return refused(admission.status, 'not-admitted', admission.cause);
  if (matched === undefined) return refused(403, 'unknown-host', 'no distribution answers to this host');
  const { protocol, method, lookup, cache, behavior, geo, signature } = matched;
  if (geo.decision.kind === 'refused') {
    return refused(403, 'geo-restriction', `the distribution does not answer to viewers in ${geo.country}`);
  }
  const barred = wafRefusal(matched);
  if (barred !== undefined) return refused(barred.status, 'waf', barred.sentence);
  if (protocol.kind === 'redirect') {
    const { status, location } = protocol;
    return {
      kind: 'redirect',
      reason: 'viewer-protocol',
      status,
      sentence: `redirected to ${location}: this path is served over HTTPS`,
    };
  }
  if (protocol.kind === 'refused') return refused(protocol.status, 'viewer-protocol', protocol.cause);
  if (method.kind === 'refused') {
    return refused(
      method.status,
      'method',
      `the cache behavior ${behavior.source.pathPattern} does not allow this method or its body`,
    );
  }
  if (signature.decision.kind === 'refused') return refused(403, 'signature', refusedSignature(matched));
  const { viewerRequestFunction: ran } = matched;
  if (ran !== undefined && whatItDid(ran) === 'generated') {
    const sentence = `answered with ${ran.status} by the function ${ran.code.name}`;
    return { kind: 'generated', reason: 'function', ...(ran.status !== undefined && { status: ran.status }), sentence };
  }
  if (ran?.failure !== undefined) {
    return refused(
      ran.status ?? 503,
      'function',
      `${ran.failure.result}: ${ran.failure.wrong ?? `the function ${ran.code.name} was not run`}`,
    );
  }
  const byLambda = lambdaVerdict(matched);
  if (byLambda !== undefined) return byLambda;
  if (cache === undefined) {
    const reason = lookup.kind === 'bypass' ? lookup.reason : 'bypass';
    return { kind: 'pass', reason, sentence: `goes to the origin, and nothing is stored: ${MISS_REASONS[reason]}` };
  }
  return cacheVerdict(cache);
}

function cacheVerdict(cache: CacheInspection): Verdict {
  const { blocks } = cache;
  const reuse = blocks === undefined ? cache.reuse : blocks.reuse;
  if (blocks?.missing !== undefined && (reuse.kind === 'hit' || reuse.kind === 'hit-stale')) {
    return {
      kind: 'miss',
      reason: 'partial',
      sentence: `fetched from the origin: block ${blocks.missing} of the range is not stored`,
    };
  }
  switch (reuse.kind) {
    case 'hit':
      return { kind: 'hit', reason: 'hit', sentence: `answered from the cache: fresh for another ${inWords(reuse.remaining)}` };
    case 'hit-stale':
      return {
        kind: 'hit-stale',
        reason: reuse.reason,
        sentence: `answered from the cache though stale: ${STALE_REASONS[reuse.reason]}`,
      };
    case 'revalidate':
      return {
        kind: 'revalidate',
        reason: reuse.reason,
        sentence: `the origin is asked whether what is stored still holds: ${MISS_REASONS[reuse.reason]}`,
      };
    case 'fetch': {
      const reason = missReason(cache, reuse.reason);
      return { kind: 'miss', reason, sentence: `fetched from the origin: ${MISS_REASONS[reason]}` };
    }
    case 'unavailable':
      return refused(504, 'only-if-cached', 'nothing that is stored will do, and the request says only-if-cached');
  }
}

/** As the edge's lookup says it: what a ban has forgotten, and what other request fields would have chosen, is not there. */
function missReason(
  { stored, isForOthers, key, selectedKey }: CacheInspection,
  reason: keyof typeof MISS_REASONS,
): keyof typeof MISS_REASONS {
  if (stored?.forgottenBy !== undefined) return 'invalidated';
  return isForOthers || (stored === undefined && selectedKey !== key) ? 'vary-miss' : reason;
}

function refused(status: number, reason: string, sentence: string): Verdict {
  return { kind: 'refused', reason, status, sentence: `refused with ${status}: ${sentence}` };
}
