/**
 * Field-level encryption as edges read it: which fields of a posted form are encrypted, for whom. Facts: data plane 10.7. Which request it
 * is applied to is decided in core/origin-request/decide-field-encryption.ts.
 */
export interface FieldLevelEncryption {
  /** `C` and 13 of [A-Z0-9]. */
  readonly id: string;
  /** By media type, lower case, without parameters. A type without a profile passes as it is. */
  readonly contentTypes: Readonly<Record<string, EncryptionProfile | undefined>>;
  readonly forwardsUnknownContentType: boolean;
  /** Undefined: the query says nothing. */
  readonly queryArguments: QueryArgumentProfiles | undefined;
}

export interface QueryArgumentProfiles {
  /** By the value of `fle-profile`, as the query has it. */
  readonly profiles: Readonly<Record<string, EncryptionProfile>>;
  readonly forwardsUnknown: boolean;
}

export interface EncryptionProfile {
  readonly entities: readonly EncryptionEntity[];
}

/** A public key, and the fields that are encrypted with it. */
export interface EncryptionEntity {
  readonly key: EncryptionKey;
  /** Names, or their beginnings with a `*` at the end; case-sensitive. None overlaps another of the profile. */
  readonly fieldPatterns: readonly string[];
}

export interface EncryptionKey {
  /** What the origin calls the key: the name of the public key. */
  readonly name: string;
  /** Whose key it is: the provider that the profile names. */
  readonly provider: string;
  /** PEM, SubjectPublicKeyInfo: RSA, 2048 bits. */
  readonly pem: string;
}

/** Whether the name of a field is one that the pattern means. */
export function matchesFieldPattern(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
