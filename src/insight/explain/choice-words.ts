/**
 * Which distribution and which cache behavior serve the request, told: by which name, by which pattern, and what was passed over.
 * Chosen in core/viewer-request/match-distribution.ts and match-cache-behavior.ts.
 */
import { normalisePath } from '../../http/normalise-path.ts';
import { withoutPort } from '../../core/viewer-request/match-distribution.ts';
import type { MatchedInspection } from '../../core/inspection.ts';
import type { CompiledDistribution, CompiledSnapshot } from '../../model/compile.ts';
import type { CacheBehaviorChoice, DistributionChoice } from '../../model/explanation.ts';

export function distributionChoice(
  snapshot: CompiledSnapshot,
  host: string,
  matched: CompiledDistribution | undefined,
): DistributionChoice {
  const name = withoutPort(host).toLowerCase();
  if (matched === undefined) return noDistribution(snapshot, name);
  const { id, domainName, aliases } = matched.source;
  const told = { kind: 'matched', id, domainName } as const;
  if (name === domainName) return { ...told, by: 'domain-name', name, sentence: `${name} is the domain name of ${id}` };
  if (aliases.includes(name)) return { ...told, by: 'alias', name, sentence: `${name} is an alias of ${id}` };
  const wildcard = aliases
    .filter((alias) => alias.startsWith('*.') && name.endsWith(alias.slice(1)))
    .toSorted((one, other) => other.length - one.length)[0];
  const by = wildcard ?? name;
  return {
    ...told,
    by: 'wildcard-alias',
    name: by,
    sentence: `${by}, an alias of ${id}, is the longest wildcard that covers ${name}`,
  };
}

const MOST_NEARBY = 5;

function noDistribution(snapshot: CompiledSnapshot, host: string): DistributionChoice {
  const hosts = [...snapshot.byHost.keys(), ...[...snapshot.byHostSuffix.keys()].map((suffix) => `*${suffix}`)];
  const nearby = hosts.toSorted((one, other) => likeness(other, host) - likeness(one, host)).slice(0, MOST_NEARBY);
  const owner = [...snapshot.byId.values()].find(({ source }) => [source.domainName, ...source.aliases].includes(host))?.source;
  const why =
    owner === undefined
      ? `no distribution has the domain name or the alias ${host}`
      : owner.staging
        ? `${host} belongs to ${owner.id}, a staging distribution, which viewers reach only through its primary`
        : `${host} belongs to ${owner.id}, which is disabled`;
  return { kind: 'none', host, nearby, sentence: `${why}; the answer is 403` };
}

/** How many characters two names have in common at their ends, and at their beginnings. */
function likeness(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let begin = 0;
  while (begin < most && one[begin] === other[begin]) begin += 1;
  let end = 0;
  while (end < most - begin && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return begin + end;
}

export function cacheBehaviorChoice(
  { distribution, behavior, path }: MatchedInspection,
  requestedPath: string,
): CacheBehaviorChoice {
  const { pathPattern, targetOriginId } = behavior.source;
  const isDefault = behavior === distribution.defaultBehavior;
  const before = distribution.behaviors.slice(0, distribution.behaviors.indexOf(behavior));
  const passedOver = before.map(({ source }) => source.pathPattern);
  const compared = requestedPath === '/' ? path : normalisePath(requestedPath);
  const others = passedOver.length === 0 ? '' : `; tried before, in this order: ${passedOver.join(', ')}`;
  const sentence = isDefault
    ? passedOver.length === 0
      ? 'the default cache behavior: there is no other'
      : `the default cache behavior: no pattern matches ${compared}${others}`
    : `${pathPattern} is the first pattern that matches ${compared}${others}`;
  return { pathPattern, targetOriginId, passedOver, path: compared, sentence };
}
