/**
 * Parts of requests, and what is done to them, as edges read them (model/web-acl-statement.ts): defaults filled in, names that are compared
 * without regard to case in lower case.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import type { FieldToMatch, Inspecting, MapPattern, TextTransformation } from '../../../../model/web-acl-statement.ts';
import type { Inspecting as SdkInspecting } from '../rules/accept-field.ts';

export function translateInspecting(part: SdkInspecting): Inspecting {
  return {
    field: translateField(part.FieldToMatch ?? {}),
    transformations: translateTransformations(part.TextTransformations),
    preParse: inOrder(part.PreParseTextTransformations).flatMap(({ Type }) =>
      Type === undefined || Type === 'NONE' ? [] : [Type],
    ),
  };
}

export function translateTransformations(given: readonly Sdk.TextTransformation[] | undefined): readonly TextTransformation[] {
  return inOrder(given).flatMap(({ Type }) => (Type === undefined || Type === 'NONE' ? [] : [Type]));
}

export function translateField(field: Sdk.FieldToMatch): FieldToMatch {
  const { SingleHeader, SingleQueryArgument, Body, JsonBody, Headers, Cookies, HeaderOrder, UriFragment } = field;
  if (SingleHeader) return { kind: 'singleHeader', name: lower(SingleHeader.Name) };
  if (SingleQueryArgument) return { kind: 'singleQueryArgument', name: lower(SingleQueryArgument.Name) };
  if (field.AllQueryArguments) return { kind: 'allQueryArguments' };
  if (field.UriPath) return { kind: 'uriPath' };
  if (field.QueryString) return { kind: 'queryString' };
  if (field.Method) return { kind: 'method' };
  if (UriFragment) return { kind: 'uriFragment', fallback: UriFragment.FallbackBehavior ?? 'MATCH' };
  if (Body) return { kind: 'body', oversize: Body.OversizeHandling ?? 'CONTINUE' };
  if (JsonBody) return translateJsonBody(JsonBody);
  if (Headers) {
    const { All, IncludedHeaders, ExcludedHeaders } = Headers.MatchPattern ?? {};
    return {
      kind: 'headers',
      match: mapPattern(All, IncludedHeaders?.map(lower), ExcludedHeaders?.map(lower)),
      ...scopeOf(Headers),
    };
  }
  if (Cookies) {
    const { All, IncludedCookies, ExcludedCookies } = Cookies.MatchPattern ?? {};
    return { kind: 'cookies', match: mapPattern(All, IncludedCookies, ExcludedCookies), ...scopeOf(Cookies) };
  }
  if (HeaderOrder) return { kind: 'headerOrder', oversize: HeaderOrder.OversizeHandling ?? 'CONTINUE' };
  const { JA3Fingerprint: ja3, JA4Fingerprint: ja4 } = field;
  if (ja3) return { kind: 'ja3Fingerprint', fallback: ja3.FallbackBehavior ?? 'NO_MATCH' };
  if (ja4) return { kind: 'ja4Fingerprint', fallback: ja4.FallbackBehavior ?? 'NO_MATCH' };
  throw new Error('a statement looks at no known part of a request');
}

function translateJsonBody({ MatchPattern, MatchScope, InvalidFallbackBehavior, OversizeHandling }: Sdk.JsonBody): FieldToMatch {
  return {
    kind: 'jsonBody',
    paths: MatchPattern?.IncludedPaths ?? 'ALL',
    scope: MatchScope ?? 'ALL',
    invalidFallback: InvalidFallbackBehavior,
    oversize: OversizeHandling ?? 'CONTINUE',
  };
}

function scopeOf({ MatchScope: scope, OversizeHandling: oversize }: Sdk.Headers | Sdk.Cookies) {
  return { scope: scope ?? 'ALL', oversize: oversize ?? 'CONTINUE' } as const;
}

function mapPattern(all: Sdk.All | undefined, included: string[] | undefined, excluded: string[] | undefined): MapPattern {
  if (all) return { kind: 'all' };
  return included ? { kind: 'included', names: included } : { kind: 'excluded', names: excluded ?? [] };
}

function inOrder<T extends { readonly Priority?: number | undefined }>(given: readonly T[] = []): readonly T[] {
  return given.toSorted((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0));
}

function lower(name = ''): string {
  return name.toLowerCase();
}
