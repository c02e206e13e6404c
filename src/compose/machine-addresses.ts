/** The addresses of this machine's interfaces, without those that mean nothing beyond one link. */
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';

export function machineAddresses(): readonly NetworkInterfaceInfo[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ address }) => !/^fe[89ab]/i.test(address));
}
