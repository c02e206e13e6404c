/**
 * Identifiers in AWS's formats (facts: aws-api B2). Randomness is injected; a test passes a counter.
 *
 *   distribution, OAC, OAI, ETag   E + 13 of [A-Z0-9]
 *   public key                     K + 13 of [A-Z0-9]
 *   field-level encryption         C + 13 (configuration), P + 13 (profile) of [A-Z0-9]
 *   invalidation                   I + 25 of [A-Z0-9]
 *   trust store                    ts_ + 27 of [A-Z0-9] (ours: AWS writes letters of both cases)
 *   policies, key value stores     UUID
 *   the pairs of a store           KV + 13 of [A-Z0-9]: their ETag
 *   domain name                    d + 13 of [a-z0-9] + . + suffix
 */
export interface ResourceIds {
  /** A distribution, an origin access control, an origin access identity. */
  resource(): string;
  etag(): string;
  /** The ETag of a key value store's pairs. */
  keyValues(): string;
  /** What signed URLs call Key-Pair-Id. */
  publicKey(): string;
  fieldLevelEncryption(): string;
  fieldLevelEncryptionProfile(): string;
  invalidation(): string;
  trustStore(): string;
  uuid(): string;
  /** The first label of a distribution's domain name. */
  domainLabel(): string;
  callerReference(): string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** `random` gives that many unpredictable octets. */
export function createResourceIds(random: (length: number) => Uint8Array): ResourceIds {
  const letters = (count: number): string => {
    let text = '';
    while (text.length < count) {
      // Octets from 252 up would favour the first letters.
      for (const octet of random(count)) if (octet < 252 && text.length < count) text += ALPHABET[octet % 36]!;
    }
    return text;
  };
  const hex = (octets: Uint8Array): string => Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
  return {
    resource: () => `E${letters(13)}`,
    etag: () => `E${letters(13)}`,
    keyValues: () => `KV${letters(13)}`,
    publicKey: () => `K${letters(13)}`,
    fieldLevelEncryption: () => `C${letters(13)}`,
    fieldLevelEncryptionProfile: () => `P${letters(13)}`,
    invalidation: () => `I${letters(25)}`,
    trustStore: () => `ts_${letters(27)}`,
    uuid() {
      const octets = random(16).slice();
      // RFC 9562 5.4: version 4, variant 10.
      octets[6] = (octets[6]! & 0x0f) | 0x40;
      octets[8] = (octets[8]! & 0x3f) | 0x80;
      return hex(octets).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
    domainLabel: () => `d${letters(13).toLowerCase()}`,
    callerReference: () => `warmfront-${letters(13)}`,
  };
}

export function distributionArn(accountId: string, id: string): string {
  return `arn:aws:cloudfront::${accountId}:distribution/${id}`;
}

export function trustStoreArn(accountId: string, id: string): string {
  return `arn:aws:cloudfront::${accountId}:trust-store/${id}`;
}

/** The Location of a created resource. CloudFront: always its own host, whatever the endpoint. */
export function locationOf(path: string): string {
  return `https://cloudfront.amazonaws.com/2020-05-31/${path}`;
}
