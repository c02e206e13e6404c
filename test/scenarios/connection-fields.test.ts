/**
 * What belongs to one connection stays there, in both directions, also what Connection names; trailers end at the edge; HTTP/1.0 viewers
 * get what HTTP/1.0 knows; expectations are met hop by hop. RFC 9110 7.6.1, 6.5.1, 10.1.1; facts 1.2, 3.3, 7.1, 7.4.
 */
import { expect } from 'bun:test';
import { connect } from 'node:net';
import { behavior, originItem, type TestConfig } from '../../src/testing/index.ts';
import { startRawOrigin, type OriginScript } from '../contracts/raw-origin.ts';
import { scenario } from './scenario.ts';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
const ALL_METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;

const PASSING = {
  CachePolicyId: CACHING_DISABLED,
  OriginRequestPolicyId: ALL_VIEWER,
  AllowedMethods: { Quantity: 7, Items: [...ALL_METHODS] },
};

/** Everything that an edge answers to these octets, until it ends the connection. */
async function ask(port: number, head: string, body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  socket.write(`${head}${body}`, 'latin1');
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

/** One origin that speaks byte by byte, behind an edge that passes everything on. */
function passing(name: string, script: OriginScript, play: (at: { port: number; host: string }) => Promise<void>): void {
  scenario(name, async (scene) => {
    const origin = await startRawOrigin(script);
    const config: TestConfig = {
      Origins: { Quantity: 1, Items: [originItem('origin', origin)] },
      DefaultCacheBehavior: PASSING,
      CacheBehaviors: { Quantity: 1, Items: [behavior('/cached/*', { CachePolicyId: CACHING_OPTIMIZED })] },
    };
    scene.update(config);
    try {
      await play({ port: scene.httpPort, host: scene.domainName });
    } finally {
      origin.close();
    }
  });
}

const HOP_BY_HOP = [
  'Keep-Alive: timeout=5',
  'Proxy-Authenticate: Basic',
  'Proxy-Authorization: Basic eDp5',
  'Proxy-Connection: keep-alive',
  'TE: trailers',
  'Trailer: X-Sum',
  'Upgrade: h2c',
  'X-Hop: 1',
  'X-Stays: 1',
].join('\r\n');
const NAMES = /^(?:keep-alive|proxy-[a-z]+|te|trailer|upgrade|x-hop|x-stays|x-sum)(?=:)/gim;

let asked = '';
const answering = (answer: string): OriginScript => {
  return async (connection) => {
    for (;;) {
      asked = await connection.head();
      await connection.write(answer);
    }
  };
};

const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n';
passing(
  'neither the origin nor the viewer sees the fields of the other’s connection',
  answering(`HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\n${HOP_BY_HOP}\r\n${CHUNKED}`),
  async ({ port, host }) => {
    const head = `GET /a HTTP/1.1\r\nHost: ${host}\r\nConnection: close, X-Hop, Keep-Alive\r\n${HOP_BY_HOP}\r\n\r\n`;
    const answer = await ask(port, head);
    expect(asked.match(NAMES)).toEqual(['X-Stays']);
    expect(asked).toContain('\r\nConnection: keep-alive\r\n');
    expect(answer).toStartWith('HTTP/1.1 200 OK\r\n');
    expect(answer.match(NAMES)).toEqual(['X-Stays']);
    expect(answer).toEndWith('\r\n\r\n2\r\nok\r\n0\r\n\r\n');
  },
);

passing(
  'nor do those who get it from the cache',
  answering(`HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nCache-Control: max-age=60\r\n${HOP_BY_HOP}\r\n${CHUNKED}`),
  async ({ port, host }) => {
    for (const result of ['Miss', 'Hit']) {
      const answer = await ask(port, `GET /cached/a HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer).toContain(`\r\nX-Cache: ${result} from cloudfront\r\n`);
      expect(answer.match(NAMES)).toEqual(['X-Stays']);
    }
  },
);

passing(
  'the trailers of a viewer end at the edge',
  async (connection) => {
    asked = await connection.head();
    const body = Buffer.from(await connection.take('2\r\nhi\r\n0\r\n\r\n'.length)).toString();
    await connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  },
  async ({ port, host }) => {
    const head = `POST /a HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const answer = await ask(port, head, '2;x=y\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n');
    expect(asked).toContain('\r\nTransfer-Encoding: chunked\r\n');
    expect(answer).toEndWith('2\r\nhi\r\n0\r\n\r\n');
  },
);

const OLD = 'HTTP/1.0';
passing(
  'an HTTP/1.0 viewer: no chunks, no Accept-Encoding to the origin, its version in Via',
  answering(`HTTP/1.1 200 OK\r\n${CHUNKED}`),
  async ({ port, host }) => {
    const answer = await ask(port, `GET /a ${OLD}\r\nHost: ${host}\r\nAccept-Encoding: gzip\r\n\r\n`);
    expect(asked).toMatch(/\r\nVia: 1\.0 [0-9a-f]{32}\.cloudfront\.net \(CloudFront\)\r\n/);
    expect(asked).not.toContain('Accept-Encoding');
    expect(answer).not.toContain('Transfer-Encoding');
    expect(answer).toEndWith('\r\n\r\nok');
  },
);

scenario('the viewer protocol policy knows that HTTP/1.0 has no 307', {}, async (scene) => {
  scene.update({ DefaultCacheBehavior: { ...PASSING, ViewerProtocolPolicy: 'redirect-to-https' } });
  const status = async (line: string): Promise<string> => {
    const answer = await ask(
      scene.httpPort,
      `${line}\r\nHost: ${scene.domainName}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    return answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
  };
  expect([await status(`GET / ${OLD}`), await status(`POST / ${OLD}`), await status('POST / HTTP/1.1')]).toEqual([
    '301',
    '403',
    '307',
  ]);
});

passing(
  'the edge meets an expectation itself, and the origin’s 100 is between it and the edge',
  async (connection) => {
    asked = await connection.head();
    await connection.write('HTTP/1.1 100 Continue\r\n\r\n');
    await connection.take(2);
    await connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  },
  async ({ port, host }) => {
    const head = `PUT /a HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n`;
    const answer = await ask(port, head, 'hi');
    expect(asked).toContain('\r\nContent-Length: 2\r\n');
    expect(answer.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
  },
);

passing(
  'an origin that sends 100 twice is no origin to believe',
  async (connection) => {
    await connection.head();
    await connection.write(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    );
  },
  async ({ port, host }) => {
    const answer = await ask(port, `GET /a HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(answer).toStartWith('HTTP/1.1 502 ');
  },
);
