/**
 * Who made a change and when, as the state records it with every revision.
 */
import type { Change } from '../state/resources.ts';
import type { CallContext } from './wire/types.ts';

export function changeOf({ now, principal }: Pick<CallContext, 'now' | 'principal'>): Change {
  return { now, who: whoOf(principal) };
}

function whoOf(principal: CallContext['principal']): string {
  switch (principal.kind) {
    case 'account':
      return principal.arn;
    case 'service':
      return principal.service;
    case 'origin-access-identity':
      return principal.id;
    case 'anonymous':
      return 'anonymous';
  }
}
