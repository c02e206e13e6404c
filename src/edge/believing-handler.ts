/**
 * The data plane for tests whose viewers say where they are (`--trust-viewer-ip-header`, the test kit). What they may say:
 * core/viewer-request/believed-address.ts.
 */
import { believeAddress } from '../core/viewer-request/believed-address.ts';
import type { ViewerHandler } from './answer.ts';

/** `report` is told of a field that holds no address; the connection's counts then. */
export function believingHandler(handler: ViewerHandler, fieldName: string, report: (message: string) => void): ViewerHandler {
  const name = fieldName.toLowerCase();
  return {
    tlsTerms: (serverName) => handler.tlsTerms?.(serverName),
    handle(request, ...rest) {
      const believed = believeAddress(request, name);
      if (believed.kind === 'no-address') report(`"${believed.value}" in ${fieldName} (--trust-viewer-ip-header) is no address`);
      return handler.handle(believed.kind === 'believed' ? believed.request : request, ...rest);
    },
  };
}
