/**
 * What every OriginClient must do, shown against origins that speak, break off and lie byte by byte (raw-origin.ts).
 */
import { describe } from 'bun:test';
import { createBenches } from './origin-bench.ts';
import type { CreateOriginClient } from './origin-bench.ts';
import { describeConnections } from './origin-connections.ts';
import { describeFailures } from './origin-failures.ts';
import { describeMessages } from './origin-messages.ts';
import { describeRoutes } from './origin-routes.ts';
import { describeKeptTls } from './origin-kept-tls.ts';
import { describeTls } from './origin-tls.ts';
import { describeTunnels } from './origin-tunnels.ts';

export function describeOriginClient(name: string, create: CreateOriginClient): void {
  describe(name, () => {
    const bench = createBenches(create);
    describeMessages(bench);
    describeFailures(bench);
    describeConnections(bench);
    describeRoutes(bench);
    describeTls(bench);
    describeKeptTls(bench);
    describeTunnels(bench);
  });
}
