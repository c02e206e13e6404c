/**
 * Is this a configuration of field-level encryption: which profile for which content type and which query argument? Facts: data plane 10.7,
 * 14; aws-api B5.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { FIELD_ENCRYPTION_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { items, type Defined } from '../filled-config.ts';
import { checkConstraints, length, oneOf, required, type Constraint } from '../validate/constraints.ts';
import { firstRepeated, invalidArgument } from '../validate/references.ts';

export type FieldLevelEncryptionConfig = Defined<Sdk.FieldLevelEncryptionConfig>;

const CONSTRAINTS: readonly Constraint[] = [
  ['CallerReference', required],
  ['Comment', length(0, 128)],
  ['ContentTypeProfileConfig.ForwardWhenContentTypeIsUnknown', required],
  ['ContentTypeProfileConfig.ContentTypeProfiles.Quantity', required],
  ['ContentTypeProfileConfig.ContentTypeProfiles.Items.*.Format', required],
  ['ContentTypeProfileConfig.ContentTypeProfiles.Items.*.Format', oneOf('URLEncoded')],
  ['ContentTypeProfileConfig.ContentTypeProfiles.Items.*.ContentType', required],
  ['QueryArgProfileConfig.ForwardWhenQueryArgProfileIsUnknown', required],
  ['QueryArgProfileConfig.QueryArgProfiles.Quantity', required],
  ['QueryArgProfileConfig.QueryArgProfiles.Items.*.QueryArg', required],
  ['QueryArgProfileConfig.QueryArgProfiles.Items.*.ProfileId', required],
];

/** CloudFront: the only type whose fields it can tell apart. */
const FORM_TYPE = 'application/x-www-form-urlencoded';
// CloudFront: what may stand in the value of fle-profile.
const QUERY_ARGUMENT = /^[A-Za-z0-9\-._*+%]{1,128}$/;

/** Throws ApiError. `hasProfile`: the profiles that there are. */
export function acceptConfig(
  config: Sdk.FieldLevelEncryptionConfig,
  hasProfile: (id: string) => boolean,
): FieldLevelEncryptionConfig {
  checkConstraints(config, 'fieldLevelEncryptionConfig', CONSTRAINTS);
  const accepted = config as FieldLevelEncryptionConfig;
  const contentTypes = items(accepted.ContentTypeProfileConfig?.ContentTypeProfiles);
  const unknownType = contentTypes.find(({ ContentType }) => ContentType.toLowerCase() !== FORM_TYPE);
  if (unknownType !== undefined) {
    throw invalidArgument(`The parameter ContentType must be ${FORM_TYPE}: ${unknownType.ContentType}`);
  }
  if (contentTypes.length > 1) {
    const message = 'The maximum number of content type profiles for field-level encryption have been created.';
    throw new ApiError('TooManyFieldLevelEncryptionContentTypeProfiles', message, 400);
  }
  const queryArguments = items(accepted.QueryArgProfileConfig?.QueryArgProfiles);
  checkQueryArguments(queryArguments);
  const named = [
    ...contentTypes.flatMap(({ ProfileId }) => (ProfileId === undefined || ProfileId === '' ? [] : [ProfileId])),
    ...queryArguments.map(({ ProfileId }) => ProfileId),
  ];
  if (!named.every(hasProfile)) throw noSuchProfile();
  return accepted;
}

function checkQueryArguments(given: readonly Defined<Sdk.QueryArgProfile>[]): void {
  if (given.length > FIELD_ENCRYPTION_QUOTAS.queryArgumentsPerConfig) {
    const message = 'The maximum number of query arg profiles for field-level encryption have been created.';
    throw new ApiError('TooManyFieldLevelEncryptionQueryArgProfiles', message, 400);
  }
  const wrong = given.find(({ QueryArg }) => !QUERY_ARGUMENT.test(QueryArg));
  if (wrong !== undefined) {
    throw invalidArgument(`The parameter QueryArg must be of 1 to 128 letters, digits and -._*+%: ${wrong.QueryArg}`);
  }
  const repeated = firstRepeated(given.map(({ QueryArg }) => QueryArg));
  if (repeated !== undefined) throw invalidArgument(`The parameter QueryArg ${repeated} is used more than once.`);
  if (given.some(({ ProfileId }) => ProfileId === '')) {
    throw new ApiError('QueryArgProfileEmpty', 'No profile specified for the field-level encryption query argument.', 400);
  }
}

export function noSuchProfile(): ApiError {
  const message = "The specified profile for field-level encryption doesn't exist.";
  return new ApiError('NoSuchFieldLevelEncryptionProfile', message, 404);
}
