/**
 * An event object for a request that somebody describes instead of writing the event: as an edge would make it, on the distribution of
 * CloudFront's own examples. Fields named CloudFront-* are taken as given: which of them an edge shows is a policy's matter.
 */
import type { ViewerRequest } from '../../core/request.ts';
import {
  cookiePairs,
  queryPairs,
  valueMap,
  type FunctionEvent,
  type FunctionEventType,
  type Pair,
} from '../../core/viewer-request/function-event.ts';
import { eventObject } from '../../core/viewer-request/function-objects.ts';
import { textOfOctets } from '../../http/octet-text.ts';
import type { JsonObject } from '../../model/json-object.ts';
import { isDisallowedHeader } from '../../tables/function-headers.ts';

export function eventTemplate(eventType: FunctionEventType, request: ViewerRequest): JsonObject {
  const { method, path, query, fields, host, viewerAddress } = request;
  const shown = fields.filter(([name]) => name !== 'cookie' && !isDisallowedHeader(name));
  const headers = [['host', host] as const, ...shown.map(([name, value]): Pair => [name, textOfOctets(value)])];
  const event: FunctionEvent = {
    eventType,
    distributionDomainName: 'd111111abcdef8.cloudfront.net',
    distributionId: 'EDFDVBD6EXAMPLE',
    requestId: '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==',
    viewerAddress,
    now: 0,
    request: {
      method,
      uri: path,
      query,
      querystring: JSON.stringify(valueMap(queryPairs(query ?? ''))),
      headers: JSON.stringify(valueMap(headers)),
      cookies: JSON.stringify(valueMap(cookiePairs(fields))),
    },
    ...(eventType === 'viewer-response' && { response: OK }),
  };
  return eventObject(event);
}

const OK: NonNullable<FunctionEvent['response']> = {
  statusCode: 200,
  statusDescription: 'OK',
  headers: JSON.stringify(valueMap([['content-type', 'text/html; charset=utf-8']])),
  cookies: '{}',
};
