/**
 * A request before the rules of a web ACL, lowest priority first. AWS WAF: Allow and Block end the evaluation; Count does not; Captcha and
 * Challenge do unless the request has a valid token. What a rule group decides, the rule that refers to it may turn into a count. When no rule
 * has ended it, the default action holds. What the edge makes of the verdict: edge/waf.
 */
import type { Field } from '../../../http/fields.ts';
import type { MatchDetail } from '../../../model/waf-engine.ts';
import type { CustomResponseBodies, WebAcl } from '../../../model/web-acl.ts';
import type { CustomHeaders, CustomResponse, RuleAction } from '../../../model/web-acl-action.ts';
import type { Duration } from '../../../model/units.ts';
import type { CompiledWebAcl, GroupRule, PlainRule } from './compile-web-acl.ts';
import type { Inspection } from './inspection.ts';
import type {
  BlockResponse,
  GroupResult,
  LoggedAction,
  MatchedRule,
  TerminatingAction,
  TerminatingRule,
  TokenCheck,
  Verdict,
} from './verdict.ts';

/** What is known while the rules are gone through. */
interface Progress {
  readonly acl: WebAcl;
  readonly inspection: Inspection;
  readonly insert: Map<string, string>;
  readonly counted: MatchedRule[];
  readonly groups: GroupResult[];
  readonly limited: Verdict['limited'][number][];
  captcha: TokenCheck | undefined;
  challenge: TokenCheck | undefined;
}

/** What an action comes to for this request. */
interface Acted {
  /** Undefined: the evaluation goes on. */
  readonly ends: TerminatingAction | undefined;
  readonly logged: LoggedAction;
  readonly check?: TokenCheck | undefined;
}

/** A rule that has matched, wherever it stands. */
interface Hit {
  readonly name: string;
  readonly action: RuleAction;
  readonly details: readonly MatchDetail[];
  readonly bodies: CustomResponseBodies;
  readonly visibility: MatchedRule['visibility'];
  readonly isExclusion: boolean;
  readonly overridden: RuleAction | undefined;
  readonly captchaImmunity: Duration | undefined;
  readonly challengeImmunity: Duration | undefined;
}

interface Ended {
  readonly rule: TerminatingRule;
  readonly response: BlockResponse | undefined;
}

export function evaluate({ source: acl, rules }: CompiledWebAcl, inspection: Inspection): Verdict {
  const progress: Progress = {
    acl,
    inspection,
    insert: new Map(),
    counted: [],
    groups: [],
    limited: [],
    captcha: undefined,
    challenge: undefined,
  };
  for (const rule of rules) {
    const ended = rule.kind === 'plain' ? throughRule(rule, progress) : throughGroup(rule, progress);
    if (ended !== undefined) return verdict(progress, ended.rule.action, ended.rule, ended.response);
  }
  const { defaultAction } = acl;
  if (defaultAction.kind === 'block') {
    return verdict(progress, 'BLOCK', undefined, blockResponse(defaultAction.response, acl.customResponseBodies));
  }
  insertHeaders(progress, defaultAction.insertHeaders);
  return verdict(progress, 'ALLOW', undefined, undefined);
}

function verdict(
  { acl, inspection, insert, counted, groups, limited, captcha, challenge }: Progress,
  action: TerminatingAction,
  terminating: TerminatingRule | undefined,
  response: BlockResponse | undefined,
): Verdict {
  return {
    webAcl: acl,
    action,
    terminating,
    response,
    insert: [...insert],
    labels: [...inspection.labels],
    counted,
    groups,
    limited,
    oversize: [...inspection.oversize],
    captcha,
    challenge,
  };
}

function throughRule(rule: PlainRule, progress: Progress): Ended | undefined {
  const hit = hitOf(rule, progress);
  if (hit === undefined) return undefined;
  const acted = act(hit, progress);
  const matched = matchedRule(hit, acted);
  if (acted.ends === undefined) {
    progress.counted.push(matched);
    return undefined;
  }
  const type = rule.isRateBased ? 'RATE_BASED' : 'REGULAR';
  return { rule: { ...matched, action: acted.ends, type, within: undefined }, response: responseOf(hit) };
}

/** Labels are added to whatever matches, before its action. */
function hitOf(rule: PlainRule, { inspection, limited }: Progress): Hit | undefined {
  const details = rule.matches(inspection);
  for (const one of inspection.limited.splice(0)) limited.push({ ...one, rule: rule.source.name });
  if (details === undefined) return undefined;
  for (const label of rule.labels) inspection.labels.add(label);
  return {
    name: rule.source.name,
    action: rule.action,
    details,
    bodies: rule.bodies,
    visibility: rule.source.visibility,
    isExclusion: rule.isExclusion,
    overridden: rule.overridden,
    captchaImmunity: rule.captchaImmunity,
    challengeImmunity: rule.challengeImmunity,
  };
}

