/**
 * OriginClient contract: TLS. Whom it trusts and under which name, what is said of each bad certificate, which protocols and ciphers
 * are spoken, and which sessions are resumed. Facts 3.5, 8.1, 10.4.
 */
import { beforeAll, describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { OriginClientOptions } from '../../src/adapters/origin/origin-client.ts';
import type { OriginTarget } from '../../src/edge/ports.ts';
import { HOUR, seconds } from '../../src/model/units.ts';
import { createSelfSigned, createTestCa } from './certificates.ts';
import type { Certificate, TestCa } from './certificates.ts';
import { answering, failureOf, NO_BODY, OK, pieces, stillness, TARGET, textOf } from './origin-bench.ts';
import type { BenchSetup, StartBench } from './origin-bench.ts';
import type { OriginScript } from './raw-origin.ts';
import { startRawOrigin } from './raw-origin.ts';

const PAST = { notBefore: new Date(Date.UTC(2020, 0, 1)), notAfter: new Date(Date.UTC(2020, 0, 2)) };
const FUTURE = { notBefore: new Date(Date.UTC(2090, 0, 1)), notAfter: new Date(Date.UTC(2090, 0, 2)) };
const REQUEST = { hostname: 'a.origin.test', port: 443 };

/** The origin's name is a.origin.test; only the place it is reached at is the loopback's. */
function over(tls: TlsOptions, ...trusted: readonly string[]): BenchSetup {
  return {
    tls,
    client: ({ port }) => ({
      extraCa: trusted,
      resolve: (hostname, _port, scheme) =>
        hostname === 'a.origin.test' ? { connectHost: '127.0.0.1', connectPort: port, scheme } : undefined,
    }),
  };
}

/** A custom origin with these OriginSslProtocols. */
function speaking(...sslProtocols: readonly string[]): Partial<OriginTarget> {
  return TARGET.kind.kind === 'custom' ? { kind: { ...TARGET.kind, sslProtocols } } : {};
}

async function badCertificates(ca: TestCa): Promise<Record<string, Certificate>> {
  const middle = await ca.intermediate('Middle CA');
  const late = await ca.intermediate('Late CA', PAST);
  const below = await middle.issue(['site.test']);
  const belowLate = await late.issue(['site.test']);
  const stranger = await createTestCa('Stranger CA');
  const strange = await stranger.issue(['site.test']);
  return {
    site: await ca.issue(['site.test']),
    origin: await ca.issue(['*.origin.test']),
    'a chain in order': { ...below, cert: below.cert + middle.pem },
    other: await ca.issue(['other.test']),
    'of another depth': await ca.issue(['*.test']),
    expired: await ca.issue(['site.test'], PAST),
    'not yet valid': await ca.issue(['site.test'], FUTURE),
    'self-signed': await createSelfSigned(['site.test']),
    'an unknown CA': strange,
    'a known CA’s name': await (await createTestCa()).issue(['site.test']),
    'an unknown CA, shown': { ...strange, cert: strange.cert + stranger.pem },
    'an incomplete chain': below,
    'an expired intermediate': { ...belowLate, cert: belowLate.cert + late.pem },
    'made for clients': await ca.issue(['site.test'], { forClients: true }),
  };
}

export function describeTls(bench: StartBench): void {
  describe('TLS', () => {
    let ca: TestCa;
    let certificates: Readonly<Record<string, Certificate>>;
    const certificate = (name: string): Certificate => certificates[name] ?? { cert: '', key: '' };
    beforeAll(async () => {
      ca = await createTestCa();
      certificates = await badCertificates(ca);
    });

    test('the server name is the Host without its port; connections are kept', async () => {
      const names: (string | undefined)[] = [];
      const { send, origin } = await bench(
        (connection, number) => {
          names.push(connection.serverName);
          return answering(OK)(connection, number);
        },
        over(certificate('site'), ca.pem),
      );
      expect(await textOf(await send({ ...REQUEST, host: 'site.test:8443' }))).toBe('ok');
      expect(await textOf(await send({ ...REQUEST, host: 'site.test:8443' }))).toBe('ok');
      expect([names, origin.connections]).toEqual([['site.test'], 1]);
    });

    test('another Host is another server name, on a connection of its own', async () => {
      const names: (string | undefined)[] = [];
      const { send } = await bench(
        (connection, number) => {
          names.push(connection.serverName);
          return answering(OK)(connection, number);
        },
        over(certificate('origin'), ca.pem),
      );
      await textOf(await send({ ...REQUEST, host: 'one.test' }));
      await textOf(await send({ ...REQUEST, host: 'two.test' }));
      expect(names).toEqual(['one.test', 'two.test']);
    });

    const named: [target: Partial<OriginTarget>, certificate: string, answers: boolean][] = [
      [{ tlsServerName: 'other.test' }, 'other', true],
      [{ tlsServerName: 'other.test' }, 'site', true],
      [{ certificateNames: ['other.test'] }, 'other', true],
      [{ certificateNames: ['other.test'] }, 'site', false],
      [{ certificateNames: ['*.origin.test'] }, 'origin', true],
      [{ certificateNames: ['*.test'] }, 'site', true],
      [{ certificateNames: ['*.test'] }, 'origin', false],
    ];
    test.each(named)('what a function says of names: %o, shown the certificate %s', async (target, name, answers) => {
      const names: (string | undefined)[] = [];
      const { send } = await bench(
        (connection, number) => {
          names.push(connection.serverName);
          return answering(OK)(connection, number);
        },
        over(certificate(name), ca.pem),
      );
      const answer = send({ ...REQUEST, host: 'site.test' }, NO_BODY, target);
      if (answers) expect(await textOf(await answer)).toBe('ok');
      else expect(await failureOf(answer)).toMatchObject({ status: 502, detail: 'OriginConnectError' });
      if (answers) expect(names).toEqual([target.tlsServerName ?? 'site.test']);
    });

    const rows: [certificate: string, said: RegExp | undefined][] = [
      ['site', undefined],
      ['origin', undefined],
      ['a chain in order', undefined],
      ['other', /"CN=other\.test" covers DNS:other\.test, but neither of a\.origin\.test, site\.test/],
      ['of another depth', /covers DNS:\*\.test, but neither of a\.origin\.test, site\.test, 127/],
      ['expired', /"CN=site\.test" has expired, on Jan {2}2 00:00:00 2020 GMT/],
      ['not yet valid', /"CN=site\.test" is not valid before Jan {2}1 00:00:00 2090 GMT/],
      ['self-signed', /"CN=site\.test" is self-signed/],
      [
        'an unknown CA',
        /chain ends at the certificate "CN=site\.test", issued by "CN=Stranger CA", which was not sent and is not trusted/,
      ],
      ['an unknown CA, shown', /chain ends at the certificate "CN=Stranger CA", a CA that is not trusted/],
      ['a known CA’s name', /"CN=site\.test" is not signed by the "CN=Test CA" that is trusted here/],
      ['an incomplete chain', /chain ends at the certificate "CN=site\.test", issued by "CN=Middle CA", which was not sent/],
      ['an expired intermediate', /"CN=Late CA" has expired, on Jan {2}2 00:00:00 2020 GMT/],
      ['made for clients', /"CN=site\.test" is not made for servers/],
    ];
    test.each(rows)('a certificate: %s', async (name, said) => {
      const { send, origin } = await bench(answering(OK), over(certificate(name), ca.pem));
      if (said === undefined) {
        expect(await textOf(await send(REQUEST))).toBe('ok');
        return;
      }
      const failure = await failureOf(send(REQUEST));
      expect(failure).toMatchObject({ status: 502, detail: 'OriginConnectError' });
      expect(failure.message).toMatch(said);
      expect(failure.message).toContain('https://a.origin.test:443');
      expect(origin.connections).toBe(1);
    });

    test('a self-signed certificate that the operator trusts', async () => {
      const own = certificate('self-signed');
      const { send } = await bench(answering(OK), over(own, own.cert));
      expect(await textOf(await send(REQUEST))).toBe('ok');
    });

    const protocols: [listed: readonly string[], origin: TlsOptions, said: RegExp | undefined][] = [
      [['TLSv1.2'], { maxVersion: 'TLSv1.2' }, undefined],
      [['TLSv1.2'], { minVersion: 'TLSv1.3' }, undefined],
      [['TLSv1.2'], { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, /no protocol as new as OriginSslProtocols asks for/],
      [['TLSv1.1', 'TLSv1.2'], { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }, undefined],
      [['TLSv1.1', 'TLSv1.2'], { minVersion: 'TLSv1', maxVersion: 'TLSv1' }, /no protocol as new/],
      [['TLSv1'], { minVersion: 'TLSv1', maxVersion: 'TLSv1' }, undefined],
      [['SSLv3'], { minVersion: 'TLSv1', maxVersion: 'TLSv1' }, undefined],
      [['TLSv1.2'], { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }, undefined],
      [['TLSv1.2'], { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' }, /no protocol or cipher in common/],
    ];
    test.each(protocols)('OriginSslProtocols %p, the origin %o', async (listed, options, said) => {
      const { send } = await bench(answering(OK), over({ ...certificate('site'), ...options }, ca.pem));
      const answer = send(REQUEST, NO_BODY, speaking(...listed));
      if (said === undefined) {
        expect(await textOf(await answer)).toBe('ok');
        return;
      }
      const failure = await failureOf(answer);
      expect(failure).toMatchObject({ status: 502, detail: 'OriginConnectError' });
      expect(failure.message).toMatch(said);
    });

    test.each(['TLSv1.2', 'TLSv1.3'] as const)('an origin that wants a client certificate, %s', async (maxVersion) => {
      const asking: TlsOptions = { ...certificate('site'), requestCert: true, rejectUnauthorized: true, maxVersion };
      const { send } = await bench(answering(OK), over(asking, ca.pem));
      // Over TLS 1.3 the handshake is done by then, and all that is sure to be seen is the end of the connection.
      const detail = maxVersion === 'TLSv1.2' ? 'OriginConnectError' : 'OriginReadError';
      expect(await failureOf(send(REQUEST))).toMatchObject({ status: 502, detail });
    });

    test('a WebSocket over TLS goes both ways, and ends with the viewer', async () => {
      const handshake = {
        upgrade: 'websocket',
        fields: [
          ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
          ['sec-websocket-version', '13'],
        ],
      } as const;
      const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
      const heard = Promise.withResolvers<string>();
      const { send, clock } = await bench(
        async (connection) => {
          await connection.head();
          await connection.write(`${head}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nhi`);
          heard.resolve(Buffer.from(await connection.take(5)).toString());
          await connection.closed;
          connection.end();
        },
        over(certificate('site'), ca.pem),
      );
      const response = await send({ ...REQUEST, ...handshake });
      response.accept?.(pieces('hel', 'lo'));
      expect(await textOf(response)).toBe('hi');
      expect(await heard.promise).toBe('hello');
      expect(await stillness(() => clock.waiting)).toBe(0);
    });

    describe('client certificates', () => {
      const CERTIFIED = 'a client certificate';
      /** An origin that lets in whom the test's CA has certified, and notes their names. */
      function asking(names: (string | undefined)[], options: TlsOptions = {}): TlsOptions & { readonly script: OriginScript } {
        const script: OriginScript = async (connection, number) => {
          names.push(connection.clientName);
          await answering(OK)(connection, number);
        };
        return { ...certificate('site'), requestCert: true, rejectUnauthorized: true, ca: [ca.pem], ...options, script };
      }
      const showing = (id: string, version: number): Partial<OriginTarget> => ({ clientCertificate: { id, version } });
      const store: Partial<OriginClientOptions> = {
        async clientCertificate({ id, version }) {
          if (id !== CERTIFIED) throw new Error(`${id} is missing`);
          return ca.issue([`edge-${version}`], { forClients: true });
        },
      };
      const served = (tls: TlsOptions): BenchSetup => {
        const setup = over(tls, ca.pem);
        return { ...setup, client: (origin) => ({ ...setup.client?.(origin), ...store }) };
      };

      test.each(['TLSv1.2', 'TLSv1.3'] as const)('are shown, each version on connections of its own, %s', async (maxVersion) => {
        const names: (string | undefined)[] = [];
        const { script, ...tls } = asking(names, { maxVersion });
        const { send } = await bench(script, served(tls));
        for (const version of [1, 1, 2, 1]) {
          expect(await textOf(await send(REQUEST, NO_BODY, showing(CERTIFIED, version)))).toBe('ok');
        }
        expect(names).toEqual(['edge-1', 'edge-2']);
      });

      test('that the origin does not trust are its refusal', async () => {
        const stranger = await createTestCa('Stranger CA');
        const { script, ...tls } = asking([], { ca: [stranger.pem], maxVersion: 'TLSv1.2' });
        const { send } = await bench(script, served(tls));
        const failure = await failureOf(send(REQUEST, NO_BODY, showing(CERTIFIED, 1)));
        expect(failure).toMatchObject({ status: 502, detail: 'OriginConnectError' });
      });

      test('that are not there let nothing be asked', async () => {
        const { script, ...tls } = asking([]);
        const { send, origin, clock } = await bench(script, served(tls));
        const failure = await failureOf(send(REQUEST, NO_BODY, showing('another', 1)));
        expect(failure).toMatchObject({ status: 502, detail: 'OriginConnectError' });
        expect(failure.message).toContain('cannot be shown: another is missing');
        expect([origin.connections, clock.waiting]).toEqual([0, 0]);
      });
    });

    describe('sessions', () => {
      const CLOSING = OK.replace('Content-Length', 'Connection: close\r\nContent-Length');
      const noting =
        (resumed: boolean[]): OriginScript =>
        async (connection) => {
          await connection.head();
          resumed.push(connection.isResumed);
          await connection.write(CLOSING);
        };

      test.each(['TLSv1.2', 'TLSv1.3'] as const)(
        'are resumed for an hour after the certificate was verified, %s',
        async (maxVersion) => {
          const resumed: boolean[] = [];
          const { send, clock } = await bench(noting(resumed), over({ ...certificate('site'), maxVersion }, ca.pem));
          const ask = async (): Promise<void> => void (await textOf(await send(REQUEST)));
          await ask();
          await ask();
          clock.advance(HOUR - 1);
          await ask();
          clock.advance(1);
          await ask();
          await ask();
          expect(resumed).toEqual([false, true, true, false, true]);
        },
      );

      test('are another origin’s, or another Host’s, for nobody else', async () => {
        const resumed: boolean[] = [];
        const { send } = await bench(noting(resumed), over(certificate('origin'), ca.pem));
        await textOf(await send({ ...REQUEST, host: 'one.test' }));
        await textOf(await send({ ...REQUEST, host: 'two.test' }));
        await textOf(await send({ ...REQUEST, host: 'one.test' }, NO_BODY, speaking('TLSv1.1')));
        expect(resumed).toEqual([false, false, false]);
      });

      test('do not let a name pass that the certificate does not cover', async () => {
        const resumed: boolean[] = [];
        const { send } = await bench(noting(resumed), over(certificate('other'), ca.pem));
        for (let round = 0; round < 2; round++) expect((await failureOf(send(REQUEST))).detail).toBe('OriginConnectError');
        expect(resumed).toEqual([]);
      });
    });

    test('clear text where TLS was expected', async () => {
      const clear = await startRawOrigin((connection) => connection.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
      const { send } = await bench(answering(OK), { tls: certificate('site') });
      expect(await failureOf(send({ port: clear.port }))).toMatchObject({ status: 502, detail: 'OriginConnectError' });
      clear.close();
    });

    test('an address that keeps us waiting does not hold up the next', async () => {
      // The bench's origin listens on 127.0.0.1 alone; on its other address somebody accepts and says nothing.
      const waited = Promise.withResolvers<Socket>();
      const { send, origin, clock } = await bench(answering(OK), {
        tls: certificate('site'),
        client: () => ({ extraCa: [ca.pem], lookup: async () => ['127.0.0.2', '127.0.0.1'] }),
      });
      const mute = createServer((socket) => waited.resolve(socket));
      mute.listen(origin.port, '127.0.0.2');
      const response = send({ hostname: 'two.test' }, NO_BODY, { connectionAttempts: 1 });
      const left = once((await waited.promise).resume(), 'close');
      expect(origin.connections).toBe(0);
      clock.advance(250);
      expect(await textOf(await response)).toBe('ok');
      await left;
      mute.close();
    });

    const attempts: [name: string, method: string, want: number][] = [
      ['GET tries three times', 'GET', 3],
      ['POST tries once', 'POST', 1],
    ];
    test.each(attempts)('a connection that does not come about in time: %s', async (_name, method, want) => {
      const closings: Promise<void>[] = [];
      const mute = await startRawOrigin((connection) => void closings.push(connection.closed));
      const { send, clock } = await bench(answering(OK), { tls: certificate('site') });
      const failure = failureOf(send({ port: mute.port, method }, NO_BODY, { connectionTimeout: seconds(4) }));
      for (let attempt = 1; attempt <= want; attempt++) {
        await mute.connected(attempt);
        clock.advance(seconds(4));
      }
      expect(await failure).toMatchObject({ status: 504, detail: 'OriginCommError' });
      await Promise.all(closings);
      expect([closings.length, mute.connections, clock.waiting]).toEqual([want, want, 0]);
      mute.close();
    });
  });
}
