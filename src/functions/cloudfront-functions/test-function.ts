/**
 * A function run against an event object that somebody wrote, as TestFunction and `warmfront functions run` do: the same runtime and the same
 * judgement as on the edge, and the result as CloudFront prints it. Facts: aws-api B8. Changes of the origin are carried out by nobody.
 */
import { applyFunctionRequest } from '../../core/viewer-request/apply-function-request.ts';
import type { FunctionEvent, FunctionEventType } from '../../core/viewer-request/function-event.ts';
import { isObject } from '../../core/viewer-request/function-values.ts';
import { applyFunctionResponse } from '../../core/viewer-response/apply-function-response.ts';
import type { FunctionEnding } from '../../edge/ports.ts';
import type { FunctionRuntime } from '../../model/edge-function.ts';
import type { Duration, Instant } from '../../model/units.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import { checkSource, faultSentence } from './check-source.ts';
import { createInstance, type Instance } from './instance.ts';
import { FUNCTION_TIME } from './limits.ts';
import { packEvent, unpackAnswer } from './pack-event.ts';
import type { EdgeLocation } from './realm-source.ts';
import { sentence } from '../../model/sentence.ts';

export interface FunctionUnderTest {
  readonly name: string;
  readonly runtime: FunctionRuntime;
  readonly code: string;
  readonly edgeLocation: EdgeLocation;
}

export interface FunctionTest {
  /** JSON: `{"request":{...}}` or `{"response":{...}}`; '' when it failed. */
  readonly output: string;
  /** '' when it did not fail. */
  readonly error: string;
  readonly logs: readonly string[];
  readonly computeUtilization: number;
  /** What CloudFront does not say that the runtime has. */
  readonly warnings: readonly string[];
}

/** Why the event object is none. */
export class EventFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EventFault';
  }
}

/** What keeps the source from being published, first things first. */
export function sourceFaults(code: string, runtime: FunctionRuntime): readonly string[] {
  return checkSource(code, runtime).faults.map(faultSentence);
}

/** Throws EventFault. `eventObject` is the text of the event. */
export async function testFunction(tested: FunctionUnderTest, eventObject: string, now: Instant): Promise<FunctionTest> {
  const given = parseEvent(eventObject);
  const event = eventFrom(given, now);
  const instance = await createInstance(tested);
  const packed = packEvent(event);
  const { ending, logs, elapsed } = instance.call(packed);
  const used = ending.kind === 'returned' ? warmElapsed(instance, packed, elapsed) : elapsed;
  const computeUtilization = Math.min(100, Math.round((used / FUNCTION_TIME) * 100));
  const warnings = checkSource(tested.code, tested.runtime).warnings.map(faultSentence);
  const result =
    ending.kind === 'returned'
      ? told(unpackAnswer(ending.text, event.eventType), event, given)
      : { error: `${ERROR_CAUSES.functionFailed} ${ending.message}` };
  return { output: '', error: '', ...result, logs, computeUtilization, warnings };
}

/** Ours: an edge that is at work has run the function before; its first call here takes many times as long. */
const WARMING_CALLS = 20;
const WARMING_TIME: Duration = 100;

function warmElapsed(instance: Instance, packed: string, first: Duration): Duration {
  let least = first;
  for (let calls = 0, spent = first; calls < WARMING_CALLS && spent < WARMING_TIME; calls++) {
    const { elapsed } = instance.call(packed);
    least = Math.min(least, elapsed);
    spent += elapsed;
  }
  return least;
}

interface GivenEvent {
  readonly context: Readonly<Record<string, unknown>>;
  readonly viewer: Readonly<Record<string, unknown>>;
  readonly request: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>> | undefined;
}

function parseEvent(text: string): GivenEvent {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    throw new EventFault(`The event object is not JSON: ${sentence(error)}`);
  }
  if (!isObject(event)) throw new EventFault('The event object must be a JSON object');
  const section = (name: string): Readonly<Record<string, unknown>> => {
    const value = event[name];
    if (value === undefined) throw new EventFault(`The event object has no ${name}`);
    if (!isObject(value)) throw new EventFault(`${name} must be an object`);
    return value;
  };
  if (event['version'] !== '1.0') throw new EventFault('version must be "1.0"');
  const context = section('context');
  const isResponse = context['eventType'] === 'viewer-response';
  if (!isResponse && context['eventType'] !== 'viewer-request') {
    throw new EventFault('context.eventType must be viewer-request or viewer-response');
  }
  return {
    context,
    viewer: event['viewer'] === undefined ? {} : section('viewer'),
    request: section('request'),
    response: isResponse ? section('response') : undefined,
  };
}

