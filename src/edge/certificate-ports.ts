/**
 * Private keys and where they come from, one small interface each: the store that keeps certificates with their keys, and the
 * authority that issues them. What ACM says about a certificate is the control plane's (src/control/aws/acm); which one viewers
 * are shown is decided in adapters/certificates/viewer-certificates.ts.
 */
import type { KeyAlgorithm } from '../model/certificate.ts';

/** A certificate with the key that belongs to it, all PEM. */
export interface CertificateMaterial {
  /** The one certificate. */
  readonly certificate: string;
  /** Those that certify it, each the one before; '' when there are none. */
  readonly chain: string;
  /** PKCS #8. */
  readonly key: string;
}

/**
 * Keeps material by the certificate's id and a version that counts up with every replacement. A version is written once and never
 * changed, so that who was told of it reads exactly that, whatever comes after.
 */
export interface CertificateStore {
  /** Durable when it resolves: a crash leaves it whole or absent. */
  put(id: string, version: number, material: CertificateMaterial): Promise<void>;
  /** Rejects, in words for the operator, with what is missing or damaged. */
  read(id: string, version: number): Promise<CertificateMaterial>;
  /** Lets go of the versions before `version`; of all when it is absent. */
  forget(id: string, version?: number): Promise<void>;
  /** Lets go of every version but this one, the newer ones, too. */
  keepOnly(id: string, version: number): Promise<void>;
  /** Everything that is kept, in no order; version 0 where nothing whole is. */
  list(): Promise<readonly { readonly id: string; readonly version: number }[]>;
}

export interface IssueRequest {
  /** The certificate's id: an order that was begun for it goes on after a restart. */
  readonly id: string;
  /** The first is the certificate's name, all are its alternative names. */
  readonly names: readonly string[];
  readonly keyAlgorithm: KeyAlgorithm;
  /**
   * Aborted when this process ends: the request rejects at once, and is taken up by the next. With the reason NOT_WANTED it is never
   * taken up again, and `abandon` follows.
   */
  readonly signal: AbortSignal;
}

/** The certificate was deleted while it was being issued. */
export const NOT_WANTED = 'the certificate is not wanted any more';

/** Issues certificates for names that it has found to be ours to use. */
export interface CertificateAuthority {
  /** For people: `local CA`, or the host of an ACME directory. */
  readonly name: string;
  /** Answers at once, needing nobody else. */
  readonly isLocal: boolean;
  /** Why it can never issue for this name, as a sentence; undefined when it may. */
  refuses(name: string): string | undefined;
  /** Rejects with IssuanceFailure, never otherwise. */
  issue(request: IssueRequest): Promise<CertificateMaterial>;
  /** The certificate is not wanted any more: what was begun for it is dropped. */
  abandon(id: string): Promise<void>;
  /** Drops what was begun for certificates that there are not, whenever that was. */
  sweep(isKnown: (id: string) => boolean): Promise<void>;
}

/** No certificate came about. */
export class IssuanceFailure extends Error {
  constructor(
    message: string,
    /** Asking again is of no use until something else is asked for. */
    readonly isFinal: boolean,
    /** ACM's word for it, in FailureReason. */
    readonly reason: 'CAA_ERROR' | 'DOMAIN_NOT_ALLOWED' | 'INVALID_PUBLIC_DOMAIN' | 'OTHER' = 'OTHER',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'IssuanceFailure';
  }
}

/** A certificate as listeners show it to viewers. */
export interface ServerCertificate {
  /** The name a viewer asks for; `*` stands for one label. */
  readonly serverName: string;
  /** PEM, the leaf first, then its chain. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}
