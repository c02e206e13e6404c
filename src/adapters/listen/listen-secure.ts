/**
 * HTTPS as operators see it: one port number, TCP for HTTP/1.1 and 2, UDP for HTTP/3, certificates changed together.
 */
import { listenHttp3 } from './http3/listen-http3.ts';
import { listenTls } from './listen-tls.ts';
import type { SecureListener, SecureListenOptions } from './listener.ts';

/** Ours: how many picked TCP ports may turn out to be taken on UDP before that is an error. */
const ATTEMPTS = 8;

export async function listenSecure(options: SecureListenOptions): Promise<SecureListener> {
  for (let attempt = 1; ; attempt++) {
    const tls = listenTls(options);
    try {
      return together(tls, await listenHttp3({ ...options, port: tls.port }));
    } catch (error) {
      await tls.stop(false);
      if (options.port !== 0 || attempt === ATTEMPTS) throw error;
    }
  }
}

function together(tls: SecureListener, h3: SecureListener): SecureListener {
  return {
    port: tls.port,
    async setCertificates(certificates) {
      await Promise.all([tls.setCertificates(certificates), h3.setCertificates(certificates)]);
    },
    async stop(drain, patience) {
      await Promise.all([tls.stop(drain, patience), h3.stop(drain, patience)]);
    },
  };
}
