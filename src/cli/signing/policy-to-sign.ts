/**
 * Which policy `warmfront sign` signs: the text of a file as it is, a custom one made of the flags, or the canned one of the URL. Facts 9.2,
 * 9.3. A policy that an edge would not understand is refused here, with the place.
 */
import { readFileSync } from 'node:fs';
import { cannedPolicy, readPolicy } from '../../model/signing/policy-statement.ts';
import type { Instant } from '../../model/units.ts';
import { UsageError } from '../usage-error.ts';
import { readWhen } from './read-when.ts';
import { sentence } from '../../model/sentence.ts';

export interface SigningWishes {
  readonly expires: string | undefined;
  readonly starts: string | undefined;
  readonly ip: string | undefined;
  readonly resource: string | undefined;
  /** A file's path. */
  readonly policy: string | undefined;
}

/** `expires` is set for a canned policy. */
export interface PolicyToSign {
  readonly text: string;
  readonly expires: number | undefined;
}

export function policyToSign(url: string, wishes: SigningWishes, now: Instant): PolicyToSign {
  const { expires, starts, ip, resource, policy: file } = wishes;
  if (file !== undefined) {
    if (expires !== undefined || starts !== undefined || ip !== undefined || resource !== undefined) {
      throw new UsageError('--policy is the whole policy: leave out --expires, --starts, --ip and --resource');
    }
    return { text: understood(readText(file), file), expires: undefined };
  }
  if (expires === undefined) throw new UsageError('say until when: --expires 1h, or give a whole policy: --policy FILE');
  const until = readWhen(expires, '--expires', now);
  if (starts === undefined && ip === undefined && resource === undefined) {
    return { text: cannedPolicy(url, String(until)), expires: until };
  }
  const Condition = {
    DateLessThan: { 'AWS:EpochTime': until },
    ...(starts !== undefined && { DateGreaterThan: { 'AWS:EpochTime': readWhen(starts, '--starts', now) } }),
    ...(ip !== undefined && { IpAddress: { 'AWS:SourceIp': ip } }),
  };
  return {
    text: understood(JSON.stringify({ Statement: [{ Resource: resource ?? url, Condition }] }), 'flags'),
    expires: undefined,
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the policy ${file}: ${sentence(error)}`);
  }
}

function understood(text: string, from: string): string {
  const policy = readPolicy(Buffer.from(text).toString('latin1'));
  if (!('reason' in policy)) return text;
  const where = policy.path === '' ? '' : ` in ${policy.path}`;
  throw new UsageError(`no edge understands the policy (${from}): ${policy.reason}${where}, at octet ${policy.at}`);
}
