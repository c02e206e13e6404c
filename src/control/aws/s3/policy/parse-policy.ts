/**
 * Bucket policy text to a Policy, refusing what S3 refuses with MalformedPolicy and S3's words.
 * S3 user guide, "Policies and permissions"; IAM user guide, "Grammar of the IAM JSON policy language".
 * What a valid policy allows is decided in evaluate-policy.ts; whether it may be put at all (public access) in public-policy.ts.
 */
import { isOperator } from './conditions.ts';
import type { Condition, Policy, PrincipalPattern, Statement } from './policy.ts';

export interface PolicyScope {
  readonly bucket: string;
  /** Does this origin access identity exist? Unknown principals are refused, as S3 does. */
  readonly oaiExists: (id: string) => boolean;
}

/** Why a policy is refused: S3's message for MalformedPolicy. */
export class PolicyFault extends Error {}

/** S3: bucket policies are limited to 20 KB. */
export const MAX_POLICY_LENGTH = 20 * 1024;

export function parsePolicy(text: string, scope: PolicyScope): Policy {
  const document = readJson(text);
  refuseUnknown(document, ['Version', 'Id', 'Statement']);
  const { Version, Id, Statement: statements } = document;
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17')
    throw new PolicyFault('The policy must contain a valid version string');
  if (Id !== undefined && typeof Id !== 'string')
    throw new PolicyFault("Policies must be valid JSON and the first byte must be '{'");
  if (statements === undefined) throw new PolicyFault('Missing required field Statement');
  const list = Array.isArray(statements) ? (statements as readonly unknown[]) : [statements];
  if (list.length === 0) throw new PolicyFault('Could not parse the policy: Statement is empty!');
  const sids = list.flatMap((statement) => (isRecord(statement) && statement['Sid'] !== undefined ? [statement['Sid']] : []));
  if (new Set(sids).size !== sids.length) throw new PolicyFault('Statement IDs (SID) in a single policy must be unique.');
  return { statements: list.map((statement) => readStatement(statement, scope)) };
}

type Json = Readonly<Record<string, unknown>>;

const STATEMENT_FIELDS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

function readStatement(source: unknown, scope: PolicyScope): Statement {
  if (!isRecord(source)) throw new PolicyFault('Invalid policy syntax.');
  refuseUnknown(source, STATEMENT_FIELDS);
  const { Effect } = source;
  if (Effect === undefined) throw new PolicyFault('Missing required field Effect');
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new PolicyFault(`Invalid effect: ${textOf(Effect)}`);
  const [principals, principalsNegated] = choose(source, 'Principal');
  const [actions, actionsNegated] = choose(source, 'Action');
  const [resources, resourcesNegated] = choose(source, 'Resource');
  return {
    effect: Effect,
    principals: { negated: principalsNegated, patterns: readPrincipals(principals, scope) },
    actions: { negated: actionsNegated, patterns: strings(actions, 'Action').map(readAction) },
    resources: {
      negated: resourcesNegated,
      patterns: strings(resources, 'Resource').map((resource) => readResource(resource, scope)),
    },
    conditions: readConditions(source['Condition']),
  };
}

/** The field or its negation: exactly one of the two. */
function choose(source: Json, name: string): readonly [value: unknown, negated: boolean] {
  const plain = source[name];
  const negated = source[`Not${name}`];
  if (plain !== undefined && negated !== undefined) throw new PolicyFault(`Statement/policy already has instance of ${name}`);
  if (plain === undefined && negated === undefined) throw new PolicyFault(`Missing required field ${name}`);
  return plain === undefined ? [negated, true] : [plain, false];
}

function readPrincipals(source: unknown, scope: PolicyScope): readonly PrincipalPattern[] {
  if (source === '*') return [{ kind: 'everyone' }];
  if (!isRecord(source) || Object.keys(source).length === 0) throw new PolicyFault('Invalid policy syntax.');
  return Object.entries(source).flatMap(([kind, values]) =>
    strings(values, 'Principal').map((value) => readPrincipal(kind, value, scope)),
  );
}

