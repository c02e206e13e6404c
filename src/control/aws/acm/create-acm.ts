/**
 * AWS Certificate Manager's control plane, put together: handlers over the stored certificates, the keys in their store, and the
 * issuance behind them. CloudFront asks it which certificates exist (certificate-registry.ts) and tells it who uses them.
 */
import type * as Sdk from '@aws-sdk/client-acm';
import type { CertificateAuthority, CertificateStore } from '../../../edge/certificate-ports.ts';
import type { Clock } from '../../../edge/ports.ts';
import type { CertificateState } from '../../../model/admin.ts';
import type { ViewerCertificate } from '../../../model/certificate.ts';
import { DAY } from '../../../model/units.ts';
import type { State } from '../../state/open-state.ts';
import type { Handlers } from '../wire/types.ts';
import { accountConfiguration } from './account-configuration.ts';
import { certificateHandlers } from './certificate-handlers.ts';
import { statusOf, type CertificateRegistry, type CertificateUsers } from './certificate-registry.ts';
import { certificateTagHandlers } from './certificate-tags.ts';
import { createIssuance, type Issuance } from './issuance.ts';
import { materialVersions } from './material-versions.ts';

export interface AcmOptions {
  readonly state: State;
  readonly registry: CertificateRegistry;
  readonly users: CertificateUsers;
  readonly store: CertificateStore;
  readonly authority: CertificateAuthority;
  readonly clock: Clock;
  readonly accountId: string;
  /** Takes one line for the operator. */
  readonly report: (line: string) => void;
}

export interface Acm {
  readonly handlers: Handlers<typeof Sdk>;
  readonly issuance: Issuance;
  /** Removes keys that nothing names, those of orders among them. Before anybody reads. */
  sweep(): Promise<void>;
  /** Every edge shows this version: older ones go. */
  deployed(certificate: ViewerCertificate): void;
  /** For people. */
  states(): readonly CertificateState[];
}

export function createAcm(options: AcmOptions): Acm {
  const { registry, users, clock } = options;
  const versions = materialVersions(options);
  const issuance = createIssuance({ ...options, versions });
  const account = accountConfiguration(options.state);
  return {
    handlers: {
      ...certificateHandlers({ ...options, versions, issuance }),
      ...certificateTagHandlers(registry),
      ...account.handlers,
    },
    issuance,
    async sweep() {
      await versions.sweep();
      await options.authority.sweep((id) => registry.certificates.get(id) !== undefined);
    },
    deployed: ({ id, version }) => versions.settle(id, version),
    states() {
      const now = clock.now();
      const nearEnd = account.daysBeforeExpiry() * DAY;
      const allUsers = users.usersOfCertificates();
      return registry.certificates.list().map((stored) => {
        const { document } = stored;
        const notAfter = document.held?.facts.notAfter;
        return {
          arn: registry.arnOf(stored),
          names: document.names,
          source: document.source,
          status: statusOf(document, now),
          notAfter,
          usedBy: allUsers.get(registry.arnOf(stored)) ?? [],
          isNearEnd: notAfter !== undefined && notAfter - now < nearEnd,
          renewsItself: document.request !== undefined,
          problem: document.issuance?.problem,
          nextAttempt: document.issuance?.problem === undefined ? undefined : document.issuance.nextAttempt,
        };
      });
    },
  };
}