function eventFrom({ context, viewer, request, response }: GivenEvent, now: Instant): FunctionEvent {
  const line = (value: unknown, at: string, otherwise: string): string => {
    if (value === undefined) return otherwise;
    if (typeof value === 'string' && !/[^\x20-\x7e\x80-\uffff]/.test(value)) return value;
    throw new EventFault(`${at} must be a text without control characters`);
  };
  const map = (value: unknown, at: string): string => {
    if (value === undefined) return '{}';
    if (isObject(value)) return JSON.stringify(value);
    throw new EventFault(`${at} must be an object`);
  };
  const uri = line(request['uri'], 'request.uri', '/');
  if (!uri.startsWith('/')) throw new EventFault('request.uri must begin with a slash');
  const querystring = map(request['querystring'], 'request.querystring');
  return {
    eventType: context['eventType'] as FunctionEventType,
    distributionDomainName: line(context['distributionDomainName'], 'context.distributionDomainName', ''),
    distributionId: line(context['distributionId'], 'context.distributionId', ''),
    requestId: line(context['requestId'], 'context.requestId', ''),
    viewerAddress: line(viewer['ip'], 'viewer.ip', ''),
    now,
    request: {
      method: line(request['method'], 'request.method', 'GET'),
      uri,
      query: queryOf(querystring),
      querystring,
      headers: map(request['headers'], 'request.headers'),
      cookies: map(request['cookies'], 'request.cookies'),
    },
    ...(response && {
      response: {
        statusCode: typeof response['statusCode'] === 'number' ? response['statusCode'] : 200,
        statusDescription: typeof response['statusDescription'] === 'string' ? response['statusDescription'] : '',
        headers: map(response['headers'], 'response.headers'),
        cookies: map(response['cookies'], 'response.cookies'),
      },
    }),
  };
}

function queryOf(querystring: string): string | undefined {
  const pairs = Object.entries(JSON.parse(querystring) as Record<string, { value?: unknown }>);
  return pairs.length === 0
    ? undefined
    : pairs.map(([name, entry]) => `${name}=${typeof entry?.value === 'string' ? entry.value : ''}`).join('&');
}

/** What CloudFront prints of what was returned, once it has been found valid. */
function told(
  ending: FunctionEnding,
  event: FunctionEvent,
  given: GivenEvent,
): { readonly output?: string; readonly error?: string } {
  const invalid = (message: string, isHeader = false): { readonly error: string } => ({
    error: `${isHeader ? ERROR_CAUSES.functionHeader : ERROR_CAUSES.functionInvalid} ${message}`,
  });
  switch (ending.kind) {
    case 'nothing':
      return invalid(`the handler returned ${ending.returned} instead of a request or a response`);
    case 'request': {
      if (event.eventType === 'viewer-response') return invalid('a viewer-response function must return a response');
      const applied = applyFunctionRequest(requestOf(event), event, ending.changed);
      if (applied.kind === 'invalid') return invalid(applied.fault.message, applied.fault.isHeader);
      const {
        headers = {},
        method,
        querystring = {},
        uri,
        cookies = {},
      } = { ...given.request, ...ending.changed } as Record<string, unknown>;
      return { output: JSON.stringify({ request: { headers, method, querystring, uri, cookies } }) };
    }
    case 'response': {
      const applied = applyFunctionResponse(ending.changed, event.response);
      if (applied.kind === 'invalid') return invalid(applied.fault.message, applied.fault.isHeader);
      const { headers, statusDescription, cookies, statusCode, body } = { ...given.response, ...ending.changed } as Record<
        string,
        unknown
      >;
      const response = {
        headers: headers ?? {},
        ...(statusDescription !== undefined && statusDescription !== null && { statusDescription }),
        cookies: cookies ?? {},
        statusCode,
        ...(body !== undefined && body !== null && { body }),
      };
      return { output: JSON.stringify({ response }) };
    }
    default:
      return {};
  }
}

/** A request as the edge would have it, as far as the rules look at it. */
function requestOf({ request, viewerAddress }: FunctionEvent): Parameters<typeof applyFunctionRequest>[0] {
  return {
    method: request.method,
    scheme: 'https',
    httpVersion: undefined,
    host: '',
    path: request.uri,
    query: request.query,
    fields: [],
    viewerAddress,
    viewerPort: 0,
    body: { kind: 'none' },
  };
}
