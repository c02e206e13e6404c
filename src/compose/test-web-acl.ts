/**
 * Requests before a web ACL, in a worker, with what it serves with: engine and geo database. Rate-based rules count these requests and no others;
 * nothing of what is served changes.
 */
import type { ViewerRequest } from '../core/request.ts';
import { compileWebAcl } from '../core/viewer-request/waf/compile-web-acl.ts';
import { evaluate } from '../core/viewer-request/waf/evaluate.ts';
import { beginInspection } from '../core/viewer-request/waf/inspection.ts';
import { responseCode } from '../core/viewer-request/waf/log-record.ts';
import { createRateCounters } from '../core/viewer-request/waf/rates/rate-counters.ts';
import type { Geo } from '../edge/ports.ts';
import { inspectedRequest } from '../edge/waf/waf-step.ts';
import { wafExplanation } from '../insight/explain/waf-words.ts';
import type { WafEngine } from '../model/waf-engine.ts';
import type { WafTestResult } from '../model/waf-test.ts';
import type { Instant } from '../model/units.ts';
import type { WafConfiguration } from '../model/web-acl.ts';

export interface WafTestOrder {
  /** With one web ACL. */
  readonly configuration: WafConfiguration;
  readonly requests: readonly WafTestCase[];
}

export interface WafTestCase {
  readonly request: ViewerRequest;
  /** Octets. */
  readonly body?: string | undefined;
  readonly at: Instant;
}

/** Throws where the web ACL cannot be used. */
export function testWebAcl({ configuration, requests }: WafTestOrder, engine: WafEngine, geo: Geo): readonly WafTestResult[] {
  const [acl] = configuration.webAcls;
  if (acl === undefined) throw new Error('there is no web ACL to test');
  const compiled = compileWebAcl(acl, configuration, engine);
  if ('broken' in compiled) throw new Error(`the web ACL cannot be used: ${compiled.broken}`);
  const rates = createRateCounters();
  return requests.map(({ request, body, at }) => {
    const inspected = body?.slice(0, acl.bodyLimit);
    const inspection = beginInspection({
      request: inspectedRequest(request, geo, inspected, (body?.length ?? 0) > acl.bodyLimit),
      now: at,
      locate: (address) => geo.locate(address),
      rates,
      token: () => ({ kind: 'none', reason: 'TOKEN_MISSING' }),
    });
    const verdict = evaluate(compiled, inspection);
    const status = responseCode(verdict) ?? (verdict.action === 'BLOCK' ? 403 : undefined);
    const { method, scheme, host, path, query } = request;
    const url = `${scheme}://${host}${path}${query === undefined ? '' : `?${query}`}`;
    return {
      ...wafExplanation({ kind: 'verdict', verdict, readsBody: false })!,
      method,
      url,
      ...(status !== undefined && { status }),
    };
  });
}
