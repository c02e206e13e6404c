/**
 * The account's configuration: how many days before expiry ACM begins to warn. ACM API reference, PutAccountConfiguration. Ours: the
 * warnings are the words of `warmfront certificates`, since there is no event bus.
 */
import type * as Sdk from '@aws-sdk/client-acm';
import type { State } from '../../state/open-state.ts';
import { changeOf } from '../change-of.ts';
import type { Handlers } from '../wire/types.ts';

/** ACM: until somebody says otherwise. */
const DAYS_BEFORE_EXPIRY = 45;

export interface AccountConfiguration {
  /** When a certificate is near its end, in days. */
  daysBeforeExpiry(): number;
  readonly handlers: Handlers<typeof Sdk>;
}

export function accountConfiguration(state: State): AccountConfiguration {
  const stored = state.collection<{ readonly daysBeforeExpiry: number }>('certificate-account-configuration');
  const daysBeforeExpiry = (): number => stored.get('account')?.document.daysBeforeExpiry ?? DAYS_BEFORE_EXPIRY;
  return {
    daysBeforeExpiry,
    handlers: {
      GetAccountConfiguration: () => ({ ExpiryEvents: { DaysBeforeExpiry: daysBeforeExpiry() } }),
      PutAccountConfiguration({ ExpiryEvents }, call) {
        const document = { daysBeforeExpiry: ExpiryEvents?.DaysBeforeExpiry ?? DAYS_BEFORE_EXPIRY };
        const change = changeOf(call);
        const current = stored.get('account');
        if (current === undefined) stored.insert({ id: 'account', name: 'account', etag: 'account', document }, change);
        else stored.update(current, { etag: current.etag, document }, change);
        return {};
      },
    } satisfies Handlers<typeof Sdk>,
  };
}
