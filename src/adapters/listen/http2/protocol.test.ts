import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { FLAG, FRAME } from '../../../http/http2/frames.ts';
import {
  block,
  data,
  frame,
  get,
  headers,
  hex,
  ping,
  post,
  preface,
  request,
  rst,
  settings,
  windowUpdate,
} from '../../../../test/http2-frames.ts';
import { connect, type Handle } from '../../../../test/http2-viewer.ts';

/** `/` is answered at once, `/wait` never. */
const handle: Handle = ({ path }) =>
  path === '/wait'
    ? Promise.withResolvers<never>().promise
    : { status: 200, fields: [], body: { kind: 'bytes', bytes: Buffer.from('hello') } };

const OK = (stream: number): string[] => [`headers ${stream} :status=200 content-length=5`, `data ${stream} 5 end`];
const connectionError = (code: string, last = 0): string[] => [`goaway ${last} ${code}`, 'ended'];
const BLOCK = block(request('GET', '/'));

describe('the beginning', () => {
  const rows: [name: string, sent: Uint8Array[], want: string[]][] = [
    ['settings from both sides', [preface()], ['settings', 'window 0 983041', 'settings ack']],
    ['a preface in pieces', [...preface()].map((octet) => Uint8Array.of(octet)), ['settings', 'window 0 983041', 'settings ack']],
    [
      'another protocol',
      [Buffer.from('GET / HTTP/1.1\r\n\r\n')],
      ['settings', 'window 0 983041', ...connectionError('PROTOCOL_ERROR')],
    ],
    ['no settings', [preface().subarray(0, 24), ping()], ['settings', 'window 0 983041', ...connectionError('PROTOCOL_ERROR')]],
  ];
  test.each(rows)('%s', (_name, sent, want) => {
    const viewer = connect(handle, Buffer.alloc(0));
    for (const octets of sent) viewer.lane.receive(octets);
    expect(viewer.got()).toEqual(want);
  });
});

