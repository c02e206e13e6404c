/**
 * Which certificate viewers are shown for which name: a distribution's own for its aliases, the local CA's for its domain name and for
 * aliases without one. Facts: data plane 1.4, 10.4. Keys come from the store, in the version that the snapshot names.
 */
import type { ServerCertificate, CertificateStore } from '../../edge/certificate-ports.ts';
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
  /** One could not be read: this is to be asked again after a pause. */
  readonly askAgain: () => void;
}

type Named = Pick<Distribution, 'id' | 'domainName' | 'aliases' | 'viewerCertificate'>;
type Shown = Pick<ServerCertificate, 'cert' | 'key'>;
/** Of a certificate, by both its id and its number. */
type Version = string;
interface Read {
  readonly by: string;
  readonly version: Version;
  readonly shown: Shown;
  readonly distribution: Named;
}

/**
 * One certificate for each name, the default one first. A version that cannot be read is reported, and the one before goes on being shown;
 * where there is none, the aliases are left out: viewers of them then see the default one and refuse it, and no other name suffers. What
 * was read is kept while a distribution shows it.
 */
export function createViewerCertificates({ certificatesFor, store, ownHosts, report, askAgain }: ViewerCertificatesOptions) {
  let held: ReadonlyMap<Version, Shown> = new Map();
  /** What each distribution shows, by itself and its certificate. */
  let shownBy: ReadonlyMap<string, Version> = new Map();

  async function read(distribution: Named): Promise<Read | undefined> {
    const { id, aliases, viewerCertificate } = distribution;
    if (viewerCertificate === undefined || aliases.length === 0) return undefined;
    const by = `${id} ${viewerCertificate.id}`;
    const version = versionOf(viewerCertificate);
    const known = held.get(version);
    if (known !== undefined) return { by, version, shown: known, distribution };
    try {
      const { certificate, chain, key } = await store.read(viewerCertificate.id, viewerCertificate.version);
      return { by, version, shown: { cert: `${certificate}${chain}`, key }, distribution };
    } catch (error) {
      askAgain();
      const before = shownBy.get(by);
      const shown = before === undefined ? undefined : held.get(before);
      const instead = shown === undefined ? '' : '; the one before is shown';
      report(`distribution ${id}: its certificate cannot be shown to viewers of ${aliases.join(', ')}${instead}`, error);
      return before === undefined || shown === undefined ? undefined : { by, version: before, shown, distribution };
    }
  }

  return async function viewerCertificates(distributions: readonly Named[]): Promise<readonly ServerCertificate[]> {
    // A distribution keeps the domain name it was made with when the suffix changes.
    const wildcards = distributions.map(({ domainName }) => domainName.replace(/^[^.]+/, '*'));
    const without = distributions.filter(({ viewerCertificate }) => viewerCertificate === undefined);
    const hosts = [...ownHosts, ...wildcards, ...without.flatMap(({ aliases }) => aliases)];
    const [locals, reads] = await Promise.all([certificatesFor([...new Set(hosts)]), Promise.all(distributions.map(read))]);
    const whole = reads.filter((one) => one !== undefined);
    held = new Map(whole.map(({ version, shown }) => [version, shown]));
    shownBy = new Map(whole.map(({ by, version }) => [by, version]));
    const own = whole.flatMap(({ distribution, shown }) => distribution.aliases.map((serverName) => ({ serverName, ...shown })));
    return [...locals, ...own];
  };
}

function versionOf({ id, version }: NonNullable<Named['viewerCertificate']>): Version {
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
