/**
 * Field-level encryption: is the posted form of this request encrypted, with which profile, and which of its fields? Facts: data plane 10.7
 * and the words of fle-status in 13.1. Everything that cannot be judged is refused: what should be encrypted never passes in clear text.
 * How a value is encrypted is the adapter's (adapters/encryption).
 */
import { fieldLines, fieldValue } from '../../http/fields.ts';
import { decodeFormText, formValues, isReadableForm } from '../../http/form-body.ts';
import { mediaType } from '../../http/media-type.ts';
import { parameterName } from '../../http/query-string.ts';
import {
  matchesFieldPattern,
  type EncryptionKey,
  type EncryptionProfile,
  type FieldLevelEncryption,
} from '../../model/field-level-encryption.ts';
import { FIELD_ENCRYPTION_QUOTAS } from '../../tables/quotas.ts';
import type { FieldEncryptionStatus } from '../outcome.ts';
import type { ViewerRequest } from '../request.ts';

export type FieldEncryptionDecision =
  | { readonly kind: 'none' }
  /** As it is. */
  | { readonly kind: 'forward'; readonly status: FieldEncryptionStatus }
  | { readonly kind: 'refused'; readonly status: FieldEncryptionStatus }
  | { readonly kind: 'encrypt'; readonly profile: EncryptionProfile };

/** CloudFront: the query argument that names a profile. */
const PROFILE_ARGUMENT = 'fle-profile';

export function decideFieldEncryption(
  encryption: FieldLevelEncryption,
  request: Pick<ViewerRequest, 'method' | 'fields' | 'query'>,
): FieldEncryptionDecision {
  // CloudFront: fields of POST requests.
  if (request.method !== 'POST') return { kind: 'none' };
  const [contentType, ...others] = fieldLines(request.fields, 'content-type');
  // Ours: which of several lines the origin goes by is not known.
  const type = contentType === undefined ? '' : others.length > 0 ? undefined : mediaType(contentType);
  if (type === undefined) return { kind: 'refused', status: 'MalformedContentTypeClientError' };
  if (!Object.hasOwn(encryption.contentTypes, type)) {
    return encryption.forwardsUnknownContentType
      ? { kind: 'forward', status: 'ForwardedByContentType' }
      : { kind: 'refused', status: 'RejectedByContentType' };
  }
  const byArgument = encryption.queryArguments && decideByArgument(encryption.queryArguments, request.query);
  const profile = encryption.contentTypes[type];
  const decision: FieldEncryptionDecision =
    byArgument ?? (profile ? { kind: 'encrypt', profile } : { kind: 'forward', status: 'ForwardedDueToNoProfile' });
  // Ours: the fields of a coded form cannot be seen.
  const coding = fieldValue(request.fields, 'content-encoding')?.toLowerCase() ?? 'identity';
  return decision.kind === 'encrypt' && coding !== 'identity'
    ? { kind: 'refused', status: 'MalformedInputClientError' }
    : decision;
}

/** CloudFront: the argument overrides the profile of the content type. Undefined where there is none. */
function decideByArgument(
  { profiles, forwardsUnknown }: NonNullable<FieldLevelEncryption['queryArguments']>,
  query: string | undefined,
): FieldEncryptionDecision | undefined {
  const given = (query ?? '').split('&').filter((parameter) => parameterName(parameter) === PROFILE_ARGUMENT);
  const [first] = given;
  if (first === undefined) return undefined;
  const name = first.slice(PROFILE_ARGUMENT.length + 1);
  if (name === '' || given.length > 1) return { kind: 'refused', status: 'MalformedQueryArgsClientError' };
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return { kind: 'encrypt', profile };
  return forwardsUnknown
    ? { kind: 'forward', status: 'ForwardedByQueryArgs' }
    : { kind: 'refused', status: 'RejectedByQueryArgs' };
}

/** A form in pieces: what stays, octet for octet, and the values to be encrypted in between. */
export type FormPiece = string | { readonly value: string; readonly key: EncryptionKey };

export type FormPlan =
  | { readonly kind: 'refused'; readonly status: FieldEncryptionStatus }
  | { readonly kind: 'pieces'; readonly pieces: readonly FormPiece[]; readonly encryptedFields: number };

/** `body`: octets, one for each character. */
export function planFormEncryption({ entities }: EncryptionProfile, body: string): FormPlan {
  if (body.length > FIELD_ENCRYPTION_QUOTAS.bodyLength) return { kind: 'refused', status: 'RequestLengthLimitClientError' };
  if (!isReadableForm(body)) return { kind: 'refused', status: 'MalformedInputClientError' };
  const keyOf = (name: string): EncryptionKey | undefined =>
    entities.find(({ fieldPatterns }) => fieldPatterns.some((pattern) => matchesFieldPattern(pattern, name)))?.key;

  const pieces: FormPiece[] = [];
  let encryptedFields = 0;
  let planned = 0;
  for (const { name, from, to } of formValues(body)) {
    const key = keyOf(name);
    if (key === undefined) continue;
    encryptedFields += 1;
    if (encryptedFields > FIELD_ENCRYPTION_QUOTAS.fields) return { kind: 'refused', status: 'FieldNumberLimitClientError' };
    const value = decodeFormText(body.slice(from, to));
    if (value.length > FIELD_ENCRYPTION_QUOTAS.fieldLength) return { kind: 'refused', status: 'FieldLengthLimitClientError' };
    pieces.push(body.slice(planned, from), { value, key });
    planned = to;
  }
  pieces.push(body.slice(planned));
  return { kind: 'pieces', pieces, encryptedFields };
}
