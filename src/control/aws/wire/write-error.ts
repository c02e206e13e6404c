/**
 * An ApiError as the service's clients expect to read it. Smithy 2.0: restXml errors (`<ErrorResponse>`), S3's bare `<Error>`, JSON's
 * `__type` and `x-amzn-errortype`. Which error it is was decided by a handler, service.ts or api-server.ts.
 */
import type { ServiceModel } from './model.ts';
import { XML_DECLARATION } from './rest-binding.ts';
import type { ApiError } from './types.ts';
import { escapeText } from './xml-codec.ts';

/** How a service says errors. */
export type ErrorStyle = 'xml' | 's3' | 'json';

export interface ErrorWritten {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export function errorStyleOf(model: ServiceModel): ErrorStyle {
  if (model.signingName === 's3') return 's3';
  return model.protocol === 'restXml' || model.protocol === 'awsQuery' ? 'xml' : 'json';
}

/** The message for `error`. `extra` is for what S3 adds after the members: Resource, HostId. */
export function writeError(
  model: ServiceModel,
  error: ApiError,
  requestId: string,
  extra: Readonly<Record<string, string>> = {},
): ErrorWritten {
  const status = error.status ?? model.errors.get(error.code) ?? 400;
  return writeStyledError(errorStyleOf(model), model.namespace, error, status, requestId, extra);
}

/** The same for errors of no particular operation, where only the service's manner is known. */
export function writeStyledError(
  style: ErrorStyle,
  namespace: string | undefined,
  error: ApiError,
  status: number,
  requestId: string,
  extra: Readonly<Record<string, string>> = {},
): ErrorWritten {
  if (style === 'json') {
    return {
      status,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': error.code },
      body: JSON.stringify({ __type: error.code, message: error.message, ...error.members }),
    };
  }
  const members = `<Code>${escapeText(error.code)}</Code><Message>${escapeText(error.message)}</Message>${elements(error.members)}`;
  const id = `<RequestId>${escapeText(requestId)}</RequestId>`;
  const xmlns = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  const type = status < 500 ? 'Sender' : 'Receiver';
  const body =
    style === 's3'
      ? `<Error>${members}${elements(extra, error.members)}${id}</Error>`
      : `<ErrorResponse${xmlns}><Error><Type>${type}</Type>${members}</Error>${id}</ErrorResponse>`;
  return { status, headers: { 'content-type': style === 's3' ? 'application/xml' : 'text/xml' }, body: XML_DECLARATION + body };
}

function elements(values: Readonly<Record<string, unknown>>, besides: Readonly<Record<string, unknown>> = {}): string {
  return Object.entries(values)
    .filter(([name, value]) => value !== undefined && !(name in besides))
    .map(([name, value]) => `<${name}>${escapeText(String(value))}</${name}>`)
    .join('');
}
