/**
 * Which certificate viewers are shown for which name: a distribution's own for its aliases, the local CA's for its domain name and for
 * aliases without one. Facts: data plane 1.4, 10.4. Keys come from the store, in the version that the snapshot names.
 */
import type { CertificateStore } from '../../edge/certificate-ports.ts';
import type { ServerCertificate } from '../../edge/ports.ts';
import type { Distribution } from '../../model/distribution.ts';
import type { LocalCa } from './local-ca.ts';

/** Where an edge has its certificates from. */
export interface CertificateSources {
  readonly certificatesFor: LocalCa['certificatesFor'];
  readonly store: Pick<CertificateStore, 'read'>;
}

export interface ViewerCertificatesOptions extends CertificateSources {
  /** The first is shown to viewers that name no server, or none that is known. */
  readonly ownHosts: readonly string[];
  /** For the operator: a certificate that cannot be shown. */
  readonly report: (message: string, error: unknown) => void;
}

type Named = Pick<Distribution, 'id' | 'domainName' | 'aliases' | 'viewerCertificate'>;
type Shown = Pick<ServerCertificate, 'cert' | 'key'>;

/**
 * One certificate for each name, the default one first. A certificate that cannot be read is reported and its aliases are left out: viewers
 * of them then see the default one and refuse it, and no other name suffers. What was read is kept while a distribution shows it.
 */
export function createViewerCertificates({ certificatesFor, store, ownHosts, report }: ViewerCertificatesOptions) {
  let held: ReadonlyMap<string, Shown> = new Map();

  async function read({ id, aliases, viewerCertificate }: Named): Promise<readonly [version: string, shown: Shown] | undefined> {
    if (viewerCertificate === undefined || aliases.length === 0) return undefined;
    const version = versionOf(viewerCertificate);
    const known = held.get(version);
    if (known !== undefined) return [version, known];
    try {
      const { certificate, chain, key } = await store.read(viewerCertificate.id, viewerCertificate.version);
      return [version, { cert: `${certificate}${chain}`, key }];
    } catch (error) {
      report(`distribution ${id}: its certificate cannot be shown to viewers of ${aliases.join(', ')}`, error);
      return undefined;
    }
  }

  return async function viewerCertificates(distributions: readonly Named[]): Promise<readonly ServerCertificate[]> {
    // A distribution keeps the domain name it was made with when the suffix changes.
    const wildcards = distributions.map(({ domainName }) => domainName.replace(/^[^.]+/, '*'));
    const without = distributions.filter(({ viewerCertificate }) => viewerCertificate === undefined);
    const hosts = [...ownHosts, ...wildcards, ...without.flatMap(({ aliases }) => aliases)];
    const [locals, reads] = await Promise.all([certificatesFor([...new Set(hosts)]), Promise.all(distributions.map(read))]);
    held = new Map(reads.filter((one) => one !== undefined));
    const own = distributions.flatMap(({ aliases, viewerCertificate }) => {
      const shown = viewerCertificate && held.get(versionOf(viewerCertificate));
      return shown === undefined ? [] : aliases.map((serverName) => ({ serverName, ...shown }));
    });
    return [...locals, ...own];
  };
}

function versionOf({ id, version }: NonNullable<Named['viewerCertificate']>): string {
  return `${id} ${version}`;
}

/** Whether listeners must be told of the change. */
export function areSame(before: readonly ServerCertificate[], after: readonly ServerCertificate[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ serverName, cert, key }, at) => {
      const other = after[at]!;
      return serverName === other.serverName && cert === other.cert && key === other.key;
    })
  );
}
