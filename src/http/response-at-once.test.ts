import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { readResponseAtOnce } from './response-at-once.ts';
import { createResponseParser, MAX_FIELD_COUNT, MAX_FIELD_SECTION } from './response-parser.ts';

/** What a parser makes of the same head, with its body whole behind it. */
function parsed(text: string, method: string, bodyLength: number): unknown {
  const octets = Uint8Array.from(`${text}\r\n\r\n${'x'.repeat(bodyLength)}`, (letter) => letter.charCodeAt(0));
  const events = createResponseParser({ method }).push(octets);
  const [head, ...rest] = events;
  const end = rest.at(-1);
  return { head: head?.kind === 'head' ? head.head : head, end };
}

const rows: [name: string, text: string, method: string, isRead: boolean][] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1', 'GET', true],
  ['no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 0', 'GET', true],
  ['HTTP/1.0 that closes', 'HTTP/1.0 200 OK\r\nContent-Length: 2', 'GET', true],
  ['an answer to HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 2', 'HEAD', true],
  ['304', 'HTTP/1.1 304 Not Modified\r\nETag: "a"', 'GET', true],
  ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1', 'GET', true],
  ['as many lines as there may be', `HTTP/1.1 204 No\r\n${lines(MAX_FIELD_COUNT)}`, 'GET', true],
  ['one more', `HTTP/1.1 204 No\r\n${lines(MAX_FIELD_COUNT + 1)}`, 'GET', false],
  ['as many octets as there may be', `HTTP/1.1 204 No\r\nA: ${'x'.repeat(MAX_FIELD_SECTION - 5)}`, 'GET', true],
  ['one more octet', `HTTP/1.1 204 No\r\nA: ${'x'.repeat(MAX_FIELD_SECTION - 4)}`, 'GET', false],
  ['no lines', 'HTTP/1.1 200 OK', 'GET', false],
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked', 'GET', false],
  ['no length', 'HTTP/1.1 200 OK\r\nA: 1', 'GET', false],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3', 'GET', false],
  ['a bare LF', 'HTTP/1.1 200 OK\r\nA: 1\nContent-Length: 2', 'GET', false],
  ['a bare CR', 'HTTP/1.1 200 OK\r\nA: 1\rContent-Length: 2\r\nContent-Length: 2', 'GET', false],
  ['a CR at the end', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r', 'GET', false],
  ['a folded line', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n a', 'GET', false],
  ['an interim response', 'HTTP/1.1 103 Early Hints\r\nLink: a', 'GET', false],
  ['101', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket', 'GET', false],
  ['another protocol', 'HTTP/2 200\r\nContent-Length: 2', 'GET', false],
];

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `A${index}: 1`).join('\r\n');
}

test.each(rows)('%s', (_name, text, method, isRead) => {
  const read = readResponseAtOnce(text, { method });
  expect(read !== undefined).toBe(isRead);
  if (read === undefined) return;
  const { head, bodyLength, persistent } = read;
  expect(parsed(text, method, bodyLength)).toEqual({ head, end: { kind: 'end', reusable: persistent } });
});

test('whatever is read at once, a parser reads alike', () => {
  const piece = fc.constantFrom(
    'HTTP/1.1 200 OK',
    'HTTP/1.0 404 Not Found',
    'HTTP/1.1 304 Not Modified',
    '\r\n',
    '\r',
    '\n',
    'Content-Length: 3',
    'content-length:3',
    'Connection: close',
    'Keep-Alive: 1',
    'Transfer-Encoding: chunked',
    'ETag: "a"',
    'X: \xe9',
    ' folded',
    'A',
    ':',
    '\0',
  );
  const usual = fc
    .array(piece, { maxLength: 5 })
    .map((pieces) => ['HTTP/1.1 200 OK', 'Content-Length: 3', ...pieces].join('\r\n'));
  const unusual = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.oneof(usual, unusual), fc.constantFrom('GET', 'HEAD'), (text, method) => {
      const read = readResponseAtOnce(text, { method });
      if (read === undefined) return;
      const { head, bodyLength, persistent } = read;
      expect(parsed(text, method, bodyLength)).toEqual({ head, end: { kind: 'end', reusable: persistent } });
    }),
    { numRuns: 500 },
  );
});
