/**
 * AWS WAF in the life of a request: after the geo restriction, before the cache behavior has its say (facts 1.1). Web ACLs are compiled once for
 * a snapshot; a request is inspected at once unless a rule looks into its body. Fail closed: a web ACL that is not there, that cannot be
 * compiled or whose evaluation fails lets nothing through. What the rules decide: core/viewer-request/waf.
 */
import { compileWebAcl, type BrokenWebAcl, type CompiledWebAcl } from '../../core/viewer-request/waf/compile-web-acl.ts';
import { evaluate } from '../../core/viewer-request/waf/evaluate.ts';
import { beginInspection, type Inspection, type TokenReading } from '../../core/viewer-request/waf/inspection.ts';
import { createRateCounters, type RateNews } from '../../core/viewer-request/waf/rates/rate-counters.ts';
import { withInserted } from '../../core/viewer-request/waf/insert-headers.ts';
import { readToken, signingFirst, type TokenTerms } from '../../core/viewer-request/waf/tokens/token.ts';
import type { Verdict } from '../../core/viewer-request/waf/verdict.ts';
import type { WafInspection } from '../../core/inspection.ts';
import type { ViewerRequest } from '../../core/request.ts';
import type { InspectedRequest } from '../../model/waf-engine.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Instant } from '../../model/units.ts';
import { NO_WAF, type TokenKey, type WafConfiguration } from '../../model/web-acl.ts';
import { RATES, TOKENS } from '../../tables/waf.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import { peekBody, type PeekedBody } from '../bodies/peek-body.ts';
import type { EdgePorts } from '../ports.ts';
import { refusal } from '../replies.ts';
import type { MatchedVisit, Reply } from '../visit.ts';
import { createWafRecords, type WafRecords } from './waf-records.ts';
import { createChallengeDesk } from './solve-challenge.ts';
import { blocked, challenged } from './waf-replies.ts';

export interface WafStep extends Pick<WafRecords, 'samples' | 'counts'> {
  /** Compiles the web ACLs of a snapshot; they are in force once `adopt` is called. */
  prepare(snapshot: Snapshot): () => void;
  /** The reply, where the request is not let through; undefined where it goes on, perhaps with more headers. */
  inspect(visit: MatchedVisit, webAclId: string): Reply | undefined | Promise<Reply | undefined>;
  /** What the web ACL would decide, for onlookers: nothing is counted, and no body is known. */
  look(webAclId: string, request: ViewerRequest): WafInspection;
  /** What is counted here and by the other workers: AWS's GetRateBasedStatementManagedKeys. */
  limitedKeys(webAclArn: string, ruleName: string): readonly string[];
  /** Rate-based rules count for the machine: what was counted here since the last call goes out, what others have counted comes in. */
  takeRateNews(): readonly RateNews[];
  /** That should not wait. */
  readonly hasPressingRates: boolean;
  addRateNews(news: readonly RateNews[]): void;
  /** Somebody counts at all. */
  readonly hasRateRules: boolean;
}

type Held = CompiledWebAcl | BrokenWebAcl;

