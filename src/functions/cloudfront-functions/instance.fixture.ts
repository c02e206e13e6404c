/** What this folder's tests share: an instance of a source, and a call of it. */
import type { FunctionEvent } from '../../core/viewer-request/function-event.ts';
import type { FunctionRuntime } from '../../model/edge-function.ts';
import { MINUTE } from '../../model/units.ts';
import { createInstance, type CallResult, type Instance, type InstanceOptions } from './instance.ts';
import { packEvent } from './pack-event.ts';

export const NOW = Date.UTC(2026, 10, 28, 12, 0, 0, 123);

export function event(changes: Partial<FunctionEvent['request']> = {}, response?: FunctionEvent['response']): FunctionEvent {
  return {
    eventType: response === undefined ? 'viewer-request' : 'viewer-response',
    distributionDomainName: 'd111111abcdef8.cloudfront.localhost',
    distributionId: 'E1A2B3C4D5E6F7',
    requestId: 'ID==',
    viewerAddress: '198.51.100.10',
    now: NOW,
    request: {
      method: 'GET',
      uri: '/media/index.mpd',
      query: 'ID=42&ID=77&Exp=1619740800&',
      querystring: '{"ID":{"value":"42","multiValue":[{"value":"42"},{"value":"77"}]},"Exp":{"value":"1619740800"}}',
      headers: '{"host":{"value":"video.example.com"},"accept":{"value":"application/json"}}',
      cookies: '{"id":{"value":"CookieIdValue"}}',
      ...changes,
    },
    ...(response && { response }),
  };
}

/** A process that is held up must not end calls that are not about their limit: so they may take this long unless given. */
const PATIENT = MINUTE;

export function instanceOf(
  code: string,
  runtime: FunctionRuntime = 'cloudfront-js-2.0',
  { keyValues, time = PATIENT }: Pick<InstanceOptions, 'keyValues' | 'time'> = {},
): Promise<Instance> {
  const edgeLocation = { name: 'FRA', serverIp: '192.0.2.1', region: 'eu-central-1' };
  return createInstance({ name: 'example', runtime, code, edgeLocation, keyValues, time });
}

export async function callOf(code: string, runtime?: FunctionRuntime, of: FunctionEvent = event()): Promise<CallResult> {
  const instance = await instanceOf(code, runtime);
  return instance.call(packEvent(of));
}

/** What the expression gives, as the body of a generated response; or why there is none. */
export async function valueOf(expression: string, runtime?: FunctionRuntime, before = ''): Promise<string> {
  const code = `${before}\nfunction handler(event) { return { statusCode: 200, body: String(${expression}) }; }`;
  const { ending } = await callOf(code, runtime);
  if (ending.kind === 'failed') return `${ending.reason}: ${ending.message}`;
  return (JSON.parse(ending.text.slice(1)) as { body: string }).body;
}
