/**
 * `warmfront findings`: what the leak and poison guard has found, as a page for people or as JSON for scripts. Exits 0 whatever was found.
 */
import type { FindingGroup } from '../../model/guard-finding.ts';
import { GUARD_RULES } from '../../tables/guard-rules.ts';
import type { ControlClient } from '../control-client.ts';
import { columns, painter, printable, type Terminal } from '../terminal.ts';

export async function printFindings(client: ControlClient, asJson: boolean, terminal: Terminal): Promise<number> {
  const groups = await client.findings();
  if (asJson) terminal.print(JSON.stringify(groups, null, 2));
  else for (const line of page(printable(groups), painter(terminal))) terminal.print(line);
  return 0;
}

function page(groups: readonly FindingGroup[], paint: ReturnType<typeof painter>): string[] {
  if (groups.length === 0) return ['nothing has been found since the workers started'];
  return groups.flatMap((group, index) => {
    const { rule, action, certainty, distributionId, pathPattern } = group.latest;
    const times = group.count === 1 ? 'once' : `${group.count} times`;
    const title = paint(`${rule} (${certainty}), ${action}`, action === 'refused' ? 'yellow' : 'bold');
    return [
      ...(index === 0 ? [] : ['']),
      `${title} at ${distributionId} ${pathPattern}, ${times}: ${GUARD_RULES[rule]}`,
      ...proofLines(group).map((line) => `  ${line}`),
    ];
  });
}

/** The request that proves it. */
export function proofLines({ latest, firstAt, lastAt, count }: FindingGroup): string[] {
  const { method, url, status, input, seenIn, offset, because, requestId } = latest;
  const value = input?.value === undefined ? `(left out, ${input?.length} octets)` : JSON.stringify(input.value);
  const place = offset === undefined ? seenIn : `${seenIn}, octet ${offset}`;
  return columns([
    ['request', `${method} ${url} -> ${status}, ${requestId}`],
    ...(input === undefined ? [] : [['not keyed', `${input.kind} ${input.name}: ${value}`]]),
    ...(place === undefined ? [] : [['seen in', place]]),
    ['because', because],
    ['when', count === 1 ? instant(lastAt) : `${instant(firstAt)} to ${instant(lastAt)}`],
  ]);
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
