/**
 * Malformed HTTP/2, frame by frame, on the TLS port: what cannot be an unambiguous request never reaches the origin, what reaches it is
 * one whole request of HTTP/1.1, and the process goes on. RFC 9113 8 and 10.3; the rules themselves: src/http/http2.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Field } from '../../src/http/fields.ts';
import { FLAG } from '../../src/http/http2/frames.ts';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { createFrameLog, data, headers, preface } from '../http2-frames.ts';
import { CACHING_DISABLED, cloudFrontOf, createSite } from './site.ts';

const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;
const READ_METHODS = ['GET', 'HEAD'] as const;

let origin: Server;
let warmfront: RunningWarmfront;
let domainName: string;
/** Whole requests, in the octets that came to the origin. */
const asked: string[] = [];

beforeAll(async () => {
  origin = createServer((socket) => {
    let inbox = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      inbox += bytes.toString('latin1');
      const length = wholeLength(inbox);
      if (length === undefined) return;
      // What came behind the request stays with it, where a test sees it.
      asked.push(inbox);
      inbox = '';
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront();
  const { port } = origin.address() as AddressInfo;
  const behavior = {
    CachePolicyId: CACHING_DISABLED,
    OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
    AllowedMethods: { Quantity: 7, Items: [...METHODS], CachedMethods: { Quantity: 2, Items: [...READ_METHODS] } },
  };
  ({ domainName } = await createSite(cloudFrontOf(warmfront), { originPort: port, behavior }));
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

beforeEach(() => void asked.splice(0));

/** Where the request that begins `text` ends, as HTTP/1.1 frames it; undefined when it has not ended. */
function wholeLength(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n') + 4;
  if (head < 4) return undefined;
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(text.slice(0, head))) {
    const end = text.indexOf('0\r\n\r\n', head);
    return end < 0 ? undefined : end + 5;
  }
  const length = head + Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, head))?.[1] ?? 0);
  return text.length < length ? undefined : length;
}

