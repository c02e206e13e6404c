/**
 * Is a bucket policy public? S3 user guide, "Blocking public access", "The meaning of public": an Allow to everybody is public unless
 * a condition pins it to fixed values of a key that names who or where. What follows from it is decided in decide-access.ts.
 */
import type { Condition, Policy, Statement } from './policy.ts';

export function isPublicPolicy(policy: Policy): boolean {
  return policy.statements.some(isPublicStatement);
}

function isPublicStatement(statement: Statement): boolean {
  if (statement.effect !== 'Allow') return false;
  const { negated, patterns } = statement.principals;
  if (!negated && !patterns.some((pattern) => pattern.kind === 'everyone')) return false;
  return !statement.conditions.some(pinsPrincipals);
}

const PINNING_KEYS: ReadonlySet<string> = new Set([
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceowner',
  'aws:sourceaccount',
  'aws:userid',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalaccount',
  'aws:principalarn',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
]);
const POSITIVE = /^(?:StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;

function pinsPrincipals({ operator, qualifier, ifExists, key, values }: Condition): boolean {
  // An absent key would satisfy these, so they pin nobody.
  if (ifExists || qualifier === 'ForAllValues') return false;
  // S3: an address range is fixed unless it is very broad.
  if (key === 'aws:sourceip') return operator === 'IpAddress' && values.every(isNarrow);
  return PINNING_KEYS.has(key) && POSITIVE.test(operator) && values.every((value) => isFixed(key, value));
}

/** S3: wildcards make a value not fixed, but for what follows the account in an ARN. */
function isFixed(key: string, value: string): boolean {
  if (!/[*?]/.test(value) && !value.includes('${')) return true;
  return key === 'aws:sourcearn' && /^arn:[^*?$]*:\d{12}:/.test(value);
}

function isNarrow(network: string): boolean {
  const [address = '', length] = network.split('/');
  if (length === undefined) return true;
  return Number(length) >= (address.includes(':') ? 32 : 8);
}
