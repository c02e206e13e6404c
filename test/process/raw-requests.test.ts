/**
 * Malformed HTTP, octet by octet, on both viewer ports: the statuses of facts 1.3, nothing unnormalised at the origin, and a process
 * that goes on.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect as connectTcp, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { CACHING_DISABLED, cloudFrontOf, createSite } from './site.ts';

const HOST = '{host}';
const SCHEME = '{scheme}';
const END = 'Connection: close\r\n\r\n';
const get = (target: string, more = '', host = HOST): string => `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${more}${END}`;
const post = (more: string, body = ''): string => `POST /p HTTP/1.1\r\nHost: ${HOST}\r\n${more}${END}${body}`;

let origin: Server;
let warmfront: RunningWarmfront;
let domainName: string;
/** Request lines that reached the origin. */
const asked: string[] = [];

beforeAll(async () => {
  origin = createServer((socket) => {
    let inbox = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      inbox += bytes.toString('latin1');
      for (let end = inbox.indexOf('\r\n\r\n'); end >= 0; end = inbox.indexOf('\r\n\r\n')) {
        asked.push(inbox.slice(0, inbox.indexOf('\r\n')));
        inbox = inbox.slice(end + 4);
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }
    });
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront();
  const { port } = origin.address() as AddressInfo;
  const behavior = { CachePolicyId: CACHING_DISABLED };
  ({ domainName } = await createSite(cloudFrontOf(warmfront), { originPort: port, behavior }));
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

function open(secure: boolean): Socket {
  if (!secure) return connectTcp({ port: warmfront.httpPort, host: '127.0.0.1', allowHalfOpen: true });
  return connectTls({ port: warmfront.httpsPort, host: '127.0.0.1', servername: domainName, rejectUnauthorized: false });
}

/** Everything the server sends until it closes. */
function exchange(secure: boolean, play: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = open(secure);
    let got = '';
    socket.on(secure ? 'secureConnect' : 'connect', () => play(socket));
    socket.on('data', (bytes) => (got += bytes.toString('latin1')));
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(got));
  });
}

const send = (secure: boolean, octets: string): Promise<string> =>
  exchange(
    secure,
    (socket) =>
      void socket.write(Buffer.from(octets.replaceAll(HOST, domainName).replaceAll(SCHEME, secure ? 'https' : 'http'), 'latin1')),
  );

