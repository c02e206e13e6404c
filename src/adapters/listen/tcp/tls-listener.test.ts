/**
 * TLS as viewers meet it, with openssl as the viewer: which certificate is shown, what is agreed on by which terms, what is refused and
 * how, and what stays when certificates change. What the terms of a distribution are: model/tls-terms.ts.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { createTestCa, type Certificate, type TestCa } from '../../../../test/contracts/certificates.ts';
import { bytes } from '../../../../test/listening.ts';
import type { ViewerHandler } from '../../../edge/answer.ts';
import type { ServerCertificate } from '../../../edge/certificate-ports.ts';
import type { ClientCertificateTerms, TlsTerms } from '../../../model/tls-terms.ts';
import { MINUTE } from '../../../model/units.ts';
import { listenTcp, type TcpListener, type TcpListenOptions } from './tcp-listener.ts';

const ca: TestCa = await createTestCa();
const viewers: TestCa = await createTestCa('Viewers');
const others: TestCa = await createTestCa('Others');
const folder = mkdtempSync(join(tmpdir(), 'warmfront-tls-'));
const shownFor = async (...names: [string, ...string[]]): Promise<readonly ServerCertificate[]> => {
  const { cert, key } = await ca.issue(names);
  return names.map((serverName) => ({ serverName, cert, key }));
};

const asked = (trustStore: TestCa, name: string): ClientCertificateTerms => ({
  mode: 'required',
  authorities: [trustStore.pem],
  ignoresExpiry: false,
  trustStore: name,
});
const DEFAULT: TlsTerms = {
  minimumVersion: 'TLSv1.2',
  ciphers: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  http2: true,
  clientCertificates: undefined,
};
const TERMS: Readonly<Record<string, Partial<TlsTerms>>> = {
  'new.test': { minimumVersion: 'TLSv1.3', ciphers: [] },
  'large.test': { ciphers: ['ECDHE-ECDSA-AES256-GCM-SHA384'] },
  'http1.test': { http2: false },
  'viewers.test': { clientCertificates: asked(viewers, 'viewers 1') },
  'others.test': { clientCertificates: asked(others, 'others 1') },
  // Has terms, but no certificate of its own.
  'bare.test': { clientCertificates: asked(viewers, 'viewers 1') },
};
const NAMES = ['first.test', '*.wild.test', ...Object.keys(TERMS).filter((name) => name !== 'bare.test')] as [
  string,
  ...string[],
];

let viewer: Certificate;
let stranger: Certificate;
const open: TcpListener[] = [];
beforeAll(async () => {
  viewer = await viewers.issue(['viewer'], { forClients: true });
  stranger = await others.issue(['stranger'], { forClients: true });
  writeFileSync(join(folder, 'viewer.pem'), viewer.cert + viewer.key);
  writeFileSync(join(folder, 'stranger.pem'), stranger.cert + stranger.key);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await Promise.all(open.splice(0).map((listener) => listener.stop(false)));
});

/** Answers with how the connection came about. */
const handle: ViewerHandler['handle'] = ({ tls, httpVersion }) => ({
  status: 200,
  fields: [],
  body: {
    kind: 'bytes',
    bytes: bytes(`[${tls?.handshake} ${tls?.version} ${httpVersion} ${tls?.clientCertificate?.trustedBy}]`),
  },
});
const tlsTerms = (name: string): TlsTerms => ({ ...DEFAULT, ...TERMS[name] });

async function listen(changes: Partial<TcpListenOptions> = {}): Promise<TcpListener> {
  const report = (message: string, error: unknown): void => {
    throw new Error(message, { cause: error });
  };
  const certificates = changes.certificates ?? (await shownFor(...NAMES));
  const handler = { handle, tlsTerms };
  const listener = listenTcp({ hostname: '127.0.0.1', port: 0, flag: '--https-port', handler, report, ...changes, certificates });
  open.push(listener);
  return listener;
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

/** What openssl says of one connection, on which it asks twice. */
async function openssl(port: number, serverName: string, ...args: string[]): Promise<string> {
  const command = ['openssl', 's_client', '-connect', `127.0.0.1:${port}`, '-servername', serverName, '-ign_eof', ...args];
  const child = Bun.spawn(command, { stdin: Buffer.from(REQUEST), stdout: 'pipe', stderr: 'pipe', cwd: folder });
  const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return out + errors;
}

async function handshake(port: number, servername: string): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername, ca: ca.pem });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket;
}

const serialOf = (socket: TLSSocket): string => socket.getPeerCertificate().serialNumber;

describe('the certificate is that of the server name', () => {
  test.each([
    ['its own', 'a.test', 'a.test'],
    ['in capitals', 'A.TEST', 'a.test'],
    ['a wildcard', 'x.wild.test', '*.wild.test'],
    ['one label below the wildcard', 'x.y.wild.test', 'first.test'],
    ['nobody’s', 'unknown.test', 'first.test'],
  ])('%s', async (_name, asking, want) => {
    const certificates = (await Promise.all([shownFor('first.test'), shownFor('a.test'), shownFor('*.wild.test')])).flat();
    const { port } = await listen({ certificates });
    expect(await openssl(port, asking)).toContain(`subject=CN = ${want}\n`);
  });
});