describe('frames', () => {
  const rows: [name: string, sent: Uint8Array[], want: string[]][] = [
    ['a request', [get(1)], OK(1)],
    ['requests in one batch', [get(1), get(3), get(5)], [...OK(1), ...OK(3), ...OK(5)]],
    ['a type that nobody knows', [frame(250, 255, 77, 'anything'), get(1)], OK(1)],
    ['flags that mean nothing', [frame(FRAME.headers, FLAG.endStream | FLAG.endHeaders | 0xd2, 1, BLOCK)], OK(1)],
    ['the reserved bit of a stream', [frame(FRAME.headers, 5, 0x80000001, BLOCK)], OK(1)],
    ['the reserved bit of a window', [get(1), frame(FRAME.windowUpdate, 0, 0, hex('80000001'))], OK(1)],
    [
      'padding',
      [frame(FRAME.headers, FLAG.endStream | FLAG.endHeaders | FLAG.padded, 1, Buffer.concat([hex('03'), BLOCK, hex('000000')]))],
      OK(1),
    ],
    [
      'a priority of old in HEADERS',
      [frame(FRAME.headers, FLAG.endStream | FLAG.endHeaders | FLAG.priority, 1, Buffer.concat([hex('80000003 10'), BLOCK]))],
      OK(1),
    ],
    [
      'PRIORITY before, beside and behind a request',
      [frame(FRAME.priority, 0, 7, hex('00000001 10')), get(1), frame(FRAME.priority, 0, 1, hex('00000003 10'))],
      OK(1),
    ],
    ['PING', [ping('abcdefgh')], ['ping abcdefgh ack']],
    ['an answer to no PING', [ping('abcdefgh', FLAG.ack)], []],
    ['SETTINGS that nobody knows', [settings([77, 1])], ['settings ack']],
    ['an acknowledgement', [frame(FRAME.settings, FLAG.ack, 0)], []],
    ['GOAWAY', [frame(FRAME.goaway, 0, 0, hex('00000000 00000000 6161')), ping()], ['ping 12345678 ack']],
    ['a PRIORITY_UPDATE for nobody', [frame(FRAME.priorityUpdate, 0, 0, hex('00000009 753d30'))], []],
    ['RST_STREAM of a request that is answered', [get(1), rst(1), get(3)], [...OK(1), ...OK(3)]],
    ['a window for a request that is answered', [get(1), windowUpdate(1, 100), get(3)], [...OK(1), ...OK(3)]],
    [
      'a block in pieces, some empty',
      [
        frame(FRAME.headers, FLAG.endStream, 1, BLOCK.subarray(0, 2)),
        frame(FRAME.continuation, 0, 1),
        frame(FRAME.continuation, FLAG.endHeaders, 1, BLOCK.subarray(2)),
      ],
      OK(1),
    ],

    ['a frame above 16,384 octets', [frame(FRAME.data, 0, 1, Buffer.alloc(16_385))], connectionError('FRAME_SIZE_ERROR')],
    ['a frame whose length alone is above', [hex('004001 00 00 00000001')], connectionError('FRAME_SIZE_ERROR')],
    ['PUSH_PROMISE', [frame(FRAME.pushPromise, FLAG.endHeaders, 1, hex('00000002'))], connectionError('PROTOCOL_ERROR')],
    ['PING on a stream', [frame(FRAME.ping, 0, 1, '12345678')], connectionError('PROTOCOL_ERROR')],
    ['a short PING', [frame(FRAME.ping, 0, 0, '1234567')], connectionError('FRAME_SIZE_ERROR')],
    ['GOAWAY on a stream', [frame(FRAME.goaway, 0, 1, hex('00000000 00000000'))], connectionError('PROTOCOL_ERROR')],
    ['a short GOAWAY', [frame(FRAME.goaway, 0, 0, hex('00000000'))], connectionError('FRAME_SIZE_ERROR')],
    ['SETTINGS on a stream', [frame(FRAME.settings, 0, 1)], connectionError('PROTOCOL_ERROR')],
    ['half a setting', [frame(FRAME.settings, 0, 0, '123')], connectionError('FRAME_SIZE_ERROR')],
    [
      'an acknowledgement that says something',
      [frame(FRAME.settings, FLAG.ack, 0, '123456')],
      connectionError('FRAME_SIZE_ERROR'),
    ],
    ['a window that no stream may have', [settings([4, 2 ** 31])], connectionError('FLOW_CONTROL_ERROR')],
    ['PRIORITY for the connection', [frame(FRAME.priority, 0, 0, hex('00000001 10'))], connectionError('PROTOCOL_ERROR')],
    ['a short PRIORITY', [frame(FRAME.priority, 0, 1, hex('00000001'))], connectionError('FRAME_SIZE_ERROR')],
    ['a stream that depends on itself', [frame(FRAME.priority, 0, 1, hex('00000001 10'))], connectionError('PROTOCOL_ERROR')],
    ['PRIORITY_UPDATE on a stream', [frame(FRAME.priorityUpdate, 0, 1, hex('00000001'))], connectionError('PROTOCOL_ERROR')],
    ['a short PRIORITY_UPDATE', [frame(FRAME.priorityUpdate, 0, 0, hex('0000'))], connectionError('FRAME_SIZE_ERROR')],
    ['RST_STREAM for the connection', [rst(0)], connectionError('PROTOCOL_ERROR')],
    ['RST_STREAM of a stream never opened', [rst(1)], connectionError('PROTOCOL_ERROR')],
    [
      'a long RST_STREAM',
      [get(1), frame(FRAME.rstStream, 0, 1, hex('0000000800'))],
      [...OK(1), ...connectionError('FRAME_SIZE_ERROR', 1)],
    ],
    ['a window for a stream never opened', [windowUpdate(1, 1)], connectionError('PROTOCOL_ERROR')],
    ['a short WINDOW_UPDATE', [frame(FRAME.windowUpdate, 0, 0, hex('000001'))], connectionError('FRAME_SIZE_ERROR')],
    ['nothing more for the connection', [windowUpdate(0, 0)], connectionError('PROTOCOL_ERROR')],
    ['too much for the connection', [windowUpdate(0, 2 ** 31 - 1)], connectionError('FLOW_CONTROL_ERROR')],
    ['DATA for the connection', [data(0, 'x')], connectionError('PROTOCOL_ERROR')],
    ['DATA on a stream never opened', [data(1, 'x')], connectionError('PROTOCOL_ERROR')],
    [
      'padding longer than DATA',
      [post(1, '/wait'), frame(FRAME.data, FLAG.padded, 1, hex('05 61'))],
      connectionError('PROTOCOL_ERROR', 1),
    ],
    [
      'padding longer than HEADERS',
      [frame(FRAME.headers, 13, 1, Buffer.concat([hex('ff'), BLOCK]))],
      connectionError('PROTOCOL_ERROR'),
    ],
    ['padded HEADERS without a length', [frame(FRAME.headers, 13, 1)], connectionError('FRAME_SIZE_ERROR')],
    ['HEADERS on an even stream', [get(2)], connectionError('PROTOCOL_ERROR')],
    ['HEADERS for the connection', [get(0)], connectionError('PROTOCOL_ERROR')],
    ['a lower stream than the last, never opened', [get(5), get(3)], [...OK(5), ...connectionError('PROTOCOL_ERROR', 5)]],
    ['a block that cannot be decoded', [frame(FRAME.headers, 5, 1, hex('ff'))], connectionError('COMPRESSION_ERROR')],
    ['CONTINUATION without a block', [frame(FRAME.continuation, FLAG.endHeaders, 1, BLOCK)], connectionError('PROTOCOL_ERROR')],
    [
      'CONTINUATION behind a whole block',
      [get(1), frame(FRAME.continuation, FLAG.endHeaders, 1, BLOCK)],
      [...OK(1), ...connectionError('PROTOCOL_ERROR', 1)],
    ],
    ['another frame within a block', [frame(FRAME.headers, FLAG.endStream, 1, BLOCK), ping()], connectionError('PROTOCOL_ERROR')],
    [
      'another stream within a block',
      [frame(FRAME.headers, FLAG.endStream, 1, BLOCK), frame(FRAME.continuation, FLAG.endHeaders, 3)],
      connectionError('PROTOCOL_ERROR'),
    ],
  ];
  test.each(rows)('%s', (_name, sent, want) => expect(connect(handle).send(...sent)).toEqual(want));
});

