/**
 * Where a request comes from, when a test says so: `--trust-viewer-ip-header` takes the viewer's address from a field instead of from the
 * connection. Ours, and for tests alone: whoever may send the field says who they are.
 */
import { fieldLines } from '../../http/fields.ts';
import { isAddress } from '../../model/network.ts';
import type { ViewerRequest } from '../request.ts';

export type BelievedAddress =
  /** Nothing is said: the connection's address counts. */
  | { readonly kind: 'unsaid' }
  | { readonly kind: 'believed'; readonly request: ViewerRequest }
  | { readonly kind: 'no-address'; readonly value: string };

/** `name` in lower case. The field is the test's, and goes no further than this. */
export function believeAddress(request: ViewerRequest, name: string): BelievedAddress {
  const said = fieldLines(request.fields, name).at(-1);
  if (said === undefined) return { kind: 'unsaid' };
  // Of a list, such as X-Forwarded-For's, the last is what the nearest proxy has seen.
  const viewerAddress = said.slice(said.lastIndexOf(',') + 1).trim();
  if (!isAddress(viewerAddress)) return { kind: 'no-address', value: said };
  return { kind: 'believed', request: { ...request, viewerAddress, fields: request.fields.filter(([field]) => field !== name) } };
}
