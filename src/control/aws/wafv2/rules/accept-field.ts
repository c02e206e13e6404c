/**
 * Which part of a request a statement looks at, and what is done to it before. AWS WAF developer guide: request components, text
 * transformations, oversize handling. Names, enumerations and lengths are the model's constraints and were checked before.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_QUOTAS } from '../../../../tables/quotas.ts';
import { invalidParameter, REASONS } from '../waf-faults.ts';
import { exactlyOne } from './exactly-one.ts';

/** What is looked at and how, where a statement looks into requests. */
export interface Inspecting {
  readonly FieldToMatch?: Sdk.FieldToMatch | undefined;
  readonly TextTransformations?: Sdk.TextTransformation[] | undefined;
  readonly PreParseTextTransformations?: Sdk.PreParseTextTransformation[] | undefined;
}

export const PRE_PARSE_TRANSFORMATIONS: readonly string[] = [
  'NONE',
  'COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA',
  'REPLACE_SEMICOLONS_WITH_AMPERSANDS',
  'URL_DECODE',
  'URL_DECODE_UNI',
];

export function acceptInspecting({ FieldToMatch: field, ...texts }: Inspecting): void {
  const kind = exactlyOne(field, 'FIELD_TO_MATCH', 'FieldToMatch');
  if (field?.JsonBody) acceptJsonBody(field.JsonBody);
  if (field?.Headers) exactlyOne(field.Headers.MatchPattern, 'HEADER_MATCH_PATTERN', 'MatchPattern');
  if (field?.Cookies) exactlyOne(field.Cookies.MatchPattern, 'COOKIE_MATCH_PATTERN', 'MatchPattern');
  acceptTransformations(texts.TextTransformations ?? []);
  const preParse = texts.PreParseTextTransformations ?? [];
  if (preParse.length > 0) acceptPreParse(preParse, kind);
}

/** In the order of their priorities, each of which is there once. */
export function acceptTransformations(transformations: readonly Sdk.TextTransformation[]): void {
  if (transformations.length > WAF_QUOTAS.transformations)
    throw invalidParameter('TEXT_TRANSFORMATION', String(transformations.length), REASONS.tooMany);
  acceptPriorities(transformations);
}

function acceptPriorities(transformations: readonly { readonly Priority?: number | undefined }[]): void {
  const seen = new Set<number | undefined>();
  for (const { Priority } of transformations) {
    if (seen.has(Priority))
      throw invalidParameter('TEXT_TRANSFORMATION', String(Priority), 'The priority is given more than once.');
    seen.add(Priority);
  }
}

/** AWS WAF: of the raw query, before it is taken apart. */
function acceptPreParse(transformations: readonly Sdk.PreParseTextTransformation[], field: keyof Sdk.FieldToMatch): void {
  if (field !== 'SingleQueryArgument' && field !== 'AllQueryArguments')
    throw invalidParameter('TEXT_TRANSFORMATION', 'PreParseTextTransformations', 'They are for query arguments alone.');
  for (const { Type = '' } of transformations)
    if (!PRE_PARSE_TRANSFORMATIONS.includes(Type)) throw invalidParameter('TEXT_TRANSFORMATION', Type, REASONS.format);
  acceptPriorities(transformations);
}

function acceptJsonBody({ MatchPattern: pattern }: Sdk.JsonBody): void {
  exactlyOne(pattern, 'JSON_MATCH_PATTERN', 'MatchPattern');
  // RFC 6901 3: a pointer is empty, or begins with a slash; ~ is followed by 0 or 1. AWS WAF: a path is not empty, use All instead.
  const strange = pattern?.IncludedPaths?.find((path) => !/^(\/([^~]|~[01])*)$/.test(path));
  if (strange !== undefined) throw invalidParameter('JSON_MATCH_PATTERN', strange, REASONS.format);
}
