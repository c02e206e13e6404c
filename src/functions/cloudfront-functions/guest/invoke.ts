/**
 * One call of a function: the event is made of the text that crossed over, and what the handler returns goes back as text. Sections of the
 * event (query string, headers, cookies) stay text until the function looks at them, and what it has not changed does not go back at all.
 * Facts: aws-api B8; what may be returned is judged outside, in core/. Runs in QuickJS: see binary.ts.
 *
 *   in   lines: 0 time, 1 event type, 2 domain name, 3 distribution, 4 request id, 5 address, 6 method, 7 uri, 8 query with its `?`, then
 *        JSON: 9 query string, 10 headers, 11 cookies; for a response: 12 status, 13 description as JSON, 14 headers, 15 cookies
 *   out  `u` as it was, `q{...}` what of the request has changed, `s{...}` a response or what of it has changed, `x...` what was returned
 *        instead of an object, `l` more than can be valid, `p` not settled yet, `e{...}` the handler threw
 */
import type { CloudFrontModule } from './cloudfront.ts';

export interface Invoker {
  readonly load: (factory: (...imports: unknown[]) => unknown, moduleNames: string) => void;
  readonly run: (packed: string) => string;
  /** The result of an asynchronous handler, when no job is left. */
  readonly settled: () => string;
}

export function createInvoker(
  modules: Record<string, unknown>,
  cloudfront: CloudFrontModule,
  setClock: (now: number) => void,
  setSeed: (time: string, requestId: string) => void,
  isSecond: boolean,
  mostAnswer: number,
): Invoker {
  const { parse, stringify } = JSON;
  const { defineProperties } = Object;
  // The natives, before restrict.ts guards them.
  const split = Function.prototype.call.bind(String.prototype.split) as (text: string, by: string) => string[];
  const UNTOUCHED: unknown = Object.freeze({});
  let factory: (...imports: unknown[]) => unknown = () => undefined;
  let imports: unknown[] = [];
  let line: string[] = [];
  let request: Record<string, unknown> = {};
  let response: Record<string, unknown> = {};
  let answer = 'p';
  let probing = false;

  const requestMethods = Object.defineProperty({}, 'rawQueryString', {
    value: () => (line[8] === '' ? undefined : line[8]!.slice(1)),
    enumerable: false,
  });

  /**
   * The sections of an object of the event, each parsed when it is looked at first. One set for all calls, since a call has one such object:
   * functions made for each would cost more than the rest of the call. `lines`: where the text of each section stands.
   */
  const sections = (lines: Record<string, number>): { readonly accessors: PropertyDescriptorMap; readonly reset: () => void } => {
    const accessors: PropertyDescriptorMap = {};
    const held: Record<string, unknown> = {};
    for (const name of Object.keys(lines)) {
      const at = lines[name]!;
      held[name] = UNTOUCHED;
      accessors[name] = {
        get: () => {
          const value = held[name];
          return value === UNTOUCHED && !probing ? (held[name] = parse(line[at]!) as unknown) : value;
        },
        set: (next: unknown) => {
          held[name] = next;
        },
        enumerable: true,
        configurable: true,
      };
    }
    const names = Object.keys(lines);
    return {
      accessors,
      reset() {
        for (let index = 0; index < names.length; index++) held[names[index]!] = UNTOUCHED;
      },
    };
  };
  const ofRequest = sections({ querystring: 9, headers: 10, cookies: 11 });
  const ofResponse = sections({ headers: 14, cookies: 15 });
  const requestPrototype: unknown = isSecond ? requestMethods : Object.prototype;

  const newRequest = (): Record<string, unknown> => {
    ofRequest.reset();
    return defineProperties({ __proto__: requestPrototype, method: line[6], uri: line[7] }, ofRequest.accessors);
  };

  const newResponse = (): Record<string, unknown> => {
    ofResponse.reset();
    const own = { statusCode: Number(line[12]), statusDescription: parse(line[13]!) as unknown };
    return defineProperties(own, ofResponse.accessors);
  };

  /** `,"name":JSON` unless it is as it was; what is not there is null. */
  const part = (name: string, value: unknown, was: string | undefined): string => {
    if (value === UNTOUCHED) return '';
    const now = stringify(value) ?? 'null';
    return now === was ? '' : `,"${name}":${now}`;
  };

  const giveRequest = (given: Record<string, unknown>): string => {
    probing = given === request;
    const { querystring, headers, cookies } = given;
    probing = false;
    let text = given['method'] === line[6] ? '' : part('method', given['method'], undefined);
    if (given['uri'] !== line[7]) text += part('uri', given['uri'], undefined);
    text += part('querystring', querystring, line[9]) + part('headers', headers, line[10]) + part('cookies', cookies, line[11]);
    const origin = cloudfront.origin();
    if (origin !== undefined) text += `,"origin":${origin}`;
    return text === '' ? 'u' : `q{${text.slice(1)}}`;
  };

  const giveResponse = (given: Record<string, unknown>): string => {
    const isOriginal = given === response;
    probing = isOriginal;
    const { headers, cookies } = given;
    probing = false;
    const text =
      part('statusCode', given['statusCode'], line[12]) +
      part('statusDescription', given['statusDescription'], line[13]) +
      part('headers', headers, line[14]) +
      part('cookies', cookies, line[15]) +
      ('body' in given ? part('body', given['body'], undefined) : '');
    return text === '' ? (line.length > 12 ? 'u' : 's{}') : `s{${text.slice(1)}}`;
  };

  const give = (result: unknown): string => {
    try {
      if (result === null || typeof result !== 'object') return `x${result === null ? 'null' : typeof result}`;
      const given = result as Record<string, unknown>;
      // A request in place of the response is no response, whatever it holds.
      if (line.length > 12 && given === request) return 'q{}';
      const text = line.length > 12 || 'statusCode' in given ? giveResponse(given) : giveRequest(given);
      return text.length > mostAnswer ? 'l' : text;
    } catch (error) {
      return `x${String(error)}`;
    }
  };

  const describe = (error: unknown): string => {
    const stack = typeof error === 'object' && error !== null ? (error as { stack?: unknown }).stack : undefined;
    return `e${stringify({ text: String(error), stack: typeof stack === 'string' ? stack : '' })}`;
  };

  return {
    load(given, names) {
      factory = given;
      imports = names === '' ? [] : names.split(' ').map((name) => modules[name]);
    },
    run(packed) {
      line = split(packed, '\n');
      setClock(Number(line[0]));
      setSeed(line[0]!, line[4]!);
      cloudfront.begin(line[1]!);
      answer = 'p';
      request = newRequest();
      const event: Record<string, unknown> = {
        version: '1.0',
        context: { distributionDomainName: line[2], distributionId: line[3], eventType: line[1], requestId: line[4] },
        viewer: { ip: line[5] },
        request,
      };
      if (line.length > 12) event['response'] = response = newResponse();
      try {
        const handler = (imports.length === 0 ? factory() : factory(...imports)) as (event: object) => unknown;
        const result = handler(event);
        if (!isSecond || !(result instanceof Promise)) return give(result);
        result.then(
          (value) => {
            answer = give(value);
          },
          (error: unknown) => {
            answer = describe(error);
          },
        );
        return 'p';
      } catch (error) {
        return describe(error);
      }
    },
    settled: () => answer,
  };
}
