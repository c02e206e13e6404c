/**
 * Which names a site has: a response that names them repeats nothing of a viewer's. With a port only where it is one at which viewers are
 * answered.
 */
import type { CompiledDistribution } from '../../model/compile.ts';
import type { Origin } from '../../model/distribution.ts';
import type { ViewerRequest } from '../request.ts';

export interface Site {
  readonly distribution: Pick<CompiledDistribution, 'source'>;
  readonly origin: Pick<Origin, 'domainName' | 'hostHeader'>;
  readonly request: Pick<ViewerRequest, 'host' | 'scheme' | 'method' | 'path' | 'query'>;
  /** Where this edge listens, beside 80 and 443. */
  readonly ownPorts: readonly number[];
}

/** Is this host, perhaps with a port, the site's own? */
export function isOwnHost(host: string, { distribution, origin, request, ownPorts }: Site): boolean {
  const { name, port } = splitPort(host);
  if (port !== undefined && port !== '80' && port !== '443' && !ownPorts.includes(Number(port))) return false;
  const { domainName, aliases } = distribution.source;
  if (name === splitPort(request.host).name || name === domainName || name === origin.domainName || name === origin.hostHeader) {
    return true;
  }
  return aliases.some((alias) => name === alias || (alias.startsWith('*.') && name.endsWith(alias.slice(1))));
}

/** `name` in lower case, without a closing dot. */
export function splitPort(host: string): { readonly name: string; readonly port: string | undefined } {
  const [, name = host, port] = /^(.*?)(?::([0-9]*))?$/s.exec(host) ?? [];
  return { name: name.toLowerCase().replace(/\.$/, ''), port: port === '' ? undefined : port };
}
