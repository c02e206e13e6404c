/**
 * Whence this machine's edges ask origins: what the operator says, or else the addresses of the machine itself. Behind an address
 * translation only the operator knows.
 */
import type { Settings } from '../tables/settings.ts';
import { machineAddresses } from './machine-addresses.ts';

export function edgeAddresses({
  edgeAddresses: given,
  production,
}: Pick<Settings, 'edgeAddresses' | 'production'>): readonly string[] {
  if (given.length > 0) return given;
  // Strangers' origins are never on this machine.
  return machineAddresses()
    .filter(({ internal }) => !(internal && production))
    .map(({ address }) => address);
}
