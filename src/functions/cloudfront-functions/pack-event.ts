/**
 * An event as it crosses over to its realm, and the answer as it comes back: guest/invoke.ts says what the lines are.
 */
import type { FunctionEvent } from '../../core/viewer-request/function-event.ts';
import type { FunctionEnding } from '../../core/viewer-request/function-run.ts';
import { KIB } from '../../model/units.ts';
import { MOST_ANSWER } from './limits.ts';

/** Texts that come from a request have no line ends; JSON has none either. */
export function packEvent({ request, response, ...event }: FunctionEvent): string {
  const query = request.query === undefined ? '' : `?${request.query}`;
  const packed = `${event.now}\n${event.eventType}\n${event.distributionDomainName}\n${event.distributionId}\n${event.requestId}\n${event.viewerAddress}\n${request.method}\n${request.uri}\n${query}\n${request.querystring}\n${request.headers}\n${request.cookies}`;
  if (response === undefined) return packed;
  return `${packed}\n${response.statusCode}\n${JSON.stringify(response.statusDescription)}\n${response.headers}\n${response.cookies}`;
}

/** What was returned is larger than anything that is valid. */
export const TOO_LARGE = 'l';

export function unpackAnswer(text: string, eventType: FunctionEvent['eventType']): FunctionEnding {
  switch (text[0]) {
    case 'u':
      return eventType === 'viewer-request' ? UNCHANGED_REQUEST : UNCHANGED_RESPONSE;
    case 'q':
      return { kind: 'request', changed: JSON.parse(text.slice(1)) as object };
    case 's':
      return { kind: 'response', changed: JSON.parse(text.slice(1)) as object };
    case TOO_LARGE:
      return { kind: 'nothing', returned: `more than ${MOST_ANSWER / KIB} KB` };
    default:
      return { kind: 'nothing', returned: text.slice(1) };
  }
}

const UNCHANGED_REQUEST: FunctionEnding = { kind: 'request', changed: {} };
const UNCHANGED_RESPONSE: FunctionEnding = { kind: 'response', changed: {} };
