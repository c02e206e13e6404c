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

/**
 * One certificate for each name, the default one first. Names of one distribution share one object's texts. A certificate that cannot
 * be read is reported and its aliases are left out: viewers of them then see the default one and refuse it, and no other name suffers.
 */
export async function viewerCertificates(
  distributions: readonly Named[],
  { certificatesFor, store, ownHosts, report }: ViewerCertificatesOptions,
): Promise<readonly ServerCertificate[]> {
  const local = new Set<string>(ownHosts);
  const own: Promise<readonly ServerCertificate[]>[] = [];
  for (const distribution of distributions) {
    // A distribution keeps the domain name it was made with when the suffix changes.
    local.add(distribution.domainName.replace(/^[^.]+/, '*'));
    if (distribution.viewerCertificate !== undefined) own.push(ownCertificates(distribution, store, report));
    else for (const alias of distribution.aliases) local.add(alias);
  }
  const [locals, owns] = await Promise.all([certificatesFor([...local]), Promise.all(own)]);
  return [...locals, ...owns.flat()];
}

async function ownCertificates(
  { id, aliases, viewerCertificate }: Named,
  store: Pick<CertificateStore, 'read'>,
  report: ViewerCertificatesOptions['report'],
): Promise<readonly ServerCertificate[]> {
  if (viewerCertificate === undefined || aliases.length === 0) return [];
  try {
    const { certificate, chain, key } = await store.read(viewerCertificate.id, viewerCertificate.version);
    return aliases.map((serverName) => ({ serverName, cert: `${certificate}${chain}`, key }));
  } catch (error) {
    report(`distribution ${id}: its certificate cannot be shown to viewers of ${aliases.join(', ')}`, error);
    return [];
  }
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
