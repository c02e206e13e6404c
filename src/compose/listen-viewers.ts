/**
 * The listeners of one edge, which show what the snapshot in force asks for. Which certificate that is: adapters/certificates; how each
 * protocol is served: adapters/listen.
 */
import { areSame, viewerCertificates, type CertificateSources } from '../adapters/certificates/viewer-certificates.ts';
import { listenClear } from '../adapters/listen/listen-clear.ts';
import { listenSecure } from '../adapters/listen/listen-secure.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import type { ViewerHandler } from '../edge/answer.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Settings } from '../tables/settings.ts';

export interface ViewerListeners {
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Resolves when the names of the snapshot can be reached over TLS. */
  certify(snapshot: Snapshot): Promise<void>;
  /** Accepts no more and answers what is under way. */
  drain(): Promise<void>;
}

export async function listenToViewers(
  settings: Settings,
  handler: ViewerHandler,
  sources: CertificateSources,
  serverLog: ServerLog,
): Promise<ViewerListeners> {
  const listen = { hostname: settings.host, handler, report: serverLog.error };
  const clearText = { ...listen, port: settings.httpPort, flag: '--http-port' };
  const clear = listenClear(clearText);
  // The first is what viewers get that name no server: curl to an address.
  const options = {
    ...sources,
    ownHosts: ['127.0.0.1', 'localhost', `*.${settings.domainSuffix}`] as const,
    report: serverLog.error,
  };
  let certificates = await viewerCertificates([], options);
  const secure = await listenSecure({ ...listen, port: settings.httpsPort, flag: '--https-port', certificates });
  return {
    httpPort: clear.port,
    httpsPort: secure.port,
    async certify(snapshot) {
      const next = await viewerCertificates(snapshot.distributions, options);
      if (!areSame(certificates, next)) await secure.setCertificates(next);
      certificates = next;
    },
    async drain() {
      await Promise.all([clear.stop(true), secure.stop(true)]);
    },
  };
}
