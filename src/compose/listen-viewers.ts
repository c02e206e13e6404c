/**
 * The listeners of one worker, which show what the snapshot in force asks for. Viewers are let in when the edge has a snapshot, so its names
 * are gathered before anybody listens. Which certificate is shown: adapters/certificates; how each protocol is served: adapters/listen.
 */
import { answerChallenges } from '../adapters/certificates/acme/answer-challenges.ts';
import { challengeFiles } from '../adapters/certificates/acme/challenge-files.ts';
import { areSame, createViewerCertificates, type CertificateSources } from '../adapters/certificates/viewer-certificates.ts';
import { listenClear } from '../adapters/listen/listen-clear.ts';
import { listenSecure } from '../adapters/listen/listen-secure.ts';
import type { ConnectionWatch, Listener, SecureListener } from '../adapters/listen/listener.ts';
import { createViewerLimits, limitRequests } from '../adapters/listen/viewer-limits.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import { descriptorLimit } from '../adapters/metrics/process-reading.ts';
import type { ViewerHandler } from '../edge/answer.ts';
import type { ServerCertificate } from '../edge/certificate-ports.ts';
import type { Distribution } from '../model/distribution.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { MINUTE, type Duration } from '../model/units.ts';
import type { Settings } from '../tables/settings.ts';
import type { ListenOrder, ViewerPorts } from './worker-calls.ts';

/** Ours: so much of the files that a worker may open is for viewers; the rest is for origins, the store and the logs. */
const SHARE_OF_FILES = 0.8;
/** Ours: when a certificate that could not be read is looked for again, should nothing change before. */
const CERTIFY_AGAIN: Duration = MINUTE;
/** Ours: where the system does not say how many there may be. */
const FILES = 10_240;

export interface ViewerListeners {
  /** Resolves when the names of the snapshot can be reached over TLS, as far as anything can. */
  certify(snapshot: Snapshot): Promise<void>;
  listen(order: ListenOrder): Promise<ViewerPorts>;
  /** Accepts no more and answers what is under way; who is idle has `patience` to move over. */
  drain(patience: Duration): Promise<void>;
}

export function createViewerListeners(
  settings: Settings,
  handler: ViewerHandler,
  sources: CertificateSources,
  serverLog: ServerLog,
  watch: ConnectionWatch,
): ViewerListeners {
  // The first is what viewers get that name no server: curl to an address.
  const ownHosts = ['127.0.0.1', 'localhost', `*.${settings.domainSuffix}`];
  const viewerCertificates = createViewerCertificates({ ...sources, ownHosts, report: serverLog.error, askAgain: certifyLater });
  const limits = createViewerLimits({
    maxConnections: settings.maxConnections ?? Math.floor((descriptorLimit() ?? FILES) * SHARE_OF_FILES),
    connectionsPerAddress: settings.connectionsPerAddress,
    requestsPerAddress: settings.requestsPerAddress,
    now: Date.now,
  });
  const inClearText = (edge: ViewerHandler): ViewerHandler =>
    settings.acmeDirectory === undefined ? edge : answerChallenges(edge, challengeFiles(settings.data));
  let distributions: readonly Distribution[] = [];
  let certificates: readonly ServerCertificate[] = [];
  let listening: { readonly clear: Listener; readonly secure: SecureListener } | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let later: Timer | undefined;

  /** One after the other: names that come while it begins to listen are shown when it does. */
  function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = turn.then(run);
    turn = result.catch(() => undefined);
    return result;
  }

  async function certify(): Promise<void> {
    if (listening === undefined) return;
    const next = await viewerCertificates(distributions);
    if (!areSame(certificates, next)) await listening.secure.setCertificates(next);
    certificates = next;
  }

  function certifyLater(): void {
    clearTimeout(later);
    later = setTimeout(() => {
      inTurn(certify).catch((error: unknown) => serverLog.error('certificates cannot be shown', error));
    }, CERTIFY_AGAIN);
    later.unref();
  }

  async function open(order: ListenOrder): Promise<ViewerPorts> {
    certificates = await viewerCertificates(distributions);
    const listen = {
      hostname: settings.host,
      handler: limitRequests(handler, limits, settings.requestsPerAddress !== undefined),
      limits,
      watch,
      report: serverLog.error,
      reusePort: true,
      isShared: order.isShared,
    };
    const clearText = { ...listen, handler: inClearText(listen.handler), port: order.httpPort, flag: '--http-port' };
    const clear = listenClear(clearText);
    const secure = await listenSecure({ ...listen, port: order.httpsPort, flag: '--https-port', certificates });
    listening = { clear, secure };
    return { httpPort: clear.port, httpsPort: secure.port };
  }

  return {
    certify: (snapshot) =>
      inTurn(async () => {
        ({ distributions } = snapshot);
        await certify();
      }),
    listen: (order) => inTurn(() => open(order)),
    async drain(patience) {
      clearTimeout(later);
      await Promise.all([listening?.clear.stop(true, patience), listening?.secure.stop(true, patience)]);
    },
  };
}