function throughGroup(rule: GroupRule, progress: Progress): Ended | undefined {
  const { inspection } = progress;
  if (rule.scopeDown !== undefined && rule.scopeDown(inspection) === undefined) return undefined;
  const counted: MatchedRule[] = [];
  for (const hit of groupHits(rule, progress)) {
    const isSetAside = rule.overrideAction.kind === 'override-count';
    const acted = act(hit, progress, isSetAside);
    const matched = matchedRule(hit, acted);
    if (acted.ends === undefined) {
      counted.push(matched);
      continue;
    }
    progress.groups.push({ rule: rule.source.name, groupId: rule.groupId, terminating: matched, counted });
    const own = { name: rule.source.name, details: hit.details, visibility: rule.source.visibility };
    if (isSetAside) {
      progress.counted.push({ ...own, action: 'COUNT' });
      return undefined;
    }
    const within = { ...matched, groupId: rule.groupId };
    return { rule: { ...own, action: acted.ends, type: rule.type, within, check: acted.check }, response: responseOf(hit) };
  }
  progress.groups.push({ rule: rule.source.name, groupId: rule.groupId, terminating: undefined, counted });
  return undefined;
}

/** One by one: nothing behind a rule that ends the evaluation is asked. */
function* groupHits({ members, source }: GroupRule, progress: Progress): Generator<Hit> {
  if (members.kind === 'own') {
    for (const rule of members.rules) {
      const hit = hitOf(rule, progress);
      if (hit !== undefined) yield hit;
    }
    return;
  }
  const { inspection } = progress;
  for (const { rule, labels = [], details = [] } of members.evaluate(inspection.request)) {
    for (const label of [...rule.labels, ...labels]) inspection.labels.add(label);
    const override = members.overrides.get(rule.name);
    yield {
      name: rule.name,
      action: override?.action ?? rule.action,
      details,
      bodies: members.bodies,
      visibility: source.visibility,
      isExclusion: override?.isExclusion === true,
      overridden: override && rule.action,
      captchaImmunity: undefined,
      challengeImmunity: undefined,
    };
  }
}

/** `isSetAside`: whatever ends the evaluation is turned into a count by the rule that refers to the group, and adds nothing to the request. */
function act(hit: Hit, progress: Progress, isSetAside = false): Acted {
  const { action } = hit;
  switch (action.kind) {
    case 'allow':
      if (!isSetAside) insertHeaders(progress, action.insertHeaders);
      return { ends: 'ALLOW', logged: 'ALLOW' };
    case 'block':
      return { ends: 'BLOCK', logged: 'BLOCK' };
    case 'count':
      insertHeaders(progress, action.insertHeaders);
      return { ends: undefined, logged: hit.isExclusion ? 'EXCLUDED_AS_COUNT' : 'COUNT' };
    case 'captcha':
    case 'challenge': {
      const check = checkToken(action.kind, hit, progress);
      progress[action.kind] = check;
      const logged = action.kind === 'captcha' ? 'CAPTCHA' : 'CHALLENGE';
      if (check.kind === 'unsolved') return { ends: logged, logged, check };
      insertHeaders(progress, action.insertHeaders);
      return { ends: undefined, logged, check };
    }
  }
}

/** AWS WAF: a token counts for the immunity time of the rule, or of the web ACL, after its puzzle or challenge was solved. */
function checkToken(kind: 'captcha' | 'challenge', hit: Hit, { acl, inspection }: Progress): TokenCheck {
  const reading = inspection.token();
  if (reading.kind === 'none') return { kind: 'unsolved', reason: reading.reason };
  const solvedAt = kind === 'captcha' ? reading.captchaSolved : reading.challengeSolved;
  if (solvedAt === undefined) return { kind: 'unsolved', reason: 'TOKEN_MISSING' };
  const immunity = (kind === 'captcha' ? hit.captchaImmunity : hit.challengeImmunity) ?? acl.immunity[kind];
  if (inspection.now >= solvedAt + immunity) return { kind: 'unsolved', reason: 'TOKEN_EXPIRED' };
  return { kind: 'solved', solvedAt };
}

function matchedRule({ name, details, visibility, overridden }: Hit, { logged, check }: Acted): MatchedRule {
  const overriddenAction = overridden && LOGGED[overridden.kind];
  return { name, action: logged, details, visibility, ...(overriddenAction && { overriddenAction }), ...(check && { check }) };
}

const LOGGED: Readonly<Record<RuleAction['kind'], LoggedAction>> = {
  allow: 'ALLOW',
  block: 'BLOCK',
  count: 'COUNT',
  captcha: 'CAPTCHA',
  challenge: 'CHALLENGE',
};

/** AWS WAF: of several with one name, the last one's value. */
function insertHeaders({ insert }: Progress, headers: CustomHeaders): void {
  for (const { name, value } of headers) insert.set(`x-amzn-waf-${name.toLowerCase()}`, value);
}

function responseOf({ action, bodies }: Hit): BlockResponse | undefined {
  return action.kind === 'block' ? blockResponse(action.response, bodies) : undefined;
}

function blockResponse(response: CustomResponse | undefined, bodies: CustomResponseBodies): BlockResponse | undefined {
  if (response === undefined) return undefined;
  const headers = response.headers.map(({ name, value }): Field => [name.toLowerCase(), value]);
  return { status: response.status, headers, body: response.bodyKey === undefined ? undefined : bodies[response.bodyKey] };
}
