/**
 * Is this a profile of field-level encryption: whose public key, and which fields? Facts: data plane 10.7, 14; aws-api B5.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { matchesFieldPattern } from '../../../../model/field-level-encryption.ts';
import { FIELD_ENCRYPTION_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { items, type Defined } from '../filled-config.ts';
import { checkConstraints, length, required, type Constraint } from '../validate/constraints.ts';
import { invalidArgument } from '../validate/references.ts';

export type FieldLevelEncryptionProfileConfig = Defined<Sdk.FieldLevelEncryptionProfileConfig>;

const { nameLength } = FIELD_ENCRYPTION_QUOTAS;

const CONSTRAINTS: readonly Constraint[] = [
  ['Name', required],
  ['Name', length(1, nameLength)],
  ['CallerReference', required],
  ['Comment', length(0, 128)],
  ['EncryptionEntities', required],
  ['EncryptionEntities.Quantity', required],
  ['EncryptionEntities.Items.*.PublicKeyId', required],
  ['EncryptionEntities.Items.*.ProviderId', required],
  ['EncryptionEntities.Items.*.ProviderId', length(1, nameLength)],
  ['EncryptionEntities.Items.*.FieldPatterns', required],
  ['EncryptionEntities.Items.*.FieldPatterns.Quantity', required],
];

// CloudFront: what may stand in a profile's name, a provider's and a field's.
const NAME = /^[A-Za-z0-9_-]+$/;
const PROVIDER = /^[A-Za-z0-9:_-]+$/;
const FIELD_PATTERN = /^[A-Za-z0-9[\]._-]*\*?$/;

export type FindKey = (id: string) => { readonly EncodedKey: string } | undefined;

/** Throws ApiError. `rsaBits`: of a public key, undefined for another kind. */
export function acceptProfile(
  config: Sdk.FieldLevelEncryptionProfileConfig,
  findKey: FindKey,
  rsaBits: (pem: string) => number | undefined,
): FieldLevelEncryptionProfileConfig {
  checkConstraints(config, 'fieldLevelEncryptionProfileConfig', CONSTRAINTS);
  const accepted = config as FieldLevelEncryptionProfileConfig;
  if (!NAME.test(accepted.Name))
    throw invalidArgument('The parameter Name may hold letters, digits, underscores and hyphens only.');
  const entities = items(accepted.EncryptionEntities);
  if (entities.length === 0) throw invalidArgument('The parameter EncryptionEntities must have at least one entity.');
  if (entities.length > FIELD_ENCRYPTION_QUOTAS.entitiesPerProfile) {
    const message = 'The maximum number of encryption entities for field-level encryption have been created.';
    throw new ApiError('TooManyFieldLevelEncryptionEncryptionEntities', message, 400);
  }
  for (const { PublicKeyId, ProviderId } of entities) {
    const key = findKey(PublicKeyId);
    if (key === undefined) throw new ApiError('NoSuchPublicKey', "The specified public key doesn't exist.", 404);
    // CloudFront: RSA with 2,048 bits.
    if (rsaBits(key.EncodedKey) !== 2048) {
      throw invalidArgument(`The public key ${PublicKeyId} cannot encrypt fields: it must be RSA with 2048 bits.`);
    }
    if (!PROVIDER.test(ProviderId)) {
      throw invalidArgument(
        `The parameter ProviderId may hold letters, digits, colons, underscores and hyphens only: ${ProviderId}`,
      );
    }
  }
  checkPatterns(entities.map(({ FieldPatterns }) => items<string>(FieldPatterns)));
  return accepted;
}

function checkPatterns(byEntity: readonly (readonly string[])[]): void {
  if (byEntity.some((patterns) => patterns.length === 0)) {
    throw invalidArgument('The parameter FieldPatterns must have at least one pattern for each entity.');
  }
  const patterns = byEntity.flat();
  if (patterns.length > FIELD_ENCRYPTION_QUOTAS.fieldPatternsPerProfile) {
    const message = 'The maximum number of field patterns for field-level encryption have been created.';
    throw new ApiError('TooManyFieldLevelEncryptionFieldPatterns', message, 400);
  }
  for (const [index, pattern] of patterns.entries()) {
    if (pattern === '' || pattern.length > nameLength || !FIELD_PATTERN.test(pattern)) {
      throw invalidArgument(
        `The parameter FieldPatterns must be names of letters, digits and []._- of up to ${nameLength} characters, with a * at the end at most: ${pattern}`,
      );
    }
    // CloudFront: ABC* and AB* overlap.
    const other = patterns.find((one, at) => at !== index && overlaps(one, pattern));
    if (other !== undefined)
      throw invalidArgument(`The parameter FieldPatterns has patterns that overlap: ${pattern} and ${other}`);
  }
}

function overlaps(one: string, other: string): boolean {
  const beginning = (pattern: string): string => pattern.replace(/\*$/, '');
  return matchesFieldPattern(one, beginning(other)) || matchesFieldPattern(other, beginning(one));
}
