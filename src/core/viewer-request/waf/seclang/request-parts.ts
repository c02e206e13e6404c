/**
 * The collections of SecLang (ModSecurity reference manual, "Variables") of one request: made when a rule first asks for one, and kept for the
 * others. Bodies: form, multipart, JSON and XML are taken apart by Content-Type; REQUEST_BODY is the
 * whole of a form and of what is not taken apart. What its type does not describe is an argument as a whole: who attacks names the type.
 */
import { fieldValue } from '../../../../http/fields.ts';
import { mediaType } from '../../../../http/media-type.ts';
import type { InspectedRequest } from '../../../../model/waf-engine.ts';
import { queryArguments, requestCookies } from '../statements/contents.ts';
import { readJson } from '../statements/read-json.ts';
import { urlDecode } from '../transformations/url-decode.ts';
import { parseMultipart, type MultipartPart } from './parse-multipart.ts';
import { parseXml } from './parse-xml.ts';
import { requestValue, type Place, type RequestValue } from './request-value.ts';

export type Collection = readonly RequestValue[];

export interface RequestParts {
  /** Empty for what the request does not have. */
  readonly collection: (name: string) => Collection;
}

type Reader = (parts: Sources) => Collection;

interface Sources {
  readonly request: InspectedRequest;
  readonly body: BodyParts;
  readonly of: (name: string) => Collection;
}

export function requestParts(request: InspectedRequest): RequestParts {
  const known = new Map<string, Collection>();
  let body: BodyParts | undefined;
  const sources: Sources = {
    request,
    get body() {
      return (body ??= readBody(request));
    },
    of: (name) => {
      let collection = known.get(name);
      if (collection === undefined) known.set(name, (collection = bounded(READERS[name]?.(sources) ?? [])));
      return collection;
    },
  };
  return { collection: sources.of };
}

/** Whether the evaluator knows a collection of this name; TX and MATCHED_* are the evaluation's own. */
export function isCollection(name: string): boolean {
  return name in READERS;
}

const READERS: Readonly<Record<string, Reader>> = {
  ARGS: ({ of }) => [...of('ARGS_GET'), ...of('ARGS_POST')],
  ARGS_NAMES: ({ of }) => [...of('ARGS_GET_NAMES'), ...of('ARGS_POST_NAMES')],
  ARGS_COMBINED_SIZE: ({ of }) => number(of('ARGS').reduce((sum, { name, text }) => sum + name.length + text.length, 0)),
  ARGS_GET: ({ request }) => argumentsOf(request.query, 'QUERY'),
  ARGS_GET_NAMES: ({ of }) => namesOf(of('ARGS_GET')),
  ARGS_POST: ({ body }) => body.arguments,
  ARGS_POST_NAMES: ({ of, body }) => [...namesOf(of('ARGS_POST')), ...body.names],
  FILES: ({ body }) => body.parts.filter(isFile).map(({ name, filename }) => requestValue(name, filename!, 'BODY')),
  FILES_NAMES: ({ body }) => body.parts.filter(isFile).map(({ name }) => requestValue(name, name, 'BODY')),
  FILES_COMBINED_SIZE: ({ body }) => number(body.parts.filter(isFile).reduce((sum, { content }) => sum + content.length, 0)),
  MULTIPART_PART_HEADERS: ({ body }) =>
    body.parts.flatMap(({ name, headers }) => headers.map((header) => requestValue(name, header, 'BODY'))),
  QUERY_STRING: ({ request }) => [requestValue('', request.query, 'QUERY')],
  REMOTE_ADDR: ({ request }) => [requestValue('', request.viewerAddress, undefined)],
  REQBODY_PROCESSOR: ({ body }) => [requestValue('', body.processor, undefined)],
  REQUEST_BASENAME: ({ request }) => [requestValue('', request.path.slice(request.path.lastIndexOf('/') + 1), 'URIPATH')],
  REQUEST_BODY: ({ body }) => (body.raw === '' ? [] : [requestValue('', body.raw, 'BODY')]),
  REQUEST_BODY_LENGTH: ({ request }) => number((request.body ?? '').length),
  REQUEST_COOKIES: ({ request }) => requestCookies(request.fields).map(([name, text]) => requestValue(name, text, 'COOKIE')),
  REQUEST_COOKIES_NAMES: ({ of }) => namesOf(of('REQUEST_COOKIES')),
  REQUEST_FILENAME: ({ request }) => [requestValue('', request.path, 'URIPATH')],
  REQUEST_HEADERS: ({ request }) => request.fields.map(([name, text]) => requestValue(name, text, 'HEADER')),
  REQUEST_HEADERS_NAMES: ({ of }) => namesOf(of('REQUEST_HEADERS')),
  REQUEST_LINE: ({ request }) => [
    requestValue('', `${request.method} ${target(request)} ${protocol(request)}`, placeOfTarget(request)),
  ],
  REQUEST_METHOD: ({ request }) => [requestValue('', request.method, 'METHOD')],
  REQUEST_PROTOCOL: ({ request }) => [requestValue('', protocol(request), 'METHOD')],
  REQUEST_URI: ({ request }) => [requestValue('', target(request), placeOfTarget(request))],
  REQUEST_URI_RAW: ({ of }) => of('REQUEST_URI'),
  // Ours: with the attributes, which the Core Rule Set 3.3 does not look into.
  XML: ({ body }) => [...body.xmlTexts, ...body.xmlAttributes],
  XML_ATTRIBUTES: ({ body }) => body.xmlAttributes,
  UNCONDITIONAL: () => [requestValue('', '', undefined)],
};

