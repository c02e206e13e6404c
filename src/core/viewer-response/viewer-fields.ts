/**
 * The fields of an answer, complete and in CloudFront's order (facts 7.4): what was prepared for viewers when the response arrived, then
 * the edge's own. Runs for every answer, so it makes one list and one pair for each field added.
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
// CloudFront: the values of X-Cache are few; their pairs are shared.
const X_CACHE = new Map(
  ['Hit', 'RefreshHit', 'Miss', 'Error', 'Redirect'].map((word): [string, Field] => [
    `${word} from cloudfront`,
    ['x-cache', `${word} from cloudfront`],
  ]),
);

/** Everything the viewer gets to see, names in lower case. */
export interface ViewerFields {
  /** The base as it was handed in, the same array, or nothing. */
  readonly shared: Fields;
  /** What follows: fields of this answer alone. */
  readonly own: Fields;
}

export function viewerFields(input: ViewerFieldsInput): ViewerFields {
  const { base, outcome, policy } = input;
  const silences = policy?.silences ?? NOTHING;
  const fields: Field[] = [];
  let hasServer = silences.has('server');
  let hasDate = silences.has('date');
  const isOwnPage = outcome.answeredBy === 'edge';
  // CloudFront: Server and Date lead what the edge makes itself.
  if (isOwnPage) {
    if (!hasServer) fields.push(SERVER);
    if (!hasDate) fields.push(['date', formatHttpDate(input.now)]);
    hasServer = true;
    hasDate = true;
  }
  for (const field of base) {
    if (field[0] === 'date') hasDate = true;
    else if (field[0] === 'server') hasServer = true;
    if (isOwnPage) fields.push(field);
  }
  if (!hasDate) fields.push(['date', formatHttpDate(input.now)]);
  if (!hasServer && SERVER_ADDED_WHEN_ABSENT) fields.push(SERVER);

  // CloudFront: Via says 1.1, whatever the viewer speaks.
  const result = xCache(outcome);
  const { via, pop } = placeFields(input);
  fields.push(X_CACHE.get(result) ?? ['x-cache', result], via, pop);
  if (input.altSvc !== undefined && !silences.has('alt-svc')) fields.push(altSvcField(input.altSvc));
  fields.push(['x-amz-cf-id', outcome.requestId]);
  if (input.sessionCookie !== undefined) fields.push(['set-cookie', input.sessionCookie]);
  if (input.debugHeaders === true && !silences.has('cache-status')) {
    const status = cacheStatus(outcome);
    if (status !== undefined) fields.push(['cache-status', status]);
  }
  // CloudFront: Age comes last, and only with what the cache answered; then what a policy adds.
  const age = ageOf(outcome);
  if (age !== undefined && !silences.has('age')) fields.push(['age', String(Math.floor(age / SECOND))]);
  if (policy !== undefined) fields.push(...policy.added);
  return { shared: isOwnPage ? [] : base, own: fields };
}

let place: { readonly of: Pick<ViewerFieldsInput, 'popName' | 'viaHost'>; readonly via: Field; readonly pop: Field } | undefined;

/** The same for every answer of an edge, of which a process is one: made once. */
function placeFields({ popName, viaHost }: ViewerFieldsInput): { readonly via: Field; readonly pop: Field } {
  if (place?.of.popName !== popName || place.of.viaHost !== viaHost) {
    place = { of: { popName, viaHost }, via: ['via', `1.1 ${viaHost} (CloudFront)`], pop: ['x-amz-cf-pop', popName] };
  }
  return place;
}

let altSvc: Field = ['alt-svc', ''];

function altSvcField(value: string): Field {
  if (altSvc[1] !== value) altSvc = ['alt-svc', value];
  return altSvc;
}

function ageOf({ cache }: Outcome): Duration | undefined {
  return cache.kind === 'hit' || cache.kind === 'hit-stale' ? cache.age : undefined;
}