describe('streams', () => {
  const rows: [name: string, sent: Uint8Array[], want: string[]][] = [
    ['DATA behind the end', [get(1, '/wait'), data(1, 'x')], ['rst 1 STREAM_CLOSED']],
    ['HEADERS behind the end', [get(1, '/wait'), get(1, '/wait')], ['rst 1 STREAM_CLOSED']],
    ['DATA behind the answer', [get(1), data(1, 'x')], [...OK(1), 'rst 1 STREAM_CLOSED']],
    ['HEADERS behind the answer', [get(1), get(1)], [...OK(1), ...connectionError('STREAM_CLOSED', 1)]],
    ['DATA behind the viewer’s reset', [post(1, '/wait'), rst(1), data(1, 'x')], ['rst 1 STREAM_CLOSED']],
    ['HEADERS behind the viewer’s reset', [post(1, '/wait'), rst(1), get(1)], connectionError('STREAM_CLOSED', 1)],
    [
      'what was under way when we reset is passed over',
      [post(1, '/wait', [['content-length', '1']]), data(1, 'xy'), data(1, 'z'), headers(1, [['a', '1']]), rst(1), get(3)],
      ['rst 1 PROTOCOL_ERROR', ...OK(3)],
    ],
    [
      'a malformed request',
      [headers(1, request('GET', '/', [['transfer-encoding', 'chunked']])), get(3)],
      ['rst 1 PROTOCOL_ERROR', ...OK(3)],
    ],
    ['a block of no lines', [headers(1, [])], ['rst 1 PROTOCOL_ERROR']],
    ['a length and no body', [get(1, '/', [['content-length', '5']])], ['rst 1 PROTOCOL_ERROR']],
    ['a length of nothing and no body', [get(1, '/', [['content-length', '0']])], OK(1)],
    ['more than the length', [post(1, '/wait', [['content-length', '2']]), data(1, 'abc')], ['rst 1 PROTOCOL_ERROR']],
    ['less than the length', [post(1, '/wait', [['content-length', '2']]), data(1, 'a', true)], ['rst 1 PROTOCOL_ERROR']],
    [
      'less than the length, and trailers',
      [post(1, '/wait', [['content-length', '2']]), data(1, 'a'), headers(1, [['a', '1']])],
      ['rst 1 PROTOCOL_ERROR'],
    ],
    [
      'a body behind a length of nothing',
      [post(1, '/wait', [['content-length', '0']]), data(1, 'a', true)],
      ['rst 1 PROTOCOL_ERROR'],
    ],
    ['fields in the middle of a body', [post(1, '/wait'), headers(1, [['a', '1']], FLAG.endHeaders)], ['rst 1 PROTOCOL_ERROR']],
    ['trailers with a pseudo-field', [post(1, '/wait'), headers(1, [[':path', '/']])], ['rst 1 PROTOCOL_ERROR']],
    ['trailers', [post(1, '/wait'), data(1, 'x'), headers(1, [['a', '1']])], []],
    ['nothing more for a stream', [post(1, '/wait'), windowUpdate(1, 0)], ['rst 1 PROTOCOL_ERROR']],
    ['too much for a stream', [post(1, '/wait'), windowUpdate(1, 2 ** 31 - 1)], ['rst 1 FLOW_CONTROL_ERROR']],
    [
      'too much for a stream, by settings',
      [post(1, '/wait'), windowUpdate(1, 2 ** 31 - 1 - 65_535), settings([4, 65_536])],
      ['settings ack', ...connectionError('FLOW_CONTROL_ERROR', 1)],
    ],
    [
      'HEADERS that depend on themselves',
      [frame(FRAME.headers, 5 | FLAG.priority, 1, Buffer.concat([hex('00000001 10'), BLOCK]))],
      ['rst 1 PROTOCOL_ERROR'],
    ],
    ['a short PRIORITY on a request', [post(1, '/wait'), frame(FRAME.priority, 0, 1, hex('00'))], ['rst 1 FRAME_SIZE_ERROR']],
    [
      'CONNECT',
      [
        headers(1, [
          [':method', 'CONNECT'],
          [':authority', 'a.test:443'],
        ]),
      ],
      ['rst 1 PROTOCOL_ERROR'],
    ],
  ];
  test.each(rows)('%s', (_name, sent, want) => expect(connect(handle).send(...sent)).toEqual(want));
});

