/**
 * The parts of a request that a statement looks at: its FieldToMatch, taken apart and transformed. AWS WAF: what is inspected of headers and
 * cookies ends after 8 KB or 200 of them, of a body at the web ACL's limit; what holds beyond is the statement's to say.
 */
import { cookieField } from '../../../../http/cookie.ts';
import { fieldLines, type Fields } from '../../../../http/fields.ts';
import { parameterName } from '../../../../http/query-string.ts';
import { trimWhitespace } from '../../../../http/token.ts';
import type { InspectedRequest, Transform } from '../../../../model/waf-engine.ts';
import type { FieldToMatch, MatchScope, OversizeHandling } from '../../../../model/web-acl-statement.ts';
import { INSPECTED } from '../../../../tables/waf.ts';
import { readJson } from './read-json.ts';

/** What is compared, or that nothing need be: a fallback decides. */
export type Contents =
  | { readonly kind: 'pieces'; readonly pieces: readonly Piece[]; readonly oversize?: string | undefined }
  | { readonly kind: 'decided'; readonly matches: boolean; readonly oversize?: string | undefined };

export interface Piece {
  readonly text: string;
  /** As AWS WAF's logs say where something was found. */
  readonly location: string;
  /** Which header, cookie, argument or member. */
  readonly name?: string | undefined;
}

/** `preParse` is for what stands in the query. */
export type ReadContents = (request: InspectedRequest) => Contents;

const NOTHING: Contents = { kind: 'pieces', pieces: [] };

export function contentsReader(field: FieldToMatch, preParse: Transform): ReadContents {
  switch (field.kind) {
    case 'method':
      return ({ method }) => one(method, 'METHOD');
    case 'uriPath':
      return ({ path }) => one(path, 'URI');
    case 'queryString':
      return ({ query }) => one(query, 'QUERY_STRING');
    case 'singleHeader':
      return ({ fields }) => named(fieldLines(fields, field.name), 'HEADER', field.name);
    case 'singleQueryArgument':
      return ({ query }) => {
        const values = queryArguments(preParse(query)).filter(([name]) => name.toLowerCase() === field.name);
        return named(
          values.map(([, value]) => value),
          'SINGLE_QUERY_ARG',
          field.name,
        );
      };
    case 'allQueryArguments':
      return ({ query }) => ({
        kind: 'pieces',
        pieces: queryArguments(preParse(query)).map(([name, text]) => ({ text, name, location: 'ALL_QUERY_ARGS' })),
      });
    case 'body':
      return (request) => whole(request, field.oversize, () => one(request.body ?? '', 'BODY'));
    case 'jsonBody':
      return (request) => whole(request, field.oversize, () => fromJson(request.body ?? '', field));
    case 'headers':
      return ({ fields }) => fromMap(fields, 'HEADER', 'REQUEST_HEADERS', field);
    case 'cookies':
      return ({ fields }) => fromMap(requestCookies(fields), 'COOKIE', 'REQUEST_COOKIES', field);
    case 'headerOrder':
      return ({ fields }) => {
        const { inspected, isOver } = within(fields);
        return oversized(isOver, 'REQUEST_HEADERS', field.oversize, () =>
          one(inspected.map(([name]) => name).join(':'), 'HEADER_ORDER'),
        );
      };
    case 'ja3Fingerprint':
    case 'ja4Fingerprint':
    // Ours: the runtime tells nothing of the TLS ClientHello, and HTTP carries no fragment (RFC 9112 3.2): what holds where there is none.
    case 'uriFragment':
      return () => ({ kind: 'decided', matches: field.fallback === 'MATCH' });
  }
}

/** The same pieces, each transformed. */
export function transformed(contents: Contents, transform: Transform): Contents {
  if (contents.kind === 'decided') return contents;
  return { ...contents, pieces: contents.pieces.map((piece) => ({ ...piece, text: transform(piece.text) })) };
}

