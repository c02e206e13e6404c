import { expect, test } from 'bun:test';
import type { ViewerTls } from '../../../core/request.ts';
import { tlsOfRequests } from '../wire.ts';
import { createHeadReader, type ReadHead } from './read-head.ts';
import { RecurringHead } from './recurring-head.ts';

const TLS: ViewerTls = { version: 'TLSv1.3', cipher: 'c', serverName: undefined, handshake: 'fullHandshake' };

/** Each head as the lane asks for it, all on one connection. */
function readAll(...heads: readonly string[]): readonly { readonly head: ReadHead; readonly isKept: boolean }[] {
  const reader = createHeadReader({ scheme: 'https', viewerAddress: '192.0.2.1', viewerPort: 1, tls: tlsOfRequests(TLS) });
  const recurring = new RecurringHead();
  return heads.map((text) => {
    const octets = Buffer.from(`${text}\r\n\r\n`, 'latin1');
    const kept = recurring.find(octets);
    return { head: kept ?? recurring.read(`${text}\r\n`, octets, reader), isKept: kept !== undefined };
  });
}

const A = 'GET /a HTTP/1.1\r\nHost: h';
const B = 'GET /b HTTP/1.1\r\nHost: h';

test.each<[name: string, heads: readonly string[], kept: readonly boolean[]]>([
  ['from the third on', [A, A, A, A], [false, false, true, true]],
  ['only of the same octets', [A, A, B, A, B], [false, false, false, true, false]],
  ['not of heads that take turns', [A, B, A, B], [false, false, false, false]],
  ['the newest that recurs', [A, A, B, B, B, A], [false, false, false, false, true, false]],
  ['not what a body follows', Array.from({ length: 3 }, () => `${A}\r\nContent-Length: 1`), [false, false, false]],
  ['not what is refused', Array.from({ length: 3 }, () => `${A}\r\nHost: other`), [false, false, false]],
  [
    'not a WebSocket handshake',
    Array.from(
      { length: 3 },
      () =>
        `${A}\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==`,
    ),
    [false, false, false],
  ],
  ['not a long one', Array.from({ length: 3 }, () => `${A}\r\nA: ${'a'.repeat(2048)}`), [false, false, false]],
])('a head that was read is handed out again: %s', (_name, heads, kept) => {
  expect(readAll(...heads).map(({ isKept }) => isKept)).toEqual([...kept]);
});

test('what is handed out is what would be read', () => {
  const [first, , third, fourth] = readAll(A, A, A, A);
  const { recurs, ...request } = third!.head.request;
  expect(recurs).toBe(true);
  expect({ ...third!.head, request }).toEqual({
    ...first!.head,
    // Only the first request of a connection says how its TLS came about.
    request: { ...request, path: '/a', tls: { ...TLS, handshake: 'connectionReused' } },
  });
  expect(fourth!.head).toBe(third!.head);
});
