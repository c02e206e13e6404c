/**
 * The listeners of one edge, and the certificates they show: those of the local authority for whatever the snapshot in force answers
 * to. How each protocol is served: adapters/listen.
 */
import type { LocalCa } from '../adapters/certificates/local-ca.ts';
import { listenClear } from '../adapters/listen/listen-clear.ts';
import { listenSecure } from '../adapters/listen/listen-secure.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import type { ViewerHandler } from '../edge/answer.ts';
import type { Distribution } from '../model/distribution.ts';
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
  certificatesFor: LocalCa['certificatesFor'],
  serverLog: ServerLog,
): Promise<ViewerListeners> {
  const listen = { hostname: settings.host, handler, report: serverLog.error };
  const clearText = { ...listen, port: settings.httpPort, flag: '--http-port' };
  const clear = listenClear(clearText);
  // The first is what viewers get that name no server: curl to an address.
  const ownHosts = ['127.0.0.1', 'localhost', `*.${settings.domainSuffix}`];
  const certificates = await certificatesFor(ownHosts);
  const secure = await listenSecure({ ...listen, port: settings.httpsPort, flag: '--https-port', certificates });
  const certified = new Set(ownHosts);
  return {
    httpPort: clear.port,
    httpsPort: secure.port,
    async certify(snapshot) {
      const fresh = new Set(snapshot.distributions.flatMap(certifiedHosts)).difference(certified);
      if (fresh.size === 0) return;
      await secure.setCertificates(await certificatesFor([...certified, ...fresh]));
      for (const name of fresh) certified.add(name);
    },
    async drain() {
      await Promise.all([clear.stop(true), secure.stop(true)]);
    },
  };
}

/** What viewers may ask for over TLS. A distribution keeps the domain name it was made with when the suffix changes. */
function certifiedHosts({ domainName, aliases }: Distribution): readonly string[] {
  return [domainName.replace(/^[^.]+/, '*'), ...aliases];
}
