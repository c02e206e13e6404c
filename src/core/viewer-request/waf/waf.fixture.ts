import type { InspectedRequest, ManagedRuleGroup, WafEngine } from '../../../model/waf-engine.ts';
import { NO_WAF, type Rule, type WafConfiguration, type WebAcl } from '../../../model/web-acl.ts';
import type { FieldToMatch, Inspecting, Statement } from '../../../model/web-acl-statement.ts';
import { compileWebAcl, type CompiledWebAcl } from './compile-web-acl.ts';
import { beginInspection, type Inspection, type TokenReading } from './inspection.ts';
import { createRateCounters, type RateCounters } from './rates/rate-counters.ts';

/** Knows a handful of words: what real ones do is tested where they are. */
export const PLAIN_ENGINE: WafEngine = {
  transformation: (name) => (text) =>
    name === 'LOWERCASE' ? text.toLowerCase() : name === 'URL_DECODE' ? decodeURIComponent(text) : text,
  preParse: () => (text) => text.replaceAll(';', '&'),
  compilePattern(source) {
    const pattern = new RegExp(source);
    return (text) => {
      const match = pattern.exec(text);
      return match === null ? undefined : { at: match.index, length: match[0].length };
    };
  },
  detectSqli: (text, sensitivity) =>
    text.includes(sensitivity === 'HIGH' ? "'" : "' or") ? { at: 0, length: 0, matched: ["'"] } : undefined,
  detectXss: (text) => (text.includes('<script') ? { at: text.indexOf('<script'), length: 7 } : undefined),
  managedRuleGroup: ({ name }) => (name === 'Paths' ? MANAGED_PATHS : undefined),
};

/** Blocks /one, and /two; both have labels. */
const MANAGED_PATHS: ManagedRuleGroup = {
  name: 'Paths',
  version: '1',
  labelNamespace: 'awswaf:managed:aws:paths:',
  readsBody: false,
  rules: ['One', 'Two'].map((name) => ({
    name,
    action: { kind: 'block', response: undefined },
    labels: [`awswaf:managed:aws:paths:${name}`],
  })),
  evaluate: ({ path }) =>
    MANAGED_PATHS.rules.filter(({ name }) => path.includes(name.toLowerCase())).map((found) => ({ rule: found, details: [] })),
};

export const NAMESPACE = 'awswaf:000000000000:webacl:test:';

export function webAcl(rules: readonly Rule[], settings: Partial<WebAcl> = {}): WebAcl {
  return {
    arn: 'arn:acl',
    id: 'id',
    name: 'test',
    labelNamespace: NAMESPACE,
    defaultAction: { kind: 'allow', insertHeaders: [] },
    rules,
    customResponseBodies: {},
    visibility: { sampledRequests: true, metrics: true, metricName: 'test' },
    immunity: { captcha: 300_000, challenge: 300_000 },
    tokenDomains: [],
    bodyLimit: 16_384,
    logging: undefined,
    dataProtections: [],
    ...settings,
  };
}

export const BLOCK = { kind: 'block', response: undefined } as const;
export const COUNT = { kind: 'count', insertHeaders: [] } as const;

export function rule(name: string, statement: Statement, settings: Partial<Rule> = {}): Rule {
  return {
    name,
    priority: 0,
    statement,
    action: BLOCK,
    labels: [],
    visibility: { sampledRequests: true, metrics: true, metricName: name },
    captchaImmunity: undefined,
    challengeImmunity: undefined,
    ...settings,
  };
}

export function inspecting(field: FieldToMatch, settings: Partial<Inspecting> = {}): Inspecting {
  return { field, transformations: [], preParse: [], ...settings };
}

export function contains(search: string, field: FieldToMatch = { kind: 'uriPath' }): Statement {
  return { kind: 'byteMatch', search, position: 'CONTAINS', ...inspecting(field) };
}

export function compiled(acl: WebAcl, material: Partial<WafConfiguration> = {}): CompiledWebAcl {
  const made = compileWebAcl(acl, { ...NO_WAF, ...material }, PLAIN_ENGINE);
  if ('broken' in made) throw new Error(made.broken);
  return made;
}

export function inspected(request: Partial<InspectedRequest> = {}): InspectedRequest {
  return {
    method: 'GET',
    scheme: 'http',
    httpVersion: '1.1',
    host: 'd.test',
    path: '/',
    query: '',
    fields: [['host', 'd.test']],
    body: undefined,
    bodyIsLarger: false,
    viewerAddress: '192.0.2.1',
    country: undefined,
    asn: undefined,
    ...request,
  };
}

export interface InspectionSettings {
  readonly now?: number;
  readonly rates?: RateCounters;
  readonly token?: TokenReading;
  readonly labels?: readonly string[];
  readonly places?: Readonly<Record<string, ReturnType<Inspection['locate']>>>;
}

export function inspection(request: Partial<InspectedRequest> = {}, settings: InspectionSettings = {}): Inspection {
  const { now = 0, rates = createRateCounters(), token = { kind: 'none', reason: 'TOKEN_MISSING' }, places = {} } = settings;
  const begun = beginInspection({
    request: inspected(request),
    now,
    locate: (address) => places[address] ?? {},
    rates,
    token: () => token,
  });
  for (const label of settings.labels ?? []) begun.labels.add(label);
  return begun;
}