interface BodyParts {
  /** As ModSecurity calls it: URLENCODED, MULTIPART, JSON, XML; '' for what is not taken apart. */
  readonly processor: string;
  readonly raw: string;
  readonly arguments: Collection;
  /** Keys of JSON by themselves: in the arguments they are joined. */
  readonly names: Collection;
  readonly parts: readonly MultipartPart[];
  readonly xmlTexts: Collection;
  readonly xmlAttributes: Collection;
}

function readBody({ body, fields }: InspectedRequest): BodyParts {
  const raw = body ?? '';
  const contentType = fieldValue(fields, 'content-type') ?? '';
  const nothing: BodyParts = { processor: '', raw, arguments: [], names: [], parts: [], xmlTexts: [], xmlAttributes: [] };
  if (raw === '') return nothing;
  // AWS WAF: rules of bodies inspect them whatever they are said to be.
  const whole = requestValue('', raw, 'BODY');
  // A type that is ill-formed is still read by its beginning, as lenient applications read it.
  const type = mediaType(contentType) ?? /^[^;,\s]*/.exec(contentType)![0].toLowerCase();
  if (type === 'application/x-www-form-urlencoded')
    return { ...nothing, processor: 'URLENCODED', arguments: argumentsOf(raw, 'BODY') };
  if (type.startsWith('multipart/')) {
    const parts = parseMultipart(raw, contentType);
    if (parts.length === 0) return { ...nothing, processor: 'MULTIPART', arguments: [whole] };
    const fieldsOfForm = parts.filter((part) => !isFile(part)).map(({ name, content }) => requestValue(name, content, 'BODY'));
    // With two boundaries, what one reader takes for a file is another's form.
    const isAmbiguous = contentType.split(/;\s*boundary\s*=/i).length > 2;
    const read = isAmbiguous ? [...fieldsOfForm, whole] : fieldsOfForm;
    return { ...nothing, processor: 'MULTIPART', raw: '', arguments: read, parts };
  }
  if (/[/+]json$/.test(type)) {
    const { members, isComplete } = readJson(raw);
    const values = members.filter(({ isKey }) => !isKey);
    const read = bounded(
      values.map(({ pointer, text }) => requestValue(jsonName(pointer), text, 'BODY')),
      textOf,
    );
    return {
      ...nothing,
      processor: 'JSON',
      raw: '',
      // A lenient application may read on where this reader could not.
      arguments: isComplete ? read : [...read, whole],
      names: members.filter(({ isKey }) => isKey).map(({ text }) => requestValue(text, text, 'BODY')),
    };
  }
  if (/[/+]xml$/.test(type)) {
    const { texts, attributes } = parseXml(raw);
    const values = (all: readonly string[]) => all.map((text) => requestValue('', text, 'BODY'));
    return { ...nothing, processor: 'XML', raw: '', xmlTexts: values(texts), xmlAttributes: values(attributes) };
  }
  return { ...nothing, arguments: [whole] };
}

/** Ours: so many texts of a collection are told apart; the others are read in so many groups, for each text costs hundreds of rules their look. */
const TOLD_APART = 128;
const GROUPS = 32;

function bounded(collection: Collection, said: (value: RequestValue) => string = nameAndText): Collection {
  if (collection.length <= TOLD_APART + GROUPS) return collection;
  const others = collection.slice(TOLD_APART);
  const size = Math.ceil(others.length / GROUPS);
  const groups: RequestValue[] = [];
  for (let at = 0; at < others.length; at += size) {
    const group = others.slice(at, at + size);
    groups.push(requestValue('', group.map(said).join('\n'), group[0]!.place));
  }
  return [...collection.slice(0, TOLD_APART), ...groups];
}

function nameAndText({ name, text }: RequestValue): string {
  return name === '' || name === text ? text : `${name}=${text}`;
}

/** Keys of JSON are looked at by themselves. */
function textOf({ text }: RequestValue): string {
  return text;
}

function argumentsOf(text: string, place: Place): Collection {
  const pairs = queryArguments(text).filter(([name, value]) => name !== '' || value !== '');
  return bounded(pairs.map(([name, value]) => requestValue(urlDecode(name), urlDecode(value), place)));
}

function namesOf(collection: Collection): Collection {
  return collection.map(({ name, place }) => requestValue(name, name, place));
}

/** As ModSecurity names members of JSON: `json.a.b`. */
function jsonName(pointer: string): string {
  return `json${pointer.replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')}`;
}

function number(value: number): Collection {
  return [requestValue('', `${value}`, undefined)];
}

function isFile({ filename }: MultipartPart): boolean {
  return filename !== undefined;
}

function target({ path, query }: InspectedRequest): string {
  return query === '' ? path : `${path}?${query}`;
}

function placeOfTarget({ query }: InspectedRequest): Place {
  return query === '' ? 'URIPATH' : 'QUERY';
}

/** Where the runtime does not tell the version, it is one that rules allow. */
function protocol({ httpVersion }: InspectedRequest): string {
  return `HTTP/${httpVersion ?? '1.1'}`;
}
