/**
 * A flood in words, for the server's log: what came, who is held back and to what, and when it was over.
 */
import type { FloodEvent } from '../core/viewer-request/flood/flood-guard.ts';
import { SECOND } from '../model/units.ts';
import { FLOOD } from '../tables/flood.ts';

const WINDOW = `${FLOOD.window / SECOND} s`;

export function tellFlood(event: FloodEvent): string {
  const of = `distribution ${event.distributionId}`;
  switch (event.kind) {
    case 'flood': {
      const unexplained = event.explained ? '' : '; nobody stands out, so nobody is held back';
      const which = event.meter === 'origin' ? ' that the cache does not answer' : '';
      return `${of}: a flood: ${event.requests} requests${which} in ${WINDOW}, and ${event.usual} are usual${unexplained}`;
    }
    case 'held': {
      const { kind, value, allowance } = event.measure;
      return `${of}: the ${kind} ${JSON.stringify(value)} is held to ${allowance} requests in ${WINDOW}, having sent ${event.requests}`;
    }
    case 'let-go': {
      const { kind, value } = event.measure;
      return `${of}: the ${kind} ${JSON.stringify(value)} has calmed down and is let go; ${event.refused} of its requests were too many`;
    }
    case 'over': {
      const lasted = Math.round((event.at - event.since) / SECOND);
      return `${of}: the flood is over after ${lasted} s; ${event.refused} requests were too many`;
    }
  }
}
