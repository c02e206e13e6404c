/**
 * The certificate store in memory: for the test kit and for tests of what stands above it. Nothing outlives the process.
 */
import type { CertificateMaterial, CertificateStore } from '../../edge/certificate-ports.ts';

export function createMemoryCertificates(): CertificateStore {
  const held = new Map<string, Map<number, CertificateMaterial>>();
  return {
    async put(id, version, material) {
      const versions = held.get(id) ?? new Map<number, CertificateMaterial>();
      held.set(id, versions.set(version, material));
    },
    async read(id, version) {
      const found = held.get(id)?.get(version);
      if (found === undefined) throw new Error(`version ${version} of the certificate ${id} is missing`);
      return found;
    },
    async forget(id, version = Infinity) {
      const versions = held.get(id);
      for (const old of versions?.keys() ?? []) if (old < version) versions?.delete(old);
      if (versions?.size === 0) held.delete(id);
    },
    async keepOnly(id, version) {
      const versions = held.get(id);
      for (const other of versions?.keys() ?? []) if (other !== version) versions?.delete(other);
      if (versions?.size === 0) held.delete(id);
    },
    list: async () => [...held].flatMap(([id, versions]) => [...versions.keys()].map((version) => ({ id, version }))),
  };
}
