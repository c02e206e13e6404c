/**
 * The policy that a signature covers: facts 9.2, 9.3. A canned policy is written here byte for byte, from the URL asked for; a custom one
 * is read here, from the octets that were signed. Ours: whatever a policy says that is not understood makes it malformed, since a condition
 * that nobody judges would open what it was to protect. Whether a request meets it: core/viewer-request/signature/judge-statement.ts.
 */
import { POLICIES_MAY_NAME_IPV6 } from '../assumptions.ts';
import { parseNetwork, type Network } from '../network.ts';
import { seconds, type Instant } from '../units.ts';
import { readStrictJson, type JsonFault, type JsonValue } from './strict-json.ts';

export interface PolicyStatement {
  /** A pattern (resource-pattern.ts). Undefined: the URL is settled otherwise, or CloudFront: whatever trusts the key. */
  readonly resource: string | undefined;
  /** Valid before this. */
  readonly dateLessThan: Instant;
  /** Not valid at this or before. */
  readonly dateGreaterThan: Instant | undefined;
  readonly sourceIp: { readonly network: Network; readonly text: string } | undefined;
}

export interface PolicyFault {
  readonly kind: 'malformed';
  readonly reason:
    | JsonFault['reason']
    | 'missing-member'
    | 'unknown-member'
    | 'not-an-object'
    | 'not-one-statement'
    | 'not-text'
    | 'not-a-time'
    | 'not-a-network';
  /** The octet of the policy at which it shows. */
  readonly at: number;
  /** Where it belongs: `Condition.DateLessThan`; '' for the whole. */
  readonly path: string;
}

/** CloudFront: this and no other spelling is signed for `Expires`. */
export function cannedPolicy(url: string, epochSeconds: string): string {
  return `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${epochSeconds}}}}]}`;
}

/** The greatest a signed integer of 64 bits can be. */
const LATEST = '9223372036854775807';
const TIME = /^(?:0|-?[1-9]\d{0,18})$/;

/** Epoch seconds, or undefined for what is no whole number of 64 bits in its only spelling. */
export function readEpochTime(text: string): Instant | undefined {
  if (!TIME.test(text)) return undefined;
  const digits = text.replace('-', '');
  if (digits.length === LATEST.length && digits > LATEST) return undefined;
  return seconds(Number(text));
}

/** Object, array of statements, statement, Condition, one condition. */
const DEPTH = 5;

export function readPolicy(policy: string): PolicyStatement | PolicyFault {
  const read = readStrictJson(policy, DEPTH);
  if (read.kind === 'fault') return malformed(read.reason, read.at, '');
  const document = membersOf(read, '', ['Statement']);
  if (isFault(document)) return document;
  const statement = theStatement(document.get('Statement'), read.at);
  if ('reason' in statement) return statement;
  const members = membersOf(statement, 'Statement', ['Condition'], ['Resource']);
  if (isFault(members)) return members;
  const resource = members.get('Resource');
  if (resource !== undefined && resource.kind !== 'string') return malformed('not-text', resource.at, 'Resource');
  const conditions = readConditions(members.get('Condition') ?? statement);
  return 'reason' in conditions ? conditions : { resource: resource?.text, ...conditions };
}

/** CloudFront: an array of one statement; a statement that stands by itself is taken, too. */
function theStatement(given: JsonValue | undefined, at: number): JsonValue | PolicyFault {
  if (given === undefined) return malformed('missing-member', at, 'Statement');
  if (given.kind !== 'array') return given;
  const [statement] = given.items;
  return statement === undefined || given.items.length > 1 ? malformed('not-one-statement', given.at, 'Statement') : statement;
}

function readConditions(condition: JsonValue): Omit<PolicyStatement, 'resource'> | PolicyFault {
  const conditions = membersOf(condition, 'Condition', ['DateLessThan'], ['DateGreaterThan', 'IpAddress']);
  if (isFault(conditions)) return conditions;
  const [lessThan, greaterThan] = [conditions.get('DateLessThan'), conditions.get('DateGreaterThan')];
  const until = readTime(lessThan ?? condition, 'Condition.DateLessThan');
  if (typeof until === 'object') return until;
  const from = greaterThan && readTime(greaterThan, 'Condition.DateGreaterThan');
  if (typeof from === 'object') return from;
  const sourceIp = readSourceIp(conditions.get('IpAddress'));
  if (sourceIp !== undefined && 'reason' in sourceIp) return sourceIp;
  return { dateLessThan: until, dateGreaterThan: from, sourceIp };
}

function readTime(given: JsonValue, path: string): Instant | PolicyFault {
  const members = membersOf(given, path, ['AWS:EpochTime']);
  if (isFault(members)) return members;
  const time = members.get('AWS:EpochTime') ?? given;
  const instant = time.kind === 'number' ? readEpochTime(time.text) : undefined;
  return instant ?? malformed('not-a-time', time.at, path);
}

function readSourceIp(given: JsonValue | undefined): PolicyStatement['sourceIp'] | PolicyFault {
  const path = 'Condition.IpAddress';
  if (given === undefined) return undefined;
  const members = membersOf(given, path, ['AWS:SourceIp']);
  if (isFault(members)) return members;
  const source = members.get('AWS:SourceIp') ?? given;
  const text = source.kind === 'string' ? source.text : '';
  const network = parseNetwork(text);
  const isTaken = network !== undefined && (network.family === 4 || POLICIES_MAY_NAME_IPV6);
  return isTaken ? { network, text } : malformed('not-a-network', source.at, path);
}

/** The members of an object that has all of `required` and nothing else but `optional`. */
function membersOf(
  value: JsonValue,
  path: string,
  required: readonly string[],
  optional: readonly string[] = [],
): ReadonlyMap<string, JsonValue> | PolicyFault {
  if (value.kind !== 'object') return malformed('not-an-object', value.at, path);
  for (const [name, member] of value.members) {
    if (!required.includes(name) && !optional.includes(name)) return malformed('unknown-member', member.at, inside(path, name));
  }
  const absent = required.find((name) => !value.members.has(name));
  return absent === undefined ? value.members : malformed('missing-member', value.at, inside(path, absent));
}

function inside(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function malformed(reason: PolicyFault['reason'], at: number, path: string): PolicyFault {
  return { kind: 'malformed', reason, at, path };
}

function isFault(read: ReadonlyMap<string, JsonValue> | PolicyFault): read is PolicyFault {
  return 'reason' in read;
}
