/**
 * Which distribution answers to this Host? Facts 1.4: an exact name, else the longest wildcard; case and port do not count.
 * The names were indexed in model/compile.ts; that the Host is well formed is judged in admit-request.ts.
 */
import type { CompiledDistribution, CompiledSnapshot } from '../../model/compile.ts';
import { ownerOf } from '../../model/alias.ts';

/** Undefined when no distribution answers: CloudFront then answers 403 and never falls through to another distribution. */
export function matchDistribution(snapshot: CompiledSnapshot, host: string): CompiledDistribution | undefined {
  const name = withoutPort(host);
  // Nearly every viewer sends lower case, so an exact name costs one lookup; a miss or another spelling is looked up once more.
  return snapshot.byHost.get(name) ?? ownerOf(snapshot, name.toLowerCase());
}

/** The host's name or address; an IPv6 address keeps its brackets. */
export function withoutPort(host: string): string {
  const colon = host.lastIndexOf(':');
  return colon < 0 || host.endsWith(']') ? host : host.slice(0, colon);
}
