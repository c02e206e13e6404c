/**
 * Golden pairs: a request and the answer it must get, as files people can read (CONTRIBUTING: an API operation). A file holds one
 * exchange, or several in order:
 *
 *     POST /2020-05-31/tagging?Operation=Tag         as on the wire; the runner adds Host and signs, unless Authorization is there
 *     content-type: text/xml                         (`authorization: none` sends the request unsigned)
 *
 *     <body/>
 *     --------                                       a line of dashes
 *     404                                            status
 *     content-type: text/xml                         fields that must be there; others are not compared
 *
 *     <body><Id>{{id}}</Id></body>                   the whole body; `{{name}}` takes any text on first sight and that text afterwards
 *     ========                                       then the next exchange, which may use {{id}} in its request too
 */
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import type { Field } from '../../src/http/fields.ts';
import type { Instant } from '../../src/model/units.ts';
import { sha256Hex } from '../../src/sigv4/canonical-request.ts';
import { signHeaders } from '../../src/sigv4/sign.ts';
import type { ApiServer } from '../../src/control/aws/api-server.ts';
import type { KeyPair } from '../../src/control/aws/credentials.ts';

export interface PairTarget {
  readonly api: Pick<ApiServer, 'handle'>;
  readonly user: KeyPair;
  readonly now: Instant;
}

export interface Message {
  readonly start: string;
  readonly fields: readonly Field[];
  readonly body: string;
}

interface Exchange {
  readonly request: Message;
  readonly response: Message;
}

/** Declares one test per file in `folder`, relative to test/api/pairs. `target` is called per file, for a fresh server. */
export function goldenPairs(folder: string, service: string, target: () => PairTarget | Promise<PairTarget>): void {
  const root = join(import.meta.dir, 'pairs', folder);
  for (const file of [...new Bun.Glob('*.txt').scanSync(root)].toSorted()) {
    test(`${folder}/${file}`, async () => {
      const exchanges = parseExchanges(await Bun.file(join(root, file)).text());
      const known = new Map<string, string>();
      const { api, user, now } = await target();
      for (const { request, response } of exchanges) {
        const answer = await api.handle(buildRequest(fill(request, known), service, user, now));
        const text = await answer.text();
        expect({ status: `${answer.status}`, body: text }).toEqual({
          status: response.start,
          body: learn(response.body, text, known),
        });
        for (const [name, value] of response.fields) {
          const actual = answer.headers.get(name) ?? '(absent)';
          expect(`${name}: ${actual}`).toBe(`${name}: ${learn(value, actual, known)}`);
        }
      }
    });
  }
}

export function parseExchanges(text: string): readonly Exchange[] {
  return text.split(/^={4,}\n/m).map((exchange) => {
    const [request, response, ...more] = exchange.split(/^-{4,}\n/m);
    if (request === undefined || response === undefined || more.length > 0)
      throw new Error('an exchange is a request, a line of dashes, a response');
    return { request: parseMessage(request), response: parseMessage(response) };
  });
}

/** The line end that ends the file or comes before a separator is not part of the body. */
function parseMessage(text: string): Message {
  const [head = '', ...rest] = text.split('\n\n');
  const [start = '', ...lines] = head.trimEnd().split('\n');
  const fields = lines.map((line): Field => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  return { start, fields, body: rest.join('\n\n').replace(/\n$/, '') };
}

function fill(message: Message, known: ReadonlyMap<string, string>): Message {
  const filled = (text: string): string =>
    text.replaceAll(/\{\{([\w-]+)\}\}/g, (_, name: string) => known.get(name) ?? `{{${name}}}`);
  return {
    start: filled(message.start),
    fields: message.fields.map(([name, value]) => [name, filled(value)]),
    body: filled(message.body),
  };
}

/** `wanted` with its placeholders replaced: by what is known, else by what `actual` has in that place. */
function learn(wanted: string, actual: string, known: Map<string, string>): string {
  const parts = wanted.split(/\{\{([\w-]+)\}\}/);
  const names = parts.filter((_, i) => i % 2 === 1);
  const pattern = parts
    .map((part, i) => (i % 2 === 0 ? RegExp.escape(part) : known.has(part) ? RegExp.escape(known.get(part)!) : '([^<>"]*?)'))
    .join('');
  const found = new RegExp(`^${pattern}$`, 's').exec(actual);
  names.filter((name) => !known.has(name)).forEach((name, i) => found !== null && known.set(name, found[i + 1]!));
  return parts.map((part, i) => (i % 2 === 0 ? part : (known.get(part) ?? `{{${part}}}`))).join('');
}

/** A message as a request of the API, signed by `user` unless it brings its own Authorization. */
export function buildRequest(message: Message, service: string, user: KeyPair, now: Instant): Request {
  const [method = '', target = ''] = message.start.split(' ');
  const [rawPath = '', rawQuery = ''] = target.split('?');
  const host = 'localhost:4566';
  const isOwn = message.fields.some(([name]) => name === 'authorization');
  const fields = message.fields.filter(([name, value]) => name !== 'authorization' || value !== 'none');
  const signing = { method, host, rawPath, rawQuery, headers: fields, service, region: 'us-east-1', ...user, now };
  const added = isOwn ? [] : signHeaders({ ...signing, payloadHash: sha256Hex(message.body), uriEncodePath: service !== 's3' });
  const headers = new Headers([['host', host]]);
  for (const [name, value] of [...fields, ...added]) headers.append(name, value);
  return new Request(`http://${host}${target}`, { method, headers, ...(message.body === '' ? {} : { body: message.body }) });
}
