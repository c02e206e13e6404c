/**
 * A run of a Lambda@Edge function as whoever looks at it afterwards sees it: texts of what it got and gave, as they were then, with bodies only
 * as far as they are kept. Told in insight/functions; what it may give is judged in apply-lambda-request.ts and apply-lambda-response.ts.
 */
import { isObject, type JsonObject } from '../../model/json-object.ts';
import type { LambdaVersion } from '../../model/lambda-version.ts';
import { KIB, type Bytes, type Duration, type Instant } from '../../model/units.ts';
import type { LambdaEventType } from '../../tables/lambda-edge.ts';
import type { LambdaError } from '../outcome.ts';
import type { SeenFunctionRun } from '../viewer-request/function-run.ts';
import type { LambdaEvent } from './lambda-event.ts';

export interface SeenLambdaRun {
  readonly version: LambdaVersion;
  readonly eventType: LambdaEventType;
  readonly requestId: string;
  /** When it began. */
  readonly at: Instant;
  readonly event: KeptText;
  /** Undefined where it failed. */
  readonly result: KeptText | undefined;
  readonly failure: { readonly detail: LambdaError; readonly wrong: string | undefined } | undefined;
  readonly lines: readonly string[];
  readonly duration: Duration;
  readonly initDuration: Duration | undefined;
  readonly peakMemory: Bytes;
}

export type SeenRun = SeenFunctionRun | SeenLambdaRun;

export function isSeenLambda(run: SeenRun): run is SeenLambdaRun {
  return 'version' in run;
}

export interface KeptText {
  /** JSON; undefined where it is longer than what is kept. */
  readonly text: string | undefined;
  /** What is not in it, in sentences. */
  readonly leftOut: readonly string[];
}

/** Ours: enough of a body to know it again; of a megabyte in each run, few runs could be kept. A multiple of 4, as base64 asks. */
const MOST_BODY = 8 * KIB;
/** Ours: headers and the rest of what an edge could use are shorter. */
const MOST_TEXT = 256 * KIB;

export function keptEvent(event: LambdaEvent): KeptText {
  const [{ cf }] = event.Records;
  const { body } = cf.request;
  if (body === undefined || body.data.length <= MOST_BODY) return kept(event, []);
  const cut = { ...body, data: body.data.slice(0, MOST_BODY) };
  return kept({ Records: [{ cf: { ...cf, request: { ...cf.request, body: cut } } }] }, [
    shortened('request.body.data', body.data),
  ]);
}

/** `returned`: a request or a response. */
export function keptResult(returned: JsonObject): KeptText {
  const { body } = returned;
  if (typeof body === 'string' && body.length > MOST_BODY)
    return kept({ ...returned, body: body.slice(0, MOST_BODY) }, [shortened('response.body', body)]);
  const data = isObject(body) ? body['data'] : undefined;
  if (!isObject(body) || typeof data !== 'string' || data.length <= MOST_BODY) return kept(returned, []);
  // The event's own, given back, was told with the event.
  const said = body['action'] === 'replace' ? [shortened('request.body.data', data)] : [];
  return kept({ ...returned, body: { ...body, data: data.slice(0, MOST_BODY) } }, said);
}

function kept(value: object, leftOut: readonly string[]): KeptText {
  const text = JSON.stringify(value);
  if (text.length <= MOST_TEXT) return { text, leftOut };
  return {
    text: undefined,
    leftOut: [`${text.length} characters are more than the ${MOST_TEXT} that are kept of an event or a result`],
  };
}

function shortened(path: string, data: string): string {
  return `of ${path}, ${MOST_BODY} of ${data.length} characters are kept`;
}
