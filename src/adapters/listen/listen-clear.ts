/**
 * Clear-text viewers: HTTP/1.1 only. CloudFront speaks HTTP/2 over TLS only (facts 10.4), so h2c is not offered.
 * Redirecting to HTTPS is the viewer protocol policy's, in core/viewer-request/viewer-protocol.ts.
 */
import type { Listener, ListenOptions } from './listener.ts';
import { listenTcp } from './tcp/tcp-listener.ts';

export function listenClear(options: ListenOptions): Listener {
  return listenTcp(options);
}