const IAM_ARN = /^arn:aws[\w-]*:(?:iam|sts)::(?:\d{12}):(?:root|user\/.+|role\/.+|assumed-role\/.+|federated-user\/.+)$/;
const OAI_ARN = /^arn:aws[\w-]*:iam::cloudfront:user\/CloudFront Origin Access Identity (\w+)$/;

function readPrincipal(kind: string, value: string, scope: PolicyScope): PrincipalPattern {
  const invalid = new PolicyFault('Invalid principal in policy');
  switch (kind) {
    case 'AWS': {
      if (value === '*') return { kind: 'everyone' };
      const oai = OAI_ARN.exec(value)?.[1];
      if (oai !== undefined ? scope.oaiExists(oai) : /^\d{12}$/.test(value) || IAM_ARN.test(value)) return { kind: 'aws', value };
      throw invalid;
    }
    case 'Service':
      if (!/^[a-z0-9.-]+\.amazonaws\.com$/.test(value)) throw invalid;
      return { kind: 'service', value };
    case 'CanonicalUser':
      if (!/^[0-9a-f]{64}(?:[0-9a-f]{32})?$/.test(value)) throw invalid;
      return { kind: 'canonical-user', value };
    case 'Federated':
      return { kind: 'aws', value };
    default:
      throw invalid;
  }
}

function readAction(action: string): string {
  if (action !== '*' && !/^s3:[\w*?]+$/i.test(action)) throw new PolicyFault('Policy has invalid action');
  return action.toLowerCase();
}

function readResource(resource: string, { bucket }: PolicyScope): string {
  const arn = `arn:aws:s3:::${bucket}`;
  if (resource !== arn && !resource.startsWith(`${arn}/`) && !/^(?:\*|arn:aws:s3:::[^/]*[*?].*)$/.test(resource)) {
    throw new PolicyFault('Policy has invalid resource');
  }
  return resource;
}

function readConditions(source: unknown): readonly Condition[] {
  if (source === undefined) return [];
  if (!isRecord(source)) throw new PolicyFault('Invalid policy syntax.');
  return Object.entries(source).flatMap(([name, block]) => {
    const parts = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name);
    const operator = parts?.[2] ?? '';
    if (parts === null || !isOperator(operator)) throw new PolicyFault(`Invalid Condition type : ${name}`);
    if (!isRecord(block)) throw new PolicyFault('Invalid policy syntax.');
    return Object.entries(block).map(([key, values]) => readCondition(parts, operator, key, values));
  });
}

function readCondition(parts: RegExpExecArray, operator: string, key: string, values: unknown): Condition {
  if (!/^(?:aws|s3):[\w\-/:]+$/i.test(key)) throw new PolicyFault(`Policy has an invalid condition key - ${key}`);
  const list = Array.isArray(values) ? (values as readonly unknown[]) : [values];
  const scalars = list.map((value) => {
    if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number')
      throw new PolicyFault('Invalid policy syntax.');
    return String(value);
  });
  const qualifier = parts[1] as Condition['qualifier'];
  return { operator, qualifier, ifExists: parts[3] !== undefined, key: key.toLowerCase(), values: scalars };
}

function strings(source: unknown, field: string): readonly string[] {
  const list = Array.isArray(source) ? (source as readonly unknown[]) : [source];
  if (list.length === 0) throw new PolicyFault(`Missing required field ${field} cannot be empty!`);
  for (const item of list) if (typeof item !== 'string') throw new PolicyFault('Invalid policy syntax.');
  return list as readonly string[];
}

function readJson(text: string): Json {
  if (!text.startsWith('{')) throw new PolicyFault("Policies must be valid JSON and the first byte must be '{'");
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new PolicyFault('This policy contains invalid Json');
  }
  if (!isRecord(document)) throw new PolicyFault("Policies must be valid JSON and the first byte must be '{'");
  return document;
}

function refuseUnknown(source: Json, known: readonly string[]): void {
  for (const name of Object.keys(source)) if (!known.includes(name)) throw new PolicyFault(`Unknown field ${name}`);
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
