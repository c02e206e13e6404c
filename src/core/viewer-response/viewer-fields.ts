/**
 * The fields of an answer, complete and in CloudFront's order (facts 7.4): what was prepared for viewers when the response arrived, then
 * the edge's own. Runs for every answer, so it makes no list that an answer before it has made, and one pair for each field that differs.
 * Connection, Content-Length and the case of names are the listener's. What was prepared: core/cache/prepare-stored.ts.
 */
import type { Field, Fields } from '../../http/fields.ts';
import { formatHttpDate } from '../../http/http-date.ts';
import { SERVER_ADDED_WHEN_ABSENT } from '../../model/assumptions.ts';
import { SECOND, type Duration, type Instant } from '../../model/units.ts';
import { xCache } from '../../tables/result-types.ts';
import type { Outcome } from '../outcome.ts';
import { cacheStatus } from './cache-status.ts';

export interface ViewerFieldsInput {
  /** Without any field of the edge's own. */
  readonly base: Fields;
  readonly outcome: Outcome;
  /** As in `FRA56-P4`. */
  readonly popName: string;
  /** The edge's name in Via: CloudFront: 32 hexadecimal digits and `.cloudfront.net`. */
  readonly viaHost: string;
  /** For a Date where there is none. */
  readonly now: Instant;
  /** Alt-Svc's value where HTTP/3 is on. */
  readonly altSvc?: string | undefined;
  /** Set-Cookie's value where continuous deployment keeps the viewer's session. */
  readonly sessionCookie?: string | undefined;
  /** Cache-Status is asked for. */
  readonly debugHeaders?: boolean | undefined;
  /** What a response headers policy adds, and the names it keeps the edge from adding. */
  readonly policy?: { readonly added: Fields; readonly silences: ReadonlySet<string> } | undefined;
}

const NOTHING: ReadonlySet<string> = new Set();
const SERVER: Field = ['server', 'CloudFront'];

/** Everything the viewer gets to see, names in lower case. */
export interface ViewerFields {
  /** The base as it was handed in, the same array, or nothing. */
  readonly shared: Fields;
  /** What follows: the same array for every answer that has the same here. */
  readonly edge: Fields;
  /** Last, fields of this answer alone. */
  readonly own: Fields;
}

export function viewerFields(input: ViewerFieldsInput): ViewerFields {
  const { base, outcome, policy } = input;
  const silences = policy?.silences ?? NOTHING;
  const own: Field[] = [];
  let hasServer = silences.has('server');
  let hasDate = silences.has('date');
  const isOwnPage = outcome.answeredBy === 'edge';
  // CloudFront: Server and Date lead what the edge makes itself.
  if (isOwnPage) {
    if (!hasServer) own.push(SERVER);
    if (!hasDate) own.push(['date', formatHttpDate(input.now)]);
    hasServer = true;
    hasDate = true;
  }
  for (const field of base) {
    if (field[0] === 'date') hasDate = true;
    else if (field[0] === 'server') hasServer = true;
    if (isOwnPage) own.push(field);
  }
  // A Date is before what the edge adds, and differs.
  const isAlike = !isOwnPage && hasDate;
  if (!hasDate) own.push(['date', formatHttpDate(input.now)]);
  const altSvc = silences.has('alt-svc') ? undefined : input.altSvc;
  const edge = edgeFields(xCache(outcome), placeFields(input), hasServer || !SERVER_ADDED_WHEN_ABSENT, altSvc);
  if (!isAlike) own.push(...edge);
  own.push(['x-amz-cf-id', outcome.requestId]);
  if (input.sessionCookie !== undefined) own.push(['set-cookie', input.sessionCookie]);
  if (input.debugHeaders === true && !silences.has('cache-status')) {
    const status = cacheStatus(outcome);
    if (status !== undefined) own.push(['cache-status', status]);
  }
  // CloudFront: Age comes last, and only with what the cache answered; then what a policy adds.
  const age = ageOf(outcome);
  if (age !== undefined && !silences.has('age')) own.push(['age', String(Math.floor(age / SECOND))]);
  if (policy !== undefined) own.push(...policy.added);
  return { shared: isOwnPage ? NO_FIELDS : base, edge: isAlike ? edge : NO_FIELDS, own };
}

const NO_FIELDS: Fields = [];

interface PlaceFields {
  readonly of: Pick<ViewerFieldsInput, 'popName' | 'viaHost'>;
  readonly via: Field;
  readonly pop: Field;
}

let place: PlaceFields | undefined;

/** The same for every answer of an edge, of which a process is one: made once. */
function placeFields({ popName, viaHost }: ViewerFieldsInput): PlaceFields {
  if (place?.of.popName !== popName || place.of.viaHost !== viaHost) {
    place = { of: { popName, viaHost }, via: ['via', `1.1 ${viaHost} (CloudFront)`], pop: ['x-amz-cf-pop', popName] };
  }
  return place;
}

interface EdgeFields {
  readonly place: PlaceFields;
  readonly altSvc: string | undefined;
  readonly fields: Fields;
}

/** By the value of X-Cache, in a map for each set of fields: with and without Server, with and without Alt-Svc. */
const made: readonly Map<string, EdgeFields>[] = [new Map(), new Map(), new Map(), new Map()];

function edgeFields(result: string, of: PlaceFields, hasServer: boolean, altSvc: string | undefined): Fields {
  const byResult = made[(hasServer ? 1 : 0) + (altSvc === undefined ? 2 : 0)]!;
  const known = byResult.get(result);
  if (known?.place === of && known.altSvc === altSvc) return known.fields;
  // CloudFront: Via says 1.1, whatever the viewer speaks.
  const fields: Field[] = [['x-cache', result], of.via, of.pop];
  if (!hasServer) fields.unshift(SERVER);
  if (altSvc !== undefined) fields.push(['alt-svc', altSvc]);
  byResult.set(result, { place: of, altSvc, fields });
  return fields;
}

function ageOf({ cache }: Outcome): Duration | undefined {
  return cache.kind === 'hit' || cache.kind === 'hit-stale' ? cache.age : undefined;
}