export function createWafStep(ports: Pick<EdgePorts, 'clock' | 'geo' | 'waf' | 'random' | 'report'>): WafStep {
  const { clock, geo, waf } = ports;
  const rates = createRateCounters();
  const desk = createChallengeDesk();
  const records = createWafRecords(ports);
  let held: ReadonlyMap<string, Held> = new Map();
  /** What they were compiled from: few snapshots change it. */
  let compiledFrom = '';
  let tokenKeys: readonly TokenKey[] = [];

  function prepare({ waf: { tokenKeys: nextKeys, ...configuration } = NO_WAF }: Snapshot): () => void {
    const nextSource = JSON.stringify(configuration);
    const next = nextSource === compiledFrom ? held : compileAll({ ...configuration, tokenKeys: nextKeys });
    return () => {
      held = next;
      compiledFrom = nextSource;
      tokenKeys = nextKeys;
      const usable = [...next.values()].flatMap((one) => ('broken' in one ? [] : one));
      rates.retain(usable.flatMap(({ rateRules }) => rateRules));
      records.retain(usable.map(({ source }) => source));
    };
  }

  function compileAll(configuration: WafConfiguration): ReadonlyMap<string, Held> {
    const compiled = configuration.webAcls.map((acl) => [acl.arn, compileWebAcl(acl, configuration, waf.engine)] as const);
    for (const [arn, one] of compiled) {
      if ('broken' in one) ports.report(`the web ACL ${arn} lets nothing through: ${one.broken}`, undefined);
    }
    return new Map(compiled);
  }

  function termsOf({ source }: CompiledWebAcl, now: Instant): TokenTerms {
    return { keys: signingFirst(tokenKeys, now), tokenDomains: source.tokenDomains, crypto: waf.crypto };
  }

  function inspectionOf(acl: CompiledWebAcl, request: InspectedRequest, now: number, counters: Inspection['rates']): Inspection {
    const token = (): TokenReading => readToken(request, termsOf(acl, now));
    return beginInspection({ request, now, locate: (address) => geo.locate(address), rates: counters, token });
  }

  function inspect(visit: MatchedVisit, webAclId: string): Reply | undefined | Promise<Reply | undefined> {
    const acl = held.get(webAclId);
    if (acl === undefined || 'broken' in acl) return blocked('unavailable', undefined);
    if (acl.challenges && visit.request.path === TOKENS.path) return atDesk(visit, acl);
    if (!acl.readsBody || visit.body.kind === 'none') return decide(visit, acl, undefined);
    return peekBody(visit.body, acl.source.bodyLimit).then(
      (peeked) => {
        visit.body = peeked.body;
        const reply = decide(visit, acl, peeked);
        if (reply !== undefined) peeked.discard();
        return reply;
      },
      () => BROKEN_OFF,
    );
  }

  function decide(visit: MatchedVisit, acl: CompiledWebAcl, peeked: PeekedBody | undefined): Reply | undefined {
    const now = visit.receivedAt;
    const request = inspectedRequest(visit.request, geo, peeked && octets(peeked.head), peeked?.isLarger === true);
    let verdict: Verdict;
    try {
      verdict = evaluate(acl, inspectionOf(acl, request, now, rates));
    } catch (error) {
      ports.report(`the web ACL ${acl.source.name} could not be evaluated; the request was refused`, error);
      return blocked('unavailable', undefined);
    }
    const by = verdict.terminating?.name ?? 'default';
    const reply = replyTo(verdict, by, request, now, acl);
    records.write(visit, request, verdict);
    if (reply === undefined) visit.request = withInserted(visit.request, verdict);
    return reply;
  }

  function replyTo(verdict: Verdict, by: string, request: InspectedRequest, now: number, acl: CompiledWebAcl): Reply | undefined {
    switch (verdict.action) {
      case 'ALLOW':
        return undefined;
      case 'BLOCK':
        return blocked(by, verdict.response);
      case 'CAPTCHA':
        return challenged('captcha', by, request, now, termsOf(acl, now), ports.random);
      case 'CHALLENGE':
        return challenged('challenge', by, request, now, termsOf(acl, now), ports.random);
    }
  }

  function atDesk(visit: MatchedVisit, acl: CompiledWebAcl): Reply | Promise<Reply> {
    const request = inspectedRequest(visit.request, geo, undefined, false);
    const answer = (body: string | undefined): Reply => desk.solve(request, body, clock.now(), termsOf(acl, clock.now()));
    if (visit.body.kind === 'none') return answer('');
    return peekBody(visit.body, TOKENS.answerLimit).then(
      (peeked) => {
        peeked.discard();
        return answer(peeked.isLarger ? undefined : octets(peeked.head));
      },
      () => BROKEN_OFF,
    );
  }

  return {
    prepare,
    inspect,
    look(webAclId, request) {
      const acl = held.get(webAclId);
      if (acl === undefined) return { kind: 'broken', reason: `there is no web ACL ${webAclId}` };
      if ('broken' in acl) return { kind: 'broken', reason: acl.broken };
      const seen = inspectedRequest(request, geo, undefined, false);
      const verdict = evaluate(acl, inspectionOf(acl, seen, clock.now(), rates.onlooker));
      return { kind: 'verdict', verdict, readsBody: acl.readsBody };
    },
    limitedKeys: (webAclArn, ruleName) => rates.limited(`${webAclArn}/${ruleName} `, clock.now()),
    takeRateNews: () => rates.takeNews(RATES.shared),
    addRateNews: (news) => rates.add(news, clock.now()),
    get hasPressingRates() {
      return rates.hasPressingNews;
    },
    get hasRateRules() {
      return rates.hasRules;
    },
    samples: records.samples,
    counts: records.counts,
  };
}

/** The viewer has gone, or sent less than it announced. */
const BROKEN_OFF: Reply = refusal({ status: 400, detail: 'ClientHungUpRequest', cause: ERROR_CAUSES.badRequest });

/** As rules see it: with Host first among the fields, where viewers put it. */
export function inspectedRequest(
  request: ViewerRequest,
  geo: EdgePorts['geo'],
  body: string | undefined,
  bodyIsLarger: boolean,
): InspectedRequest {
  let place: ReturnType<EdgePorts['geo']['locate']> | undefined;
  const located = (): NonNullable<typeof place> => (place ??= geo.locate(request.viewerAddress));
  return {
    method: request.method,
    scheme: request.scheme,
    httpVersion: request.httpVersion,
    host: request.host,
    path: request.path,
    query: request.query ?? '',
    fields: [['host', request.host], ...request.fields],
    body,
    bodyIsLarger,
    viewerAddress: request.viewerAddress,
    // Looked up only for those who ask.
    get country() {
      return located().country;
    },
    get asn() {
      return located().asn;
    },
  };
}

/** One character for each octet. */
function octets(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
