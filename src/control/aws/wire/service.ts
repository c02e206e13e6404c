/**
 * One AWS service from its model and its handlers: names the operation, reads and validates the input, runs the handler, writes output
 * or error. The order is AWS's: shape of the document, then constraints, then meaning (the handler's).
 * An operation without a handler is a clear 501, never a 5xx that clients would retry. Signatures were judged before (api-server.ts).
 */
import type { Bytes } from '../../../model/units.ts';
import { StateError } from '../../state/state-error.ts';
import { WireFault } from './faults.ts';
import type { Operation, ServiceModel } from './model.ts';
import { decodeUtf8, DOCUMENT_LIMIT, readBody } from './read-body.ts';
import { readInput, writeOutput, type RequestParts } from './rest-binding.ts';
import { createRouter, type Router } from './route.ts';
import { ApiError, type CallContext, type Handlers, type IncomingCall, type Service } from './types.ts';
import { validationMessage } from './validate.ts';
import { errorStyleOf, writeError } from './write-error.ts';
import type { Values } from './xml-codec.ts';

export interface ServiceOptions {
  readonly accountId: string;
  /** How long a request's document may be; DOCUMENT_LIMIT unless given. */
  readonly documentLimit?: Bytes;
  /** Takes one line for the operator: an ignored element, a handler that broke. */
  readonly report: (line: string, severity?: 'error') => void;
}

type Handler = (input: Values, call: CallContext) => Values | void | Promise<Values | void>;

export function createService<T extends Record<string, unknown>>(
  model: ServiceModel,
  handlers: Handlers<T>,
  options: ServiceOptions,
): Service {
  const { documentLimit = DOCUMENT_LIMIT } = options;
  const route = createRouter(model);
  const reportUnknown = unknownReporter(model, options.report);
  // The handlers were checked against the SDK's types; from here on the model is what types them.
  const handlerOf = new Map(Object.entries(handlers as Readonly<Record<string, unknown>>)) as ReadonlyMap<string, Handler>;

  async function answer(call: IncomingCall): Promise<Response> {
    const bytes = await readBody(call.body, call.headers, documentLimit);
    const query = new URLSearchParams(call.rawQuery);
    const parts = { query, headers: call.headers, bodyBytes: bytes };
    const { operation, labels } = findOperation(model, route, call, query, bytes);
    const handler = handlerOf.get(operation.name);
    if (handler === undefined) throw notImplemented(model, operation.name);
    const input = read(model, operation, { ...parts, labels, bodyText: textOf(operation, bytes) }, reportUnknown);
    const { requestId, principal, region, now } = call;
    const context = { requestId, operation: operation.name, principal, accountId: options.accountId, region, now };
    const output = (await handler(input, context)) ?? {};
    const written = writeOutput(model, operation, output, requestId);
    return new Response(written.body, { status: written.status, headers: written.headers });
  }

  return {
    signingName: model.signingName,
    errorStyle: errorStyleOf(model),
    documentLimit,
    async handle(call) {
      try {
        return await answer(call);
      } catch (thrown) {
        const written = writeError(model, asApiError(model, thrown, call, options.report), call.requestId);
        return new Response(written.body, { status: written.status, headers: written.headers });
      }
    },
  };
}

function findOperation(
  model: ServiceModel,
  route: Router,
  call: IncomingCall,
  query: URLSearchParams,
  bytes: Uint8Array,
): { readonly operation: Operation; readonly labels: ReadonlyMap<string, string> } {
  if (model.protocol === 'awsQuery' || model.protocol === 'awsJson1.1') {
    const name =
      model.protocol === 'awsQuery'
        ? (new URLSearchParams(decodeUtf8(bytes)).get('Action') ?? query.get('Action'))
        : call.headers.get('x-amz-target')?.split('.')[1];
    const operation = model.operations.get(name ?? '');
    if (operation === undefined)
      throw new ApiError('InvalidAction', `Could not find operation ${name ?? ''} for version ${model.version}`, 400);
    return { operation, labels: new Map() };
  }
  const match = route(call.method, call.rawPath, query, call.headers);
  if (match === undefined)
    throw new ApiError('UnknownOperationException', `No operation is at ${call.method} ${call.rawPath}`, 404);
  return match;
}

function read(
  model: ServiceModel,
  operation: Operation,
  parts: RequestParts,
  reportUnknown: (operation: Operation, path: string) => void,
): Values {
  const { input, unknowns } = readInput(model, operation, parts);
  for (const path of unknowns) reportUnknown(operation, path);
  const message = operation.input === undefined ? undefined : validationMessage(operation.input, input);
  if (message !== undefined) throw new ApiError(errorCodes(model).validation, message, 400);
  return input;
}

/** A body that is a blob as a whole is not text. */
function textOf(operation: Operation, bytes: Uint8Array): string | undefined {
  const payload = operation.input?.members.find((member) => member.binding.at === 'payload');
  return payload?.shape.kind === 'scalar' && payload.shape.type === 'blob' ? undefined : decodeUtf8(bytes);
}

export function notImplemented(model: ServiceModel, operation: string): ApiError {
  return new ApiError('NotImplemented', `Warmfront does not implement ${model.signingName} ${operation} yet.`, 501);
}

/** AWS's codes for what is wrong before a handler sees the input; they differ by protocol. */
function errorCodes(model: ServiceModel): { readonly syntax: string; readonly structure: string; readonly validation: string } {
  switch (model.protocol) {
    case 'restXml':
      return { syntax: 'MalformedXML', structure: 'MalformedInput', validation: 'MalformedXML' };
    case 'awsQuery':
      return { syntax: 'MalformedInput', structure: 'MalformedInput', validation: 'ValidationError' };
    case 'awsJson1.1':
    case 'restJson1':
      return { syntax: 'SerializationException', structure: 'SerializationException', validation: 'ValidationException' };
  }
}

function asApiError(model: ServiceModel, thrown: unknown, call: IncomingCall, report: ServiceOptions['report']): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof WireFault) {
    if (thrown.kind === 'too-large')
      return new ApiError('RequestEntityTooLarge', `The request is too large: ${thrown.message}.`, 413);
    return new ApiError(errorCodes(model)[thrown.kind], thrown.message, 400);
  }
  const detail =
    thrown instanceof StateError ? thrown.message : thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  report(`${model.signingName}: ${call.method} ${call.rawPath} failed (request ${call.requestId}): ${detail}`, 'error');
  // Not one of the statuses clients retry: a full disk stays full for now.
  if (thrown instanceof StateError && thrown.code === 'disk-full')
    return new ApiError('InsufficientStorage', thrown.message, 507);
  return new ApiError(
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
    500,
  );
}

/** Ours: a newer client's members are ignored, so that it keeps working, and each is reported once. */
function unknownReporter(model: ServiceModel, report: (line: string) => void): (operation: Operation, path: string) => void {
  const reported = new Set<string>();
  // A client may invent names without end; what is remembered has a bound.
  const MAX_REPORTED = 1000;
  return (operation, path) => {
    const where = `${operation.name} ${path.replaceAll(/\.\d+\./g, '.*.').slice(0, 200)}`;
    if (reported.has(where) || reported.size >= MAX_REPORTED) return;
    reported.add(where);
    report(`${model.signingName}: ${where} is not known and was ignored`);
  };
}
