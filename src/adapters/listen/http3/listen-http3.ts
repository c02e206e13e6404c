/**
 * HTTP/3 viewers, on a listener of their own so that the version of their requests is known. Offered to viewers by Alt-Svc, which
 * the edge writes. A change of certificates starts a new listener on the same UDP port and retires the old one (stop-server.ts).
 */
import { createSocket } from 'node:dgram';
import type { ServerCertificate } from '../../../edge/certificate-ports.ts';
import { answerMistake, answerViewers } from './answer-viewers.ts';
import { listenFailure, SERVE_LIMITS, type SecureListener, type SecureListenOptions } from '../listener.ts';
import { retireServer, stopServer } from './stop-server.ts';

export async function listenHttp3(options: SecureListenOptions): Promise<SecureListener> {
  const { hostname, handler, report } = options;
  const fetch = answerViewers(handler);
  const error = answerMistake(report);
  const serve = (port: number, certificates: readonly ServerCertificate[]) =>
    Bun.serve({
      ...SERVE_LIMITS,
      hostname,
      port,
      reusePort: true,
      tls: [...certificates],
      http1: false,
      http2: false,
      http3: true,
      fetch,
      error,
    });

  const port = options.isShared === true ? options.port : await claimUdpPort(options);
  let server = serve(port, options.certificates);
  const retired = new Set<{ readonly server: typeof server; readonly gone: Promise<void> }>();

  return {
    port,
    async setCertificates(certificates) {
      const old = server;
      server = serve(port, certificates);
      const retiring = { server: old, gone: retireServer(old).finally(() => retired.delete(retiring)) };
      retired.add(retiring);
    },
    async stop(drain) {
      const old = [...retired].map((retiring) => stopServer(retiring.server, drain));
      await Promise.all([stopServer(server, drain), ...old]);
    },
  };
}

/** As for TCP: exclusively first, since SO_REUSEPORT would share the port without a word. */
function claimUdpPort({ hostname, port, flag }: SecureListenOptions): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = createSocket(hostname.includes(':') ? 'udp6' : 'udp4');
  socket.once('error', (error) => {
    socket.close();
    reject(listenFailure(hostname, port, flag, 'UDP', error));
  });
  socket.bind({ port, address: hostname, exclusive: true }, () => {
    const claimed = socket.address().port;
    socket.close(() => resolve(claimed));
  });
  return promise;
}
