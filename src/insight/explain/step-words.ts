/**
 * The decisions between the choice of a cache behavior and the cache, told in order. Made in core/viewer-request and
 * core/cache/decide-lookup.ts.
 */
import type { CacheInspection, DeploymentInspection, Inspection, MatchedInspection } from '../../core/inspection.ts';
import type { Step } from '../../model/explanation.ts';
import { refusedSignature } from './signature-words.ts';
import { SECOND } from '../../model/units.ts';
import { FLOOD } from '../../tables/flood.ts';
import { MISS_REASONS } from '../../tables/reasons.ts';
import { wafRefusal, wafStep } from './waf-words.ts';
import { laterLambdaSteps, lambdaVerdict, viewerLambdaSteps } from './lambda-words.ts';
import { functionStep } from './function-words.ts';

/** As far as the request gets. */
export function steps({ request, matched }: Pick<Inspection, 'request' | 'matched'>): readonly Step[] {
  if (matched === undefined) return [];
  const { path, protocol, method, deployment, geo, signature } = matched;
  const taken: Step[] = deployment === undefined ? [] : [deploymentStep(deployment)];
  taken.push(...geoStep(matched));
  if (geo.decision.kind !== 'proceed') return taken;
  taken.push(...floodStep(matched));
  taken.push(...wafStep(matched));
  if (wafRefusal(matched) !== undefined) return taken;
  if (path !== matched.request.path) {
    taken.push({ step: 'default-root-object', decision: 'rewritten', sentence: `/ stands for ${path}, the default root object` });
  }
  taken.push(protocolStep(matched, request.scheme));
  if (protocol.kind !== 'proceed') return taken;
  taken.push(methodStep(matched, request.method));
  if (method.kind !== 'proceed') return taken;
  taken.push(...signatureStep(matched));
  if (signature.decision.kind === 'refused') return taken;
  const ran = matched.viewerRequestFunction;
  if (ran !== undefined) taken.push(functionStep(ran));
  taken.push(...viewerLambdaSteps(matched));
  if (ran?.status !== undefined || lambdaVerdict(matched) !== undefined) return taken;
  taken.push(cacheableStep(matched, request.method));
  if (matched.cache !== undefined) taken.push(collapsingStep(matched.cache));
  return [...taken, ...laterLambdaSteps(matched)];
}

function deploymentStep({ side, reason, traffic, stagingDistributionId }: DeploymentInspection): Step {
  const step = 'continuous-deployment';
  if (reason === 'session')
    return { step, decision: side, sentence: `the session cookie keeps this viewer with the ${side} distribution` };
  if (traffic.kind === 'header') {
    const how = side === 'staging' ? 'has it' : 'has it not';
    const sentence = `requests with ${traffic.name}: ${traffic.value} go to the staging distribution ${stagingDistributionId}; this one ${how}`;
    return { step, decision: side, sentence };
  }
  const share = `${Math.round(traffic.weight * 1000) / 10} %`;
  const sentence = `${share} of viewers, by chance, get the staging distribution ${stagingDistributionId}; the others what is told here`;
  return { step, decision: side, sentence };
}

function geoStep({ geo, distribution }: MatchedInspection): Step[] {
  const { geoRestriction } = distribution;
  if (geoRestriction === undefined) return [];
  const { kind, countries } = geoRestriction;
  const rule = `${kind} of ${[...countries].join(', ')}`;
  const where = geo.country === undefined ? 'the viewer cannot be placed, and is answered' : `the viewer is in ${geo.country}`;
  return [{ step: 'geo-restriction', decision: geo.decision.kind, sentence: `${rule}: ${where}` }];
}

function floodStep({ floodMeasure, distribution }: MatchedInspection): Step[] {
  if (floodMeasure === undefined) return [];
  const { kind, value, allowance, since } = floodMeasure;
  const what = distribution.floods === 'limit' ? 'is answered' : 'would be answered';
  const sentence = `in a flood since ${new Date(since).toISOString()}, the ${kind} ${value} ${what} ${allowance} times in ${FLOOD.window / SECOND} s`;
  return [{ step: 'flood', decision: distribution.floods === 'limit' ? 'held' : 'watched', sentence }];
}

function signatureStep(matched: MatchedInspection): Step[] {
  const { decision } = matched.signature;
  if (decision.kind === 'not-asked') return [];
  if (decision.kind === 'granted') {
    const { form, key, policy } = decision.claim;
    const by = form === 'url' ? 'in the URL' : 'in cookies';
    return [{ step: 'signature', decision: 'granted', sentence: `signed with ${key.id}, a ${policy.kind} policy ${by}` }];
  }
  return [{ step: 'signature', decision: 'refused', sentence: `${decision.code}: ${refusedSignature(matched)}` }];
}

function protocolStep({ protocol, behavior }: MatchedInspection, scheme: string): Step {
  const policy = behavior.source.viewerProtocolPolicy;
  const said = `ViewerProtocolPolicy is ${policy}`;
  switch (protocol.kind) {
    case 'proceed':
      return { step: 'viewer-protocol', decision: 'proceed', sentence: `${scheme} is welcome: ${said}` };
    case 'redirect':
      return { step: 'viewer-protocol', decision: 'redirect', sentence: `${said}: ${protocol.status} to ${protocol.location}` };
    case 'refused':
      return { step: 'viewer-protocol', decision: 'refused', sentence: `${said}: ${protocol.status}` };
  }
}

function methodStep({ method, behavior }: MatchedInspection, asked: string): Step {
  const allowed = behavior.source.allowedMethods.join(', ');
  return method.kind === 'proceed'
    ? { step: 'method', decision: 'proceed', sentence: `${asked} is among the allowed methods (${allowed})` }
    : { step: 'method', decision: 'refused', sentence: `${method.status}: the cache behavior allows ${allowed}` };
}

function cacheableStep({ lookup, behavior }: MatchedInspection, asked: string): Step {
  const cached = behavior.source.cachedMethods.join(', ');
  if (lookup.kind === 'lookup') {
    const shared = asked === 'HEAD' ? '; what is stored for GET answers HEAD, too' : '';
    return {
      step: 'cacheable',
      decision: 'lookup',
      sentence: `the cache is asked: ${asked} is a cached method (${cached})${shared}`,
    };
  }
  const why = lookup.reason === 'method' ? `${asked} is not among the cached methods (${cached})` : MISS_REASONS[lookup.reason];
  return { step: 'cacheable', decision: 'bypass', sentence: `the cache is not asked: ${why}` };
}

const ALONE: Readonly<Record<string, string>> = {
  'caching-disabled': 'caching is off',
  'cookies-forwarded': 'cookies are forwarded, and an answer to somebody’s cookies is nobody else’s',
  method: 'the method is not cached',
  request: 'the request itself asks for an answer from the origin',
};

function collapsingStep({ collapsing }: CacheInspection): Step {
  if (collapsing.kind === 'collapse') {
    return { step: 'collapsing', decision: 'collapse', sentence: 'viewers who miss together share one request to the origin' };
  }
  const why = ALONE[collapsing.reason] ?? collapsing.reason;
  return { step: 'collapsing', decision: 'alone', sentence: `each miss asks the origin for itself: ${why}` };
}