test('any frames, cut anywhere: what is answered does not depend on the cuts, and nothing is thrown', () => {
  const anyFrame: fc.Arbitrary<Parameters<typeof frame>> = fc.oneof(
    fc.tuple(
      fc.integer({ min: 0, max: 17 }),
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 0, max: 9 }),
      fc.uint8Array({ maxLength: 24 }),
    ),
    fc.tuple(fc.constant(FRAME.headers), fc.constantFrom(4, 5), fc.constantFrom(1, 3, 5, 7), fc.constant(new Uint8Array(BLOCK))),
    fc.tuple(fc.constant(FRAME.data), fc.constantFrom(0, 1), fc.constantFrom(1, 3, 5, 7), fc.uint8Array({ maxLength: 24 })),
  );
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 12 }), fc.array(fc.nat({ max: 300 }), { maxLength: 6 }), (frames, cuts) => {
      const octets = Buffer.concat(frames.map((one) => frame(...one)));
      const whole = connect(handle).send(octets);
      const viewer = connect(handle);
      let from = 0;
      for (const cut of cuts.toSorted((a, b) => a - b)) {
        viewer.lane.receive(octets.subarray(from, cut));
        from = Math.max(from, cut);
      }
      expect(viewer.send(octets.subarray(from))).toEqual(whole);
      expect(viewer.reported).toEqual([]);
    }),
  );
});
