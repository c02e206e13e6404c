/** Which tool makes the load of which protocol. */
import { runH2load } from './h2load.ts';
import { runH3 } from './h3.ts';
import type { LoadOrder, LoadResult } from './load.ts';
import { runWrk } from './wrk.ts';

export function runLoad(order: LoadOrder): Promise<LoadResult> {
  switch (order.case.protocol) {
    case 'h1':
    case 'tls':
      return runWrk(order);
    case 'h2':
      return runH2load(order);
    case 'h3':
      return runH3(order);
  }
}
