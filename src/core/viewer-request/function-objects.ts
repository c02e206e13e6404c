/**
 * Events and results of functions as the objects that CloudFront documents and prints. Facts: aws-api B8. How they cross over to a function
 * instead: functions/cloudfront-functions/pack-event.ts.
 */
import type { JsonObject } from '../../model/json-object.ts';
import type { FunctionEvent } from './function-event.ts';
import type { FunctionEnding } from './function-run.ts';

/** What the handler is called with. */
export function eventObject(event: FunctionEvent): JsonObject {
  const { distributionDomainName, distributionId, eventType, requestId, viewerAddress } = event;
  return {
    version: '1.0',
    context: { distributionDomainName, distributionId, eventType, requestId },
    viewer: { ip: viewerAddress },
    request: requestObject(event),
    ...(event.response !== undefined && { response: responseObject(event) }),
  };
}

/** `{ request }` or `{ response }` in TestFunction's order: the event's, with what has changed. The origin is no part of it. */
export function resultObject(
  event: FunctionEvent,
  ending: Extract<FunctionEnding, { kind: 'request' | 'response' }>,
): JsonObject {
  if (ending.kind === 'request') {
    const { headers, method, querystring, uri, cookies } = { ...requestObject(event), ...ending.changed } as JsonObject;
    return { request: { headers: headers ?? {}, method, querystring: querystring ?? {}, uri, cookies: cookies ?? {} } };
  }
  const given = event.response === undefined ? {} : responseObject(event);
  const { headers, statusDescription, cookies, statusCode, body } = { ...given, ...ending.changed } as JsonObject;
  return {
    response: {
      headers: headers ?? {},
      ...(statusDescription !== undefined && statusDescription !== null && { statusDescription }),
      cookies: cookies ?? {},
      statusCode,
      ...(body !== undefined && body !== null && { body }),
    },
  };
}

function requestObject({ request }: FunctionEvent): JsonObject {
  const { method, uri, querystring, headers, cookies } = request;
  return { method, uri, querystring: parsed(querystring), headers: parsed(headers), cookies: parsed(cookies) };
}

function responseObject({ response }: FunctionEvent): JsonObject {
  const { statusCode, statusDescription, headers = '{}', cookies = '{}' } = response ?? {};
  return { statusCode, statusDescription, headers: parsed(headers), cookies: parsed(cookies) };
}

function parsed(section: string): unknown {
  return JSON.parse(section) as unknown;
}
