import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { ParsedHead } from './response-head.ts';
import { createResponseParser, MAX_FIELD_COUNT, MAX_FIELD_SECTION } from './response-parser.ts';

interface Reading {
  readonly head: ParsedHead | undefined;
  readonly body: string;
  /** `end`, `end, reusable`, `open`, or the fault's reason and message. */
  readonly finish: string;
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Reads the pieces with one parser, then closes it if asked to. */
function read(pieces: readonly Uint8Array[], closed: boolean, method = 'GET'): Reading {
  const parser = createResponseParser({ method });
  let head: ParsedHead | undefined;
  let body = '';
  let finish = 'open';
  const steps = pieces.map((piece) => () => parser.push(piece));
  if (closed) steps.push(() => parser.close());
  for (const take of steps) {
    for (const event of take()) {
      expect(finish).toBe('open');
      if (event.kind === 'head') head = event.head;
      else if (event.kind === 'body') body += String.fromCharCode(...event.chunk);
      else if (event.kind === 'end') finish = event.reusable ? 'end, reusable' : 'end';
      else if (event.kind === 'interim') expect(head).toBeUndefined();
      else finish = `${event.reason}: ${event.message}`;
    }
  }
  return { head, body, finish };
}

const readText = (text: string, closed = false, method = 'GET'): Reading => read([latin1(text)], closed, method);

describe('whole responses', () => {
  const rows: [
    name: string,
    method: string,
    text: string,
    closed: boolean,
    status: number,
    fields: string,
    length: number | undefined,
    body: string,
    finish: string,
  ][] = [
    [
      'a length',
      'GET',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nhi',
      false,
      200,
      'x-a=1',
      2,
      'hi',
      'end, reusable',
    ],
    ['a length of zero', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', false, 200, '', 0, '', 'end, reusable'],
    [
      'the same length twice',
      'GET',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2, 2\r\n\r\nhi',
      false,
      200,
      '',
      2,
      'hi',
      'end, reusable',
    ],
    ['no reason phrase', 'GET', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', false, 200, '', 0, '', 'end, reusable'],
    [
      'obs-text in a value',
      'GET',
      'HTTP/1.1 200 \r\nX: \xe9\t\xa0 \r\nContent-Length: 0\r\n\r\n',
      false,
      200,
      'x=\xe9\t\xa0',
      0,
      '',
      'end, reusable',
    ],
    [
      'chunks, extensions, trailers',
      'GET',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a="b"\r\nabc\r\nA \r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n',
      false,
      200,
      '',
      undefined,
      'abc0123456789',
      'end, reusable',
    ],
    ['until close', 'GET', 'HTTP/1.1 200 OK\r\n\r\nall of it', true, 200, '', undefined, 'all of it', 'end'],
    [
      'connection: close',
      'GET',
      'HTTP/1.1 200 OK\r\nConnection: Close, X-Hop\r\nX-Hop: 1\r\nContent-Length: 0\r\n\r\n',
      false,
      200,
      '',
      0,
      '',
      'end',
    ],
    ['HTTP/1.0', 'GET', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx', false, 200, '', 1, 'x', 'end'],
    [
      'HTTP/1.0 that keeps alive',
      'GET',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 1\r\n\r\nx',
      false,
      200,
      '',
      1,
      'x',
      'end, reusable',
    ],
    [
      'HEAD with a length',
      'HEAD',
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n',
      false,
      200,
      'content-length=99',
      0,
      '',
      'end, reusable',
    ],
    [
      'HEAD of a chunked resource',
      'HEAD',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      false,
      200,
      '',
      0,
      '',
      'end, reusable',
    ],
    ['204 with a length', 'GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', false, 204, '', 0, '', 'end, reusable'],
    [
      '304 with a length',
      'GET',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n',
      false,
      304,
      'etag="a";content-length=5',
      0,
      '',
      'end, reusable',
    ],
    [
      '100 and 103 first',
      'GET',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx',
      false,
      200,
      '',
      1,
      'x',
      'end, reusable',
    ],
    [
      'bytes behind the end',
      'GET',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n\r\n',
      false,
      200,
      '',
      1,
      'x',
      'end',
    ],
    ['a body behind HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx', false, 200, 'content-length=1', 0, '', 'end'],
  ];
  test.each(rows)('%s', (_name, method, text, closed, status, fields, length, body, finish) => {
    const got = readText(text, closed, method);
    expect({ ...got, head: { ...got.head, fields: got.head?.fields.map((field) => field.join('=')).join(';') } }).toEqual({
      head: { status, fields, bodyLength: length },
      body,
      finish,
    });
  });
});

test("interim responses come first, with their fields; 100 is nobody else's", () => {
  const text =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\nX: 1\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n';
  const events = createResponseParser({ method: 'GET' }).push(latin1(text));
  expect(events.slice(0, 2)).toEqual([
    { kind: 'interim', status: 102, fields: [] },
    { kind: 'interim', status: 103, fields: [['link', '</a>']] },
  ]);
  expect(events.slice(2).map((event) => event.kind)).toEqual(['head', 'end']);
});

test('a transfer coding that nobody knows ends with the connection', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\n';
  expect(readText(`${head}uryyb`)).toMatchObject({ body: 'uryyb', finish: 'open' });
  expect(readText(`${head}uryyb`, true)).toMatchObject({ body: 'uryyb', finish: 'end' });
});

describe('switching protocols', () => {
  const head = (fields: string): string => `HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n`;
  const rows: [name: string, upgrade: string | undefined, text: string, want: string | RegExp][] = [
    [
      'as it was asked',
      'websocket',
      `${head('Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nA: 1\r\n')}\x81\0`,
      'a=1 \x81\0',
    ],
    [
      'with a length, which means nothing',
      'websocket',
      `${head('Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 1\r\n')}ab`,
      ' ab',
    ],
    ['unasked', undefined, head('Upgrade: websocket\r\nConnection: Upgrade\r\n'), /no upgrade was asked for/],
    [
      'to something else',
      'websocket',
      head('Upgrade: h2c\r\nConnection: Upgrade\r\n'),
      /not to websocket as it was asked \(Upgrade: "h2c"\)/,
    ],
    ['without saying to what', 'websocket', head('Connection: Upgrade\r\n'), /not to websocket/],
    ['without Connection', 'websocket', head('Upgrade: websocket\r\n'), /not to websocket/],
  ];
  test.each(rows)('%s', (_name, upgrade, text, want) => {
    const parser = createResponseParser({ method: 'GET', upgrade });
    const [first, ...rest] = [...parser.push(latin1(text)), ...parser.close()];
    if (typeof want !== 'string') {
      expect(first?.kind === 'fault' ? first.message : first?.kind).toMatch(want);
      return;
    }
    if (first?.kind !== 'head') throw new Error('no head');
    const body = rest.map((event) => (event.kind === 'body' ? String.fromCharCode(...event.chunk) : event.kind)).join('');
    expect(`${first.head.fields.map((field) => field.join('=')).join(';')} ${body}`).toBe(`${want}end`);
    expect([first.head.status, first.head.bodyLength]).toEqual([101, undefined]);
  });
});

describe('refused and broken responses', () => {
  const ok = 'HTTP/1.1 200 OK\r\n';
  const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;
  const rows: [name: string, text: string, finish: RegExp][] = [
    ['nothing', '', /^silent: /],
    ['another protocol, before its line ends', 'SSH-2.0', /^invalid: it does not begin with HTTP/],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', /^invalid: it does not begin/],
    ['two-digit status', 'HTTP/1.1 20 OK\r\n\r\n', /^invalid: the status line/],
    ['status 600', 'HTTP/1.1 600 OK\r\n\r\n', /^invalid: the status line/],
    ['status without a space', 'HTTP/1.1 200OK\r\n\r\n', /^invalid: the status line/],
    ['endless status line', `HTTP/1.1 200 ${'x'.repeat(9000)}`, /^invalid: its status line is longer/],
    ['folded line', `${ok}A: 1\r\n b\r\n\r\n`, /^invalid: a header line is folded/],
    ['bare CR', `${ok}A: 1\rB: 2\r\n\r\n`, /^invalid: a line does not end/],
    ['bare LF', `${ok}A: 1\nB: 2\r\n\r\n`, /^invalid: a line does not end/],
    ['space before the colon', `${ok}A : 1\r\n\r\n`, /^invalid: the header name "A "/],
    ['empty name', `${ok}: 1\r\n\r\n`, /^invalid: the header name ""/],
    ['no colon', `${ok}A\r\n\r\n`, /^invalid: the header line "A" has no colon/],
    ['NUL in a value', `${ok}A: \0\r\n\r\n`, /^invalid: the value of the header A/],
    ['both framings', `${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, /^invalid: it has both/],
    ['another coding', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`, /^invalid: its Transfer-Encoding is/],
    ['another coding alone', `${ok}Transfer-Encoding: gzip\r\n\r\n`, /^invalid: its Transfer-Encoding is/],
    ['chunked, but not last', `${ok}Transfer-Encoding: chunked, rot13\r\n\r\n`, /^invalid: its Transfer-Encoding is/],
    [
      'chunked twice',
      `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
      /^invalid: its Transfer-Encoding is/,
    ],
    ['chunked in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', /^invalid: .*HTTP\/1.0/],
    ['differing lengths', `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, /^invalid: its Content-Length values differ/],
    ['signed length', `${ok}Content-Length: +1\r\n\r\n`, /^invalid: its Content-Length/],
    ['empty length', `${ok}Content-Length:\r\n\r\n`, /^invalid: its Content-Length/],
    ['length beyond counting', `${ok}Content-Length: 9999999999999999\r\n\r\n`, /^invalid: its Content-Length/],
    ['101', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', /^invalid: it switches protocols/],
    ['two 100s', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n', /^invalid: it has more than one 100/],
    ['endless hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(17), /^invalid: more than 16 interim/],
    ['too many fields', `${ok}${'A:\r\n'.repeat(MAX_FIELD_COUNT + 1)}\r\n`, /^too-big: it has more than/],
    ['chunk size that is not one', `${chunked}x\r\n`, /^invalid: a chunk's size line is not valid/],
    ['negative chunk size', `${chunked}-1\r\n`, /^invalid: a chunk's size line is not valid/],
    ['endless chunk extension', `${chunked}1;${'a'.repeat(2000)}`, /^invalid: a chunk's size line is longer/],
    ['chunk longer than its size', `${chunked}1\r\nab`, /^invalid: a chunk is longer/],
    ['bare LF in chunking', `${chunked}1\na\n0\n\n`, /^invalid: a line does not end/],
    ['malformed trailer', `${chunked}0\r\nA B: 1\r\n\r\n`, /^invalid: a trailer line/],
    ['endless trailers', `${chunked}0\r\n${`A: ${'x'.repeat(1000)}\r\n`.repeat(40)}`, /^too-big: /],
    ['closed in the head', `${ok}A: 1\r\n`, /^truncated: /],
    ['closed after 100', 'HTTP/1.1 100 Continue\r\n\r\n', /^truncated: /],
    ['closed in the body', `${ok}Content-Length: 3\r\n\r\nab`, /^truncated: /],
    ['closed between chunks', `${chunked}1\r\na\r\n`, /^truncated: /],
    ['closed before the last CR LF', `${chunked}0\r\n`, /^truncated: /],
  ];
  test.each(rows)('%s', (_name, text, finish) => {
    expect(readText(text, true).finish).toMatch(finish);
  });

  test('a header section of exactly the bound passes, one byte more does not', () => {
    const head = (bytes: number): string =>
      `${ok}Content-Length: 0\r\nA: ${'x'.repeat(bytes - 'Content-Length: 0\r\nA: \r\n'.length)}\r\n\r\n`;
    expect(readText(head(MAX_FIELD_SECTION)).finish).toBe('end, reusable');
    expect(readText(head(MAX_FIELD_SECTION + 1)).finish).toMatch(/^too-big: its header section is larger than 32768/);
    expect(readText(`${ok}A: ${'x'.repeat(MAX_FIELD_SECTION)}`).finish).toMatch(/^too-big: /);
  });
});

describe('splitting', () => {
  const piecesOf = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
    const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted(
      (one, other) => one - other,
    );
    return at.slice(1).map((end, index) => bytes.slice(at[index], end));
  };
  const line = fc.constantFrom(
    'HTTP/1.1 200 OK',
    'HTTP/1.1 100 Continue',
    'HTTP/1.1 204 No Content',
    'HTTP/1.0 200 OK',
    'Content-Length: 5',
    'Content-Length: 6',
    'Transfer-Encoding: chunked',
    'Connection: close',
    'X: y',
    ' folded',
    'bad name: 1',
    '',
    '',
    '5',
    '0',
    '5;ext=1',
    'hello',
    'x',
    '\0',
  );
  const message = fc.array(fc.tuple(line, fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '')), {
    maxLength: 14,
  });
  const cuts = fc.array(fc.nat(400), { maxLength: 12 });
  // Whether bytes behind the end came with it is the one thing that splitting may change.
  const withoutReuse = (reading: Reading): Reading => ({ ...reading, finish: reading.finish.replace(', reusable', '') });

  test('any split of any bytes reads the same', () => {
    fc.assert(
      fc.property(
        message,
        fc.boolean(),
        cuts,
        fc.constantFrom('GET', 'HEAD'),
        fc.boolean(),
        (lines, prefixed, at, method, closed) => {
          const text = (prefixed ? 'HTTP/1.1 200 OK\r\n' : '') + lines.map((pair) => pair.join('')).join('');
          const bytes = latin1(text);
          expect(withoutReuse(read(piecesOf(bytes, at), closed, method))).toEqual(withoutReuse(read([bytes], closed, method)));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a body survives any chunking and any split', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 }), cuts, (chunks, at) => {
        const sizes = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${String.fromCharCode(...chunk)}\r\n`).join('');
        const bytes = latin1(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${sizes}0\r\nA: b\r\n\r\n`);
        const got = read(piecesOf(bytes, at), false);
        expect(got.body).toBe(chunks.map((chunk) => String.fromCharCode(...chunk)).join(''));
        expect(got.finish).toBe('end, reusable');
      }),
    );
  });
});
