/**
 * An event of Lambda@Edge that somebody wrote for `warmfront functions run`: as far as its form is needed to judge what a function makes of it.
 * What edges make: core/lambda-edge/lambda-event.ts.
 */
import { UsageError } from '../cli/usage-error.ts';
import type { LambdaEvent } from '../core/lambda-edge/lambda-event.ts';
import { isObject, type JsonObject } from '../model/json-object.ts';
import { sentence } from '../model/sentence.ts';
import { LAMBDA_EVENT_LIMITS } from '../tables/lambda-edge.ts';

const PLACE = 'Records[0].cf';

/** Throws UsageError. `from` names the event in messages. */
export function readLambdaEvent(text: string, from: string): LambdaEvent {
  try {
    return completed(JSON.parse(text));
  } catch (error) {
    throw new UsageError(`${from}: ${error instanceof SyntaxError ? 'it is not JSON: ' : ''}${sentence(error)}`);
  }
}

/** AWS: test events of the Lambda console are without eventType and querystring; those of edges have them. */
function completed(event: unknown): LambdaEvent {
  const records = objectAt(event, 'the event')['Records'];
  const cf = objectAt(objectAt(Array.isArray(records) ? records[0] : undefined, 'Records[0]')['cf'], PLACE);
  const { eventType = 'response' in cf ? 'viewer-response' : 'viewer-request', ...config } = objectAt(
    cf['config'],
    `${PLACE}.config`,
  );
  const types = Object.keys(LAMBDA_EVENT_LIMITS);
  if (!types.includes(String(eventType))) throw new UsageError(`${PLACE}.config.eventType must be one of ${types.join(', ')}`);
  const request = { clientIp: '127.0.0.1', querystring: '', ...objectAt(cf['request'], `${PLACE}.request`) };
  checkRequest(request);
  if (String(eventType).endsWith('response')) checkHeaders(objectAt(cf['response'], `${PLACE}.response`), `${PLACE}.response`);
  return { Records: [{ cf: { ...cf, config: { ...config, eventType }, request } }] } as unknown as LambdaEvent;
}

function checkRequest(request: JsonObject): void {
  const path = `${PLACE}.request`;
  for (const name of ['clientIp', 'method', 'uri', 'querystring']) checkText(request, name, path);
  checkHeaders(request, path);
  const { body, origin } = request;
  if (body !== undefined) checkText(objectAt(body, `${path}.body`), 'data', `${path}.body`);
  if (origin === undefined) return;
  const { s3, custom } = objectAt(origin, `${path}.origin`);
  const kind = s3 === undefined ? 'custom' : 's3';
  checkText(objectAt(s3 ?? custom, `${path}.origin.${kind}`), 'domainName', `${path}.origin.${kind}`);
}

function checkText(section: JsonObject, name: string, path: string): void {
  if (typeof section[name] !== 'string') throw new UsageError(`${path}.${name} must be a string`);
}

function checkHeaders(section: JsonObject, path: string): void {
  for (const [name, entries] of Object.entries(objectAt(section['headers'], `${path}.headers`))) {
    const isList = Array.isArray(entries) && entries.every((one) => isObject(one) && typeof one['value'] === 'string');
    if (!isList) throw new UsageError(`${path}.headers[${JSON.stringify(name)}] must be a list of { key, value }`);
  }
}

function objectAt(value: unknown, path: string): JsonObject {
  if (isObject(value)) return value;
  throw new UsageError(`${path} must be an object`);
}
