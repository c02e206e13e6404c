/**
 * An event object that somebody wrote, or that was recorded, as the runtime takes it. CloudFront: what may be left out is filled in. Facts:
 * aws-api B8. Events of viewers: core/viewer-request/function-event.ts.
 */
import type { FunctionEvent, FunctionEventType } from '../../core/viewer-request/function-event.ts';
import { isObject } from '../../model/json-object.ts';
import { sentence } from '../../model/sentence.ts';
import type { Instant } from '../../model/units.ts';

/** Why the event object is none. */
export class EventFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EventFault';
  }
}

/** Throws EventFault. `rawQueryString`: where more is known of it than the event holds. */
export function readEvent(text: string, now: Instant, rawQueryString?: string): FunctionEvent {
  return eventFrom(parseEvent(text), now, rawQueryString);
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

function eventFrom(
  { context, viewer, request, response }: GivenEvent,
  now: Instant,
  rawQueryString: string | undefined,
): FunctionEvent {
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
      query: rawQueryString ?? queryOf(querystring),
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

/** As a viewer would have sent it. */
function queryOf(querystring: string): string | undefined {
  const pairs = Object.entries(JSON.parse(querystring) as Record<string, unknown>);
  const parameters = pairs.flatMap(([name, entry]) => {
    const { multiValue } = isObject(entry) ? entry : {};
    return (Array.isArray(multiValue) ? multiValue : [entry]).map((one: unknown) => {
      const { value } = isObject(one) ? one : {};
      return `${name}=${typeof value === 'string' ? value : ''}`;
    });
  });
  return parameters.length === 0 ? undefined : parameters.join('&');
}
