/**
 * How a listener ends. Bun's stop(false) closes the listening socket and idle connections and waits for answers under way, without
 * limit; here the wait is bounded.
 */
import { SECOND, type Duration } from '../../../model/units.ts';
import { DRAIN_LIMIT } from '../listener.ts';

type AnyServer = Bun.Server<undefined>;

export async function stopServer(server: AnyServer, drain: boolean, limit: Duration = DRAIN_LIMIT): Promise<void> {
  if (!drain) return server.stop(true);
  const late = setTimeout(() => void server.stop(true), limit);
  try {
    await server.stop(false);
  } finally {
    clearTimeout(late);
  }
}

/** Ours: how often a replaced HTTP/3 listener is asked whether its last answer has left. */
const QUIET_CHECK: Duration = SECOND / 10;

/**
 * Ends a replaced HTTP/3 listener. While answers are under way, stop(false) would keep its socket and swallow the packets of new
 * viewers that the kernel deals to it; so it goes on serving, old certificates and all, until a moment without requests.
 */
export async function retireServer(server: AnyServer, limit: Duration = DRAIN_LIMIT): Promise<void> {
  const until = Date.now() + limit;
  while (server.pendingRequests > 0 && Date.now() < until) await Bun.sleep(QUIET_CHECK);
  await server.stop(true);
}
