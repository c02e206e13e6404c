/** A request on its way through the edge, its distribution and cache behavior known, for tests that change one thing at a time. */
import { compile } from '../../src/model/compile.ts';
import type { MatchedVisit } from '../../src/edge/visit.ts';
import { sampleDistribution, sampleRequest } from './distribution.ts';

export function sampleVisit(changes: Partial<MatchedVisit> = {}): MatchedVisit {
  const [distribution] = compile({ version: 1, distributions: [sampleDistribution()] }).byId.values();
  const { request = sampleRequest() } = changes;
  return {
    asked: request,
    request,
    body: { kind: 'none' },
    leaving: () => new AbortController().signal,
    requestId: 'r',
    receivedAt: 0,
    distribution: distribution!,
    behavior: distribution!.defaultBehavior,
    path: request.path,
    cacheKey: 'key',
    deployment: undefined,
    ...changes,
  };
}
