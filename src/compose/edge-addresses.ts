/**
 * Whence this machine's edges ask origins: what the operator says, or else the addresses of the machine itself. Behind an address
 * translation only the operator knows.
 */
import { networkInterfaces } from 'node:os';
import type { Settings } from '../tables/settings.ts';

export function edgeAddresses({
  edgeAddresses: given,
  production,
}: Pick<Settings, 'edgeAddresses' | 'production'>): readonly string[] {
  if (given.length > 0) return given;
  return (
    Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      // Strangers' origins are never on this machine; link-local addresses mean nothing elsewhere.
      .filter(({ internal, address }) => !(internal && production) && !/^fe[89ab]/i.test(address))
      .map(({ address }) => address)
  );
}