/** AWS WAF: separated by `&` alone, nothing decoded. */
export function queryArguments(query: string): readonly (readonly [name: string, value: string])[] {
  if (query === '') return [];
  return query.split('&').map((argument) => {
    const name = parameterName(argument);
    return [name, argument.slice(name.length + 1)];
  });
}

/** Ours: however ill-formed, each part between semicolons is looked at. */
export function requestCookies(fields: Fields): Fields {
  const parts = cookieField(fields)?.split(';') ?? [];
  return parts.map((part) => {
    const pair = trimWhitespace(part);
    const equals = pair.indexOf('=');
    return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
  });
}

function one(text: string, location: string): Contents {
  return { kind: 'pieces', pieces: [{ text, location }] };
}

/** AWS WAF: what is not there matches nothing. */
function named(texts: readonly string[], location: string, name: string): Contents {
  return texts.length === 0 ? NOTHING : { kind: 'pieces', pieces: texts.map((text) => ({ text, location, name })) };
}

function whole({ bodyIsLarger }: InspectedRequest, handling: OversizeHandling, read: () => Contents): Contents {
  return oversized(bodyIsLarger, 'REQUEST_BODY', handling, read);
}

function oversized(isOver: boolean, part: string, handling: OversizeHandling, read: () => Contents): Contents {
  if (!isOver) return read();
  if (handling === 'CONTINUE') return { ...read(), oversize: part };
  return { kind: 'decided', matches: handling === 'MATCH', oversize: part };
}

function fromJson(body: string, field: Extract<FieldToMatch, { kind: 'jsonBody' }>): Contents {
  // AWS WAF: a request without the part that a statement looks at does not match; no body is no body that could not be parsed.
  if (body === '') return NOTHING;
  const { members, isComplete } = readJson(body);
  if (!isComplete && field.invalidFallback !== undefined) {
    if (field.invalidFallback === 'EVALUATE_AS_STRING') return one(body, 'BODY');
    return { kind: 'decided', matches: field.invalidFallback === 'MATCH' };
  }
  const { paths } = field;
  const pieces = members
    .filter(({ isKey }) => isInScope(field.scope, isKey))
    .filter(({ pointer }) => paths === 'ALL' || paths.some((path) => pointer === path || pointer.startsWith(`${path}/`)))
    .map(({ text, pointer }) => ({ text, location: 'JSON_BODY', name: pointer }));
  return { kind: 'pieces', pieces };
}

function fromMap(
  entries: Fields,
  location: string,
  part: string,
  { match, scope, oversize }: Extract<FieldToMatch, { kind: 'headers' | 'cookies' }>,
): Contents {
  const { inspected, isOver } = within(entries);
  return oversized(isOver, part, oversize, () => {
    const pieces: Piece[] = [];
    for (const [name, value] of inspected) {
      if (match.kind !== 'all' && match.names.includes(name) !== (match.kind === 'included')) continue;
      if (isInScope(scope, true)) pieces.push({ text: name, location, name });
      if (isInScope(scope, false)) pieces.push({ text: value, location, name });
    }
    return { kind: 'pieces', pieces };
  });
}

function isInScope(scope: MatchScope, isKey: boolean): boolean {
  return scope === 'ALL' || (scope === 'KEY') === isKey;
}

function within(entries: Fields): { readonly inspected: Fields; readonly isOver: boolean } {
  let octets = 0;
  for (const [at, [name, value]] of entries.entries()) {
    const room = INSPECTED.mapOctets - octets;
    octets += name.length + value.length;
    if (at >= INSPECTED.mapEntries) return { inspected: entries.slice(0, at), isOver: true };
    if (octets > INSPECTED.mapOctets) {
      return {
        inspected: [...entries.slice(0, at), [name.slice(0, room), value.slice(0, Math.max(0, room - name.length))]],
        isOver: true,
      };
    }
  }
  return { inspected: entries, isOver: false };
}