describe('the terms of the server name are kept to', () => {
  test.each([
    ['TLS 1.2', 'first.test', ['-tls1_2'], '[fullHandshake TLSv1.2 1.1 undefined]'],
    ['TLS 1.2 where 1.3 is asked for', 'new.test', ['-tls1_2'], 'alert handshake failure'],
    ['TLS 1.3', 'new.test', ['-tls1_3'], '[fullHandshake TLSv1.3 1.1 undefined]'],
    ['a cipher suite left out', 'large.test', ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'], 'alert handshake failure'],
    ['the one taken', 'large.test', ['-tls1_2'], 'Cipher is ECDHE-ECDSA-AES256-GCM-SHA384'],
    ['HTTP/2', 'first.test', ['-alpn', 'http/1.1,h2'], 'ALPN protocol: h2'],
    ['HTTP/2 where there is none', 'http1.test', ['-alpn', 'h2,http/1.1'], 'ALPN protocol: http/1.1'],
    ['HTTP/2 alone where there is none', 'http1.test', ['-alpn', 'h2'], 'alert no application protocol'],
    ['a protocol of another kind', 'first.test', ['-alpn', 'spdy/3'], 'alert no application protocol'],
    ['no protocol named', 'first.test', [], '[fullHandshake TLSv1.3 1.1 undefined]'],
    ['no certificate where one is required', 'viewers.test', ['-tls1_3'], 'alert certificate required'],
    ['the same over TLS 1.2', 'viewers.test', ['-tls1_2'], 'alert handshake failure'],
    ['one that is trusted', 'viewers.test', ['-cert', 'viewer.pem'], '[fullHandshake TLSv1.3 1.1 viewers 1]'],
    ['the terms of a name without a certificate', 'bare.test', ['-cert', 'viewer.pem'], '[fullHandshake TLSv1.3 1.1 viewers 1]'],
    ['they let nobody else in', 'bare.test', ['-tls1_3'], 'alert certificate required'],
  ])('%s', async (_name, serverName, args, want) => {
    const { port } = await listen();
    expect(await openssl(port, serverName, ...args)).toContain(want);
  });

  test.each(['viewers.test', 'bare.test'])('a certificate that nobody at %s trusts reaches no handler', async (serverName) => {
    let requests = 0;
    const counting: ViewerHandler['handle'] = (...request) => {
      requests += 1;
      return handle(...request);
    };
    const { port } = await listen({ handler: { handle: counting, tlsTerms } });
    expect(await openssl(port, serverName, '-cert', 'stranger.pem')).not.toContain('HTTP/1.1');
    expect(requests).toBe(0);
  });
});

describe('a session', () => {
  const VERSIONS = ['-tls1_2', '-tls1_3'];
  test.each(VERSIONS)('is resumed, and the requests after the first say that the connection was there (%s)', async (version) => {
    const { port } = await listen();
    expect(await openssl(port, 'first.test', version, '-sess_out', 'session')).toMatch(/\[fullHandshake .*\[connectionReused /s);
    expect(await openssl(port, 'first.test', version, '-sess_in', 'session')).toMatch(/\[sessionResumed .*\[connectionReused /s);
  });

  test.each(VERSIONS)('holds the certificate that the viewer showed (%s)', async (version) => {
    const { port } = await listen();
    await openssl(port, 'viewers.test', version, '-cert', 'viewer.pem', '-sess_out', 'session');
    const resumed = await openssl(port, 'viewers.test', version, '-sess_in', 'session');
    expect(resumed).toMatch(/\[sessionResumed \S+ 1.1 viewers 1\]/);
  });

  test.each(VERSIONS)('does not carry a certificate to another trust store (%s)', async (version) => {
    const { port } = await listen();
    await openssl(port, 'viewers.test', version, '-cert', 'viewer.pem', '-sess_out', 'session');
    expect(await openssl(port, 'others.test', version, '-sess_in', 'session')).not.toContain('HTTP/1.1');
  });
});

test('a new certificate is shown at once; connections under load go on', async () => {
  const listener = await listen({ certificates: await shownFor('a.test') });
  const old = await Promise.all(Array.from({ length: 8 }, () => handshake(listener.port, 'a.test')));
  const before = serialOf(old[0]!);
  let isOver = false;
  const asking = old.map(async (socket) => {
    let answers = 0;
    for (; !isOver || answers < 20; answers++) {
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      const octets = await new Promise<Buffer>((resolve, reject) => {
        socket
          .once('data', (data) => resolve(Buffer.from(data)))
          .once('close', () => reject(new Error('the connection was dropped')));
      });
      socket.removeAllListeners('close');
      expect(octets.toString()).toStartWith('HTTP/1.1 200 ');
    }
    socket.destroy();
  });
  listener.setCertificates(await shownFor('a.test'));
  const late = await handshake(listener.port, 'a.test');
  expect(serialOf(late)).not.toBe(before);
  late.destroy();
  isOver = true;
  await Promise.all(asking);
});

test.each([
  ['nothing', ''],
  ['a part of a ClientHello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
])('a viewer that sends %s is let go when the handshake has had its time', async (_name, sent) => {
  let at = 0;
  const listener = await listen({ now: () => at });
  const socket = connectTcp(listener.port, '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve).once('error', resolve));
  await new Promise<void>((resolve) => socket.write(Buffer.from(sent, 'latin1'), () => resolve()));
  // The handshake of another shows that the listener has met the first.
  (await handshake(listener.port, 'first.test')).destroy();
  at += MINUTE;
  await closed;
  expect(socket.bytesRead).toBe(0);
});
