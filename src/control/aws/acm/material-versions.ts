/**
 * New material for a certificate: stored first, durable, under a version of its own; only then is the certificate changed to name it. A
 * crash between the two leaves a version that nobody was told of, older or newer than the one that is named: the next start removes it.
 */
import type { CertificateMaterial, CertificateStore } from '../../../edge/certificate-ports.ts';
import type { Change } from '../../state/resources.ts';
import { factsOf } from './check-import.ts';
import type { CertificateDocument, CertificateRegistry, CertificateUsers, StoredCertificate } from './certificate-registry.ts';
import { sentence } from '../../../model/sentence.ts';

export interface MaterialVersionsOptions {
  readonly registry: CertificateRegistry;
  readonly store: CertificateStore;
  readonly users: CertificateUsers;
  /** Takes one line for the operator. */
  readonly report: (line: string) => void;
}

export interface MaterialVersions {
  /** A certificate that is new: `insert` writes it, naming version 1. */
  first(id: string, material: CertificateMaterial, insert: () => void): Promise<void>;
  /** The certificate shows this from now on. False when it was deleted or got something newer meanwhile. */
  replace(id: string, material: CertificateMaterial, changes: Partial<CertificateDocument>, change: Change): Promise<boolean>;
  /** Nobody shows what is older than this any more. */
  settle(id: string, version: number): void;
  /** The certificate was deleted. */
  drop(id: string): void;
  /** Removes what no certificate names; before anybody reads. */
  sweep(): Promise<void>;
}

export function materialVersions({ registry, store, users, report }: MaterialVersionsOptions): MaterialVersions {
  const { certificates } = registry;
  /** The newest version given out, where it is newer than the one named. */
  const given = new Map<string, number>();
  /** The version that is the oldest there is. */
  const oldest = new Map<string, number>();

  function nextVersion({ id, document }: StoredCertificate): number {
    const version = Math.max(document.version, given.get(id) ?? 0) + 1;
    given.set(id, version);
    return version;
  }

  function forget(id: string, version?: number): void {
    store.forget(id, version).catch((error: unknown) => report(`acm: ${sentence(error)}`));
  }

  return {
    async first(id, material, insert) {
      await store.put(id, 1, material);
      try {
        insert();
      } catch (error) {
        forget(id);
        throw error;
      }
    },
    async replace(id, material, changes, change) {
      const before = certificates.get(id);
      if (before === undefined) return false;
      const { certificate, chain } = material;
      const held = { certificate, chain, facts: factsOf(certificate) };
      const version = nextVersion(before);
      await store.put(id, version, material);
      const current = certificates.get(id);
      if (current === undefined) {
        forget(id);
        return false;
      }
      if (current.document.version > version) return false;
      const document = { ...current.document, ...changes, held, version };
      const arn = registry.arnOf(current);
      users.changeCertificate(arn, change, () => certificates.update(current, { etag: current.etag, document }, change));
      if (users.usersOfCertificate(arn).length === 0) forget(id, version);
      return true;
    },
    settle(id, version) {
      // Said of every certificate with every deployment; nearly always nothing has changed.
      if ((oldest.get(id) ?? 0) >= version) return;
      oldest.set(id, version);
      forget(id, version);
    },
    drop(id) {
      given.delete(id);
      oldest.delete(id);
      forget(id);
    },
    async sweep() {
      for (const id of new Set((await store.list()).map((kept) => kept.id))) {
        const named = certificates.get(id)?.document.version;
        await (named === undefined ? store.forget(id) : store.keepOnly(id, named));
      }
    },
  };
}
