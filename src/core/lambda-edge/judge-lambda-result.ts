/**
 * What is wrong with what a function returned, by its event alone: for runs that nobody waits for, such as those that are done again with
 * changed code. The same rules as on the edge, which knows more of the request than the event shows.
 */
import type { Field, Fields } from '../../http/fields.ts';
import { octetsOfText } from '../../http/octet-text.ts';
import type { Origin } from '../../model/distribution.ts';
import type { JsonObject } from '../../model/json-object.ts';
import { seconds } from '../../model/units.ts';
import { ORIGIN_QUOTAS } from '../../tables/quotas.ts';
import { applyOriginRequest, applyViewerRequest } from './apply-lambda-request.ts';
import { applyGenerated, applyLambdaResponse, isResponse, type AppliedLambdaResponse } from './apply-lambda-response.ts';
import type { LambdaHeaders, LambdaRecord, LambdaRequest, SeenRequest } from './lambda-event.ts';
import type { LambdaOrigin } from './lambda-origin.ts';

/** `kind: 'invalid'` with the fault; anything else is good. */
export function judgeLambdaResult(
  { config, request, response }: LambdaRecord,
  returned: JsonObject,
): AppliedLambdaResponse | ReturnType<typeof applyViewerRequest> | ReturnType<typeof applyOriginRequest> {
  const seen = seenOf(request);
  switch (config.eventType) {
    case 'viewer-request':
      return isResponse(returned)
        ? applyGenerated(returned, 'viewer-request')
        : applyViewerRequest(viewerRequest(seen), seen, returned);
    case 'origin-request': {
      if (isResponse(returned)) return applyGenerated(returned, 'origin-request');
      const origin = originOf(request.origin);
      const scheme = request.origin !== undefined && 'custom' in request.origin ? request.origin.custom.protocol : 'https';
      return applyOriginRequest(originRequest(seen, origin), origin, scheme, seen, returned);
    }
    case 'origin-response':
    case 'viewer-response': {
      const shown = fieldsOf(response?.headers ?? {});
      return applyLambdaResponse(returned, { status: Number(response?.status), fields: shown, shown }, config.eventType);
    }
  }
}

function seenOf({ clientIp, method, uri, querystring, headers }: LambdaRequest): SeenRequest {
  return { clientIp, method, path: uri, query: querystring === '' ? undefined : querystring, fields: fieldsOf(headers) };
}

function fieldsOf(headers: LambdaHeaders): Fields {
  return Object.entries(headers).flatMap(([name, entries]) =>
    entries.map(({ value }): Field => [name, octetsOfText(value) ?? value]),
  );
}

function hostOf({ fields }: SeenRequest): string {
  return fields.find(([name]) => name === 'host')?.[1] ?? '';
}

function viewerRequest(seen: SeenRequest): Parameters<typeof applyViewerRequest>[0] {
  const { clientIp, method, path, query, fields } = seen;
  return {
    method,
    scheme: 'https',
    httpVersion: undefined,
    host: hostOf(seen),
    path,
    query,
    fields,
    viewerAddress: clientIp,
    viewerPort: 0,
    body: { kind: 'none' },
  };
}

function originRequest(seen: SeenRequest, origin: Origin): Parameters<typeof applyOriginRequest>[0] {
  const { method, path, fields } = seen;
  return { scheme: 'https', hostname: origin.domainName, port: 443, host: hostOf(seen), method, target: path, fields };
}

/** As far as the event tells it. */
function originOf(shown: LambdaOrigin | undefined): Origin {
  const { connectionAttempts, connectionTimeout, responseTimeout } = ORIGIN_QUOTAS;
  const usual = {
    id: 'recorded',
    connectionAttempts: connectionAttempts.usual,
    connectionTimeout: connectionTimeout.usual,
    responseCompletionTimeout: undefined,
    originAccessControl: undefined,
    originShieldRegion: undefined,
    vpcOriginId: undefined,
    clientCertificate: undefined,
  };
  if (shown === undefined || 's3' in shown) {
    const { domainName = '', path = '', customHeaders = {}, authMethod } = shown?.s3 ?? {};
    const originAccessIdentity = authMethod === 'origin-access-identity' ? 'recorded' : undefined;
    const own = { domainName, originPath: path, customHeaders: fieldsOf(customHeaders) };
    return { ...usual, ...own, responseTimeout: responseTimeout.usual, kind: { kind: 's3', originAccessIdentity } };
  }
  const { domainName, path, customHeaders, port, protocol, sslProtocols, keepaliveTimeout, readTimeout } = shown.custom;
  return {
    ...usual,
    domainName,
    originPath: path,
    customHeaders: fieldsOf(customHeaders),
    responseTimeout: seconds(readTimeout),
    kind: {
      kind: 'custom',
      protocolPolicy: protocol === 'http' ? 'http-only' : 'https-only',
      httpPort: port,
      httpsPort: port,
      sslProtocols,
      keepaliveTimeout: seconds(keepaliveTimeout),
    },
  };
}
