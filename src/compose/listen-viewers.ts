/**
 * The listeners of one worker, and the certificates they show: for whatever the snapshot in force answers to. Viewers are let in when the
 * edge has a snapshot, so its names are gathered before anybody listens. How each protocol is served: adapters/listen.
 */
import { listenClear } from '../adapters/listen/listen-clear.ts';
import { listenSecure } from '../adapters/listen/listen-secure.ts';
import type { Listener, SecureListener } from '../adapters/listen/listener.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import type { ViewerHandler } from '../edge/answer.ts';
import type { ServerCertificate } from '../edge/ports.ts';
import type { Distribution } from '../model/distribution.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Settings } from '../tables/settings.ts';
import type { ListenOrder, ViewerPorts } from './worker-calls.ts';

/** One certificate for each host, in order, without repetitions. */
export type CertificatesFor = (hosts: readonly string[]) => Promise<readonly ServerCertificate[]>;

export interface ViewerListeners {
  /** Resolves when the names of the snapshot can be reached over TLS, as far as anything can. */
  certify(snapshot: Snapshot): Promise<void>;
  listen(order: ListenOrder): Promise<ViewerPorts>;
  /** Accepts no more and answers what is under way. */
  drain(): Promise<void>;
}

export function createViewerListeners(
  settings: Settings,
  handler: ViewerHandler,
  certificatesFor: CertificatesFor,
  serverLog: ServerLog,
): ViewerListeners {
  // The first is what viewers get that name no server: curl to an address.
  const certified = new Set(['127.0.0.1', 'localhost', `*.${settings.domainSuffix}`]);
  let listening: { readonly clear: Listener; readonly secure: SecureListener } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other: names that come while it begins to listen are shown when it does. */
  function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = turn.then(run);
    turn = result.catch(() => undefined);
    return result;
  }

  async function open(order: ListenOrder): Promise<ViewerPorts> {
    const certificates = await certificatesFor([...certified]);
    const listen = { hostname: settings.host, handler, report: serverLog.error, reusePort: true, isShared: order.isShared };
    const clearText = { ...listen, port: order.httpPort, flag: '--http-port' };
    const clear = listenClear(clearText);
    const secure = await listenSecure({ ...listen, port: order.httpsPort, flag: '--https-port', certificates });
    listening = { clear, secure };
    return { httpPort: clear.port, httpsPort: secure.port };
  }

  return {
    certify: (snapshot) =>
      inTurn(async () => {
        const fresh = new Set(snapshot.distributions.flatMap(certifiedHosts)).difference(certified);
        if (fresh.size === 0) return;
        if (listening !== undefined) {
          await listening.secure.setCertificates(await certificatesFor([...certified, ...fresh]));
        }
        for (const name of fresh) certified.add(name);
      }),
    listen: (order) => inTurn(() => open(order)),
    async drain() {
      await Promise.all([listening?.clear.stop(true), listening?.secure.stop(true)]);
    },
  };
}

/** What viewers may ask for over TLS. A distribution keeps the domain name it was made with when the suffix changes. */
function certifiedHosts({ domainName, aliases }: Distribution): readonly string[] {
  return [domainName.replace(/^[^.]+/, '*'), ...aliases];
}