/** Sends the frames, and what is said of stream 1: its status, or how it or the connection ended. */
function exchange(frames: readonly Uint8Array[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const log = createFrameLog();
  const socket = connectTls({
    port: warmfront.httpsPort,
    host: '127.0.0.1',
    servername: domainName,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
  });
  socket.on('secureConnect', () => void socket.write(Buffer.concat([preface(), ...frames])));
  socket.on('data', (octets) => {
    for (const line of log.push(octets as Buffer)) {
      const said = /^(?:headers 1 :status=(\d+)|(rst 1 \w+)|goaway \d+ (\w+))/.exec(line);
      if (said !== null) resolve(said[1] ?? said[2] ?? said[3] ?? '');
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => resolve('closed'));
  return promise.finally(() => socket.destroy());
}

type Lines = readonly Field[];
const line = (method: string, path: string, more: Lines = []): Lines => [
  [':method', method],
  [':scheme', 'https'],
  [':path', path],
  [':authority', domainName],
  ...more,
];
const whole = (lines: Lines): Buffer[] => [headers(1, lines)];
const begun = (lines: Lines): Buffer => headers(1, lines, FLAG.endHeaders);
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: evil.example\r\n\r\n';

describe('never reaches the origin', () => {
  const get = (...more: Field[]): Buffer[] => whole(line('GET', '/', more));
  const instead = (name: string, value: string): Buffer[] =>
    whole(line('GET', '/').map((field): Field => (field[0] === name ? [name, value] : field)));
  const RESET = 'rst 1 PROTOCOL_ERROR';
  const rows: [name: string, frames: () => Uint8Array[], want: string][] = [
    [
      'Transfer-Encoding',
      () => [begun(line('POST', '/', [['transfer-encoding', 'chunked']])), data(1, `0\r\n\r\n${SMUGGLED}`, true)],
      RESET,
    ],
    [
      'a length of nothing before a body',
      () => [begun(line('POST', '/', [['content-length', '0']])), data(1, SMUGGLED, true)],
      RESET,
    ],
    [
      'two lengths',
      () =>
        whole(
          line('POST', '/', [
            ['content-length', '0'],
            ['content-length', '44'],
          ]),
        ),
      RESET,
    ],
    ['a length with a sign', () => whole(line('POST', '/', [['content-length', '+0']])), RESET],
    ['a length and no body', () => whole(line('POST', '/', [['content-length', '5']])), RESET],
    ['GET with a body of unknown length', () => [begun(line('GET', '/')), data(1, SMUGGLED, true)], '403'],
    ['HEAD with a body of unknown length', () => [begun(line('HEAD', '/')), data(1, SMUGGLED, true)], '403'],
    [
      'GET with a body of known length',
      () => [begun(line('GET', '/', [['content-length', `${SMUGGLED.length}`]])), data(1, SMUGGLED, true)],
      '403',
    ],
    ['a line end in a value', () => get(['x-a', `b\r\n\r\n${SMUGGLED}`]), RESET],
    ['a bare LF in a value', () => get(['x-a', 'b\nx-c: d']), RESET],
    ['a bare CR in a value', () => get(['x-a', 'b\rx-c: d']), RESET],
    ['NUL in a value', () => get(['x-a', 'b\0']), RESET],
    ['a line end in a name', () => get(['x-a: b\r\nx-c', 'd']), RESET],
    ['a colon in a name', () => get(['transfer-encoding: chunked\r\nx', '']), RESET],
    ['a space in a name', () => get(['content-length ', '5']), RESET],
    ['a capital in a name', () => get(['Content-Length', '5']), RESET],
    ['Connection', () => get(['connection', 'x-a']), RESET],
    ['Upgrade', () => get(['upgrade', 'h2c']), RESET],
    ['TE: chunked', () => get(['te', 'chunked']), RESET],
    ['a line end in the path', () => instead(':path', `/ HTTP/1.1\r\nHost: x\r\n\r\n`), RESET],
    ['a space in the path', () => instead(':path', '/ HTTP/1.1'), '400'],
    ['an absolute path', () => instead(':path', 'http://evil.example/'), '400'],
    ['an asterisk', () => instead(':path', '*'), '400'],
    ['a fragment', () => instead(':path', '/a#b'), '400'],
    ['an empty path', () => instead(':path', ''), RESET],
    ['a method with a target', () => instead(':method', 'GET /smuggled HTTP/1.1'), RESET],
    ['a method that nobody knows', () => instead(':method', 'BREW'), '405'],
    [
      'CONNECT',
      () =>
        whole([
          [':method', 'CONNECT'],
          [':authority', domainName],
        ]),
      RESET,
    ],
    ['another scheme', () => instead(':scheme', 'http'), RESET],
    ['a scheme that is a URL', () => instead(':scheme', 'https://evil.example/?'), RESET],
    ['an authority with user information', () => instead(':authority', `u@${domainName}`), '400'],
    ['an authority with a path', () => instead(':authority', `${domainName}/x`), '400'],
    ['two authorities', () => whole([...line('GET', '/'), [':authority', domainName]]), RESET],
    ['a Host that differs', () => get(['host', 'evil.example']), RESET],
    ['two Hosts', () => get(['host', domainName], ['host', domainName]), RESET],
    ['nobody’s name', () => instead(':authority', 'evil.example'), '403'],
    ['no name', () => whole(line('GET', '/').filter(([name]) => name !== ':authority')), '400'],
    [
      'a pseudo-field behind a field',
      () => whole([...line('GET', '/').slice(0, 3), ['x-a', 'b'], [':authority', domainName]]),
      RESET,
    ],
    ['a pseudo-field that nobody knows', () => whole([[':protocol', 'websocket'], ...line('GET', '/')]), RESET],
    ['a URL of 8,193 octets', () => instead(':path', `/${'u'.repeat(8192)}`), '414'],
    [
      'fields of more than 32,768 octets',
      () =>
        manyFrames(
          line('GET', '/', [
            ['x-a', 'h'.repeat(20_000)],
            ['x-b', 'h'.repeat(20_000)],
          ]),
        ),
      '494',
    ],
  ];
  test.each(rows)('%s', async (_name, frames, want) => {
    expect(await exchange(frames())).toBe(want);
    // A request may have gone on before the frame that breaks the rule came: then as what it was, with no octet of what followed.
    expect(
      asked.filter(
        (request) => !/^POST \/ HTTP\/1\.1\r\n(?:[^\r]+\r\n)*content-length: 0\r\n(?:[^\r]+\r\n)*\r\n$/i.test(request),
      ),
    ).toEqual([]);
  });
});

/** A block that is larger than a frame. */
function manyFrames(lines: Lines): Buffer[] {
  const block = headers(1, lines).subarray(9);
  const part = (type: number, flags: number, from: number): Buffer => {
    const octets = block.subarray(from, from + 16_000);
    const head = Buffer.from([octets.length >> 16, octets.length >> 8, octets.length, type, flags, 0, 0, 0, 1]);
    return Buffer.concat([head, octets]);
  };
  const rest = Array.from({ length: Math.ceil(block.length / 16_000) - 1 }, (_, index) => (index + 1) * 16_000);
  return [part(1, FLAG.endStream, 0), ...rest.map((from) => part(9, from + 16_000 < block.length ? 0 : FLAG.endHeaders, from))];
}

describe('reaches the origin as one request', () => {
  const rows: [name: string, frames: () => Uint8Array[], framing: RegExp, body: string][] = [
    [
      'a body of known length',
      () => [begun(line('POST', '/p', [['content-length', `${SMUGGLED.length}`]])), data(1, SMUGGLED, true)],
      /^content-length: 46$/im,
      SMUGGLED,
    ],
    [
      'a body of unknown length',
      () => [begun(line('POST', '/p')), data(1, SMUGGLED, true)],
      /^transfer-encoding: chunked$/im,
      `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    ],
    [
      'DELETE with a body',
      () => [begun(line('DELETE', '/p')), data(1, SMUGGLED, true)],
      /^transfer-encoding: chunked$/im,
      `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    ],
    [
      'a body with trailers, which are dropped',
      () => [begun(line('POST', '/p')), data(1, 'ab'), headers(1, [['x-smuggled', 'yes']])],
      /^transfer-encoding: chunked$/im,
      '2\r\nab\r\n0\r\n\r\n',
    ],
    ['no body where there could be one', () => whole(line('POST', '/p')), /^content-length: 0$/im, ''],
    ['an empty body of GET', () => [begun(line('GET', '/p')), data(1, '', true)], /^/, ''],
    [
      'a cookie in crumbs',
      () =>
        whole(
          line('GET', '/p', [
            ['cookie', 'a=1'],
            ['cookie', 'b=2'],
          ]),
        ),
      /^cookie: a=1; b=2$/im,
      '',
    ],
    ['dot segments and a backslash as they are', () => whole(line('GET', '/p/../q\\r')), /^GET \/p\/\.\.\/q\\r HTTP\/1\.1$/m, ''],
  ];
  test.each(rows)('%s', async (_name, frames, framing, body) => {
    expect(await exchange(frames())).toBe('200');
    expect(asked).toHaveLength(1);
    const [head, ...rest] = asked[0]!.split('\r\n\r\n');
    expect(head!.replaceAll('\r\n', '\n')).toMatch(framing);
    expect(rest.join('\r\n\r\n')).toBe(body);
    expect(head).not.toMatch(/x-smuggled|^te:/im);
  });
});

test('a body that is shorter than it says is no request that an origin could take for whole', async () => {
  const frames = [begun(line('POST', '/short', [['content-length', '5']])), data(1, 'abc', true)];
  expect(await exchange(frames)).toBe('rst 1 PROTOCOL_ERROR');
  expect(asked).toEqual([]);
});

test('it goes on serving', async () => {
  expect(await exchange(whole(line('GET', '/after')))).toBe('200');
  expect(warmfront.output()).not.toContain('could not be answered');
});