const statuses = (got: string): readonly number[] => [...got.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
/** Who answered: our answers name their request. */
const byUs = (got: string): boolean => /^x-amz-cf-id: /im.test(got);

type Row = readonly [name: string, octets: string, status: number, atOrigin?: string];

const REFUSED: readonly Row[] = [
  ['two Hosts', get('/', `Host: ${HOST}\r\n`), 400],
  ['an empty Host', get('/', '', ''), 400],
  ['a Host with a space', get('/', '', 'a b'), 400],
  ['a Host with a comma', get('/', '', `${HOST},x`), 400],
  ['a Host with user information', get('/', '', `u@${HOST}`), 400],
  ['a Host with a path', get('/', '', `${HOST}/x`), 400],
  ['a Host with an impossible port', get('/', '', `${HOST}:99999999`), 400],
  ['an unknown Host', get('/', '', 'nobody.example'), 403],
  ['an absolute target for somebody else', `GET ${SCHEME}://${HOST}/a HTTP/1.1\r\nHost: nobody.example\r\n${END}`, 400],
  ['an absolute target of another scheme', `GET ws://${HOST}/a HTTP/1.1\r\nHost: ${HOST}\r\n${END}`, 400],
  ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n', 400],
  ['a percent sign without digits', get('/a%zz'), 400],
  ['a percent sign at the end', get('/a%'), 400],
  ['a fragment', get('/a#b'), 400],
  ['octets beyond ASCII', get('/caf\xc3\xa9'), 400],
  ['a URL of 8,193 octets', get(`/${'u'.repeat(8192)}`), 414],
  ['a URL of 8,193 octets with its query', get(`/?${'u'.repeat(8191)}`), 414],
  ['fields of more than 32,768 octets', get('/', `X: ${'h'.repeat(32_768)}\r\n`), 494],
  ['GET with a body', get('/', 'Content-Length: 2\r\n').concat('hi'), 403],
  ['GET with a chunked body', get('/', 'Transfer-Encoding: chunked\r\n').concat('0\r\n\r\n'), 403],
  ['a method the behavior does not allow', post('Content-Length: 0\r\n'), 403],
  ['TRACE', get('/').replace('GET', 'TRACE'), 405],
  ['CONNECT', `CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}\r\n${END}`, 405],
  ['Content-Length and Transfer-Encoding', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['two Content-Lengths', post('Content-Length: 2\r\nContent-Length: 3\r\n', 'hi'), 400],
  ['a Content-Length that is no number', post('Content-Length: x\r\n'), 400],
  ['a negative Content-Length', post('Content-Length: -1\r\n'), 400],
  ['a body of more than 64 GB', post('Content-Length: 68719476737\r\n'), 413],
  ['a transfer coding other than chunked', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), 400],
  ['HTTP/1.1 without Host', `GET / HTTP/1.1\r\n${END}`, 400],
  ['a request line that is none', 'garbage\r\n\r\n', 400],
  ['a target without a slash', get('a'), 400],
  ['a space in the target', get('/a b'), 400],
  ['a control character in the target', get('/a\x01b'), 400],
  ['an unknown version', get('/').replace('HTTP/1.1', 'HTTP/1.2'), 400],
  ['lines that end in LF', get('/').replaceAll('\r\n', '\n'), 400],
  ['LF in the fields', get('/', 'X-A: b\nX-C: d\r\n'), 400],
  ['CR in a value', get('/', 'X-A: b\rX-C: d\r\n'), 400],
  ['NUL in a value', get('/', 'X-A: b\0c\r\n'), 400],
  ['a space in a field name', get('/', 'X A: b\r\n'), 400],
  ['a space before the colon', get('/', 'X-A : b\r\n'), 400],
  ['an empty field name', get('/', ': b\r\n'), 400],
  ['a field without a colon', get('/', 'foo\r\n'), 400],
  ['a folded line', get('/', 'X-A: b\r\n c\r\n'), 400],
  ['a head of more than 64 KiB', get('/', `X: ${'h'.repeat(70_000)}\r\n`), 494],
  ['a method that nobody knows', get('/').replace('GET', 'BREW'), 405],
  ['HTTP/2 in clear text', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
];

const SERVED: readonly Row[] = [
  ['a URL of 8,192 octets', get(`/${'u'.repeat(8191)}`), 200, `GET /${'u'.repeat(8191)} HTTP/1.1`],
  ['fields of nearly 32,768 octets', get('/large', `X: ${'h'.repeat(32_000)}\r\n`), 200, 'GET /large HTTP/1.1'],
  ['a Host in capitals with a port', get('/port', '', `${HOST}:80`), 200, 'GET /port HTTP/1.1'],
  ['an absolute target', get(`${SCHEME}://${HOST}/absolute`), 200, 'GET /absolute HTTP/1.1'],
  ['dot segments', get('/x/../../y'), 200, 'GET /x/../../y HTTP/1.1'],
  ['a backslash', get('/x\\y'), 200, 'GET /x\\y HTTP/1.1'],
  [
    'many small fields',
    get('/many', Array.from({ length: 250 }, (_, index) => `X-${index}: 1\r\n`).join('')),
    200,
    'GET /many HTTP/1.1',
  ],
  ['an empty body', get('/empty', 'Content-Length: 0\r\n'), 200, 'GET /empty HTTP/1.1'],
  ['HTTP/1.0', `GET /old HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`, 200, 'GET /old HTTP/1.1'],
];

for (const secure of [false, true]) {
  describe(secure ? 'TLS' : 'clear text', () => {
    for (const [name, octets, status, atOrigin] of [...REFUSED, ...SERVED]) {
      test(name, async () => {
        asked.length = 0;
        const got = await send(secure, octets);
        expect(statuses(got)).toEqual([status]);
        expect(byUs(got)).toBe(true);
        expect(asked).toEqual(atOrigin === undefined ? [] : [atOrigin]);
      });
    }

    test('a refused body is no request', async () => {
      asked.length = 0;
      const smuggled = `GET /smuggled HTTP/1.1\r\nHost: ${domainName}\r\n\r\n`;
      const first = `GET /first HTTP/1.1\r\nHost: ${domainName}\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`;
      const got = await exchange(secure, (socket) => {
        socket.write(first);
        socket.once('data', () => socket.write(get('/second').replace(HOST, domainName)));
      });
      expect(statuses(got)).toEqual([403, 200]);
      expect(asked).toEqual(['GET /second HTTP/1.1']);
    });

    test('a broken chunk ends the connection', async () => {
      asked.length = 0;
      const got = await send(secure, post('Transfer-Encoding: chunked\r\n', 'ZZ\r\nhello\r\n0\r\n\r\n'));
      expect(statuses(got).at(-1)).toBe(400);
      expect(asked).toEqual([]);
    });

    test('a viewer that closes its side while the origin is asked gets its answer', async () => {
      const got = await exchange(secure, (socket) => void socket.end(get('/half').replace(HOST, domainName)));
      expect(statuses(got)).toEqual([200]);
    });

    test('a viewer that closes its side in the head is let go', async () => {
      const got = await exchange(secure, (socket) => void socket.end(`GET / HTTP/1.1\r\nHost: ${domainName}\r\n`));
      expect(got).toBe('');
    });

    test('a head that arrives octet by octet is answered', async () => {
      const octets = get('/drip').replace(HOST, domainName);
      const got = await exchange(secure, (socket) => {
        socket.setNoDelay(true);
        const next = (at: number): void => {
          if (at < octets.length) socket.write(octets[at] ?? '', () => setImmediate(() => next(at + 1)));
        };
        next(0);
      });
      expect(statuses(got)).toEqual([200]);
    });

    test('requests one after the other on one connection', async () => {
      const request = `GET /again HTTP/1.1\r\nHost: ${domainName}\r\n\r\n`;
      let count = 0;
      const got = await exchange(secure, (socket) => {
        socket.write(request);
        socket.on('data', () => {
          count += 1;
          if (count < 3) socket.write(request);
          else socket.end();
        });
      });
      expect(statuses(got)).toEqual([200, 200, 200]);
    });

    test('pipelined requests that wait for an origin are answered in order', async () => {
      asked.length = 0;
      const got = await send(secure, `GET /one HTTP/1.1\r\nHost: ${HOST}\r\n\r\n${get('/two')}`);
      expect(statuses(got)).toEqual([200, 200]);
      expect(asked).toEqual(['GET /one HTTP/1.1', 'GET /two HTTP/1.1']);
    });
  });
}

test('it goes on serving', async () => {
  expect(statuses(await send(false, get('/after')))).toEqual([200]);
  expect(warmfront.output()).not.toContain('could not be answered');
});
