/** OriginClient contract: where a name leads, where origins may be, overrides, and signing for whom was meant. Facts 8.1, 8.5. */
import { describe, expect, test } from 'bun:test';
import type { OriginClientOptions } from '../../src/adapters/origin/origin-client.ts';
import type { Lookup } from '../../src/adapters/origin/resolve-origin.ts';
import { seconds } from '../../src/model/units.ts';
import { answering, failureOf, NO_BODY, OK, TARGET, textOf } from './origin-bench.ts';
import type { StartBench } from './origin-bench.ts';

export function describeRoutes(bench: StartBench): void {
  describe('routes', () => {
    test('an override leads elsewhere, the Host stays', async () => {
      let head = '';
      const { send } = await bench(
        async (connection) => {
          head = await connection.head();
          await connection.write(OK);
        },
        {
          client: (origin) => ({
            resolve: (hostname, port, scheme) =>
              `${scheme}://${hostname}:${port}` === 'https://site.test:443'
                ? { connectHost: 'localhost', connectPort: origin.port, scheme: 'http' }
                : undefined,
          }),
        },
      );
      expect(await textOf(await send({ scheme: 'https', hostname: 'site.test', port: 443 }))).toBe('ok');
      expect(head).toBe('GET / HTTP/1.1\r\nHost: site.test\r\nConnection: keep-alive\r\n\r\n');
    });

    test('the next address is tried when one refuses, within one attempt', async () => {
      // The bench's origin listens on 127.0.0.1 alone.
      const { send } = await bench(answering(OK), { client: () => ({ lookup: async () => ['127.0.0.2', '127.0.0.1'] }) });
      expect(await textOf(await send({ hostname: 'two.test' }, NO_BODY, { connectionAttempts: 1 }))).toBe('ok');
    });

    const families: [type: 'ipv4' | 'ipv6' | 'dualstack' | undefined, asked: string][] = [
      ['ipv4', 'ipv4'],
      ['ipv6', 'ipv6'],
      ['dualstack', 'dualstack'],
      [undefined, 'dualstack'],
    ];
    test.each(families)('IpAddressType %s asks the resolver for %s', async (ipAddressType, asked) => {
      let family = '';
      const lookup: Lookup = async (_hostname, wanted) => {
        family = wanted;
        return ['127.0.0.1'];
      };
      const { send } = await bench(answering(OK), { client: () => ({ lookup }) });
      const kind = TARGET.kind.kind === 'custom' ? { ...TARGET.kind, ipAddressType } : TARGET.kind;
      expect(await textOf(await send({ hostname: 'some.test' }, NO_BODY, { kind }))).toBe('ok');
      expect(family).toBe(asked);
    });

    const PRODUCTION = { thisMachine: false, private: true, allowed: [] };
    const guarded: [name: string, hostname: string, options: Partial<OriginClientOptions>, want: RegExp | 'ok'][] = [
      ['loopback in development', '127.0.0.1', {}, 'ok'],
      ['loopback in production', '127.0.0.1', { addresses: PRODUCTION }, /its address 127\.0\.0\.1 is loopback/],
      ['allowed by the operator', '127.0.0.1', { addresses: { ...PRODUCTION, allowed: ['127.0.0.0/8'] } }, 'ok'],
      ['a name that leads there', 'inside.test', { addresses: PRODUCTION, lookup: async () => ['127.0.0.1'] }, /is loopback/],
      ['in its IPv6 form', 'inside.test', { addresses: PRODUCTION, lookup: async () => ['::ffff:127.0.0.1'] }, /is loopback/],
      ['metadata, even in development', 'inside.test', { lookup: async () => ['169.254.169.254'] }, /--allow-origin-address 169/],
      [
        'the address that may be asked among others',
        'mixed.test',
        {
          addresses: { ...PRODUCTION, allowed: ['127.0.0.1'] },
          lookup: async () => ['169.254.169.254', '127.0.0.2', '127.0.0.1'],
        },
        'ok',
      ],
    ];
    test.each(guarded)('where origins may be: %s', async (_name, hostname, options, want) => {
      const { send, origin } = await bench(answering(OK), { client: () => options });
      if (want === 'ok') {
        expect(await textOf(await send({ hostname }))).toBe('ok');
        return;
      }
      const failure = await failureOf(send({ hostname }));
      expect(failure).toMatchObject({ status: 502, detail: 'OriginConnectError' });
      expect(failure.message).toMatch(want);
      expect(origin.connections).toBe(0);
    });

    test('a name is resolved once: what was judged is what is connected to', async () => {
      let asked = 0;
      const lookup: Lookup = async () => (asked++ === 0 ? ['127.0.0.1'] : ['169.254.169.254']);
      const { send } = await bench(answering(OK), { client: () => ({ lookup }) });
      expect(await textOf(await send({ hostname: 'rebinding.test' }))).toBe('ok');
      expect(asked).toBe(1);
    });

    test('an override leads anywhere, but its connections serve nobody else', async () => {
      const { send, origin } = await bench(answering(OK), {
        client: ({ port }) => ({
          addresses: PRODUCTION,
          resolve: (hostname, _port, scheme) =>
            hostname === 'site.test' ? { connectHost: '127.0.0.1', connectPort: port, scheme } : undefined,
        }),
      });
      expect(await textOf(await send({ hostname: 'site.test' }))).toBe('ok');
      expect((await failureOf(send({ hostname: '127.0.0.1' }))).detail).toBe('OriginConnectError');
      expect(origin.connections).toBe(1);
    });

    test('what goes wrong is told to the operator', async () => {
      const told: string[] = [];
      const options = { addresses: PRODUCTION, report: (message: string) => void told.push(message) };
      const { send, origin } = await bench(answering(OK), { client: () => options });
      await failureOf(send());
      await failureOf(send());
      expect(told).toEqual([
        `origin http://127.0.0.1:${origin.port} is not asked: its address 127.0.0.1 is loopback, this machine itself, where origins ` +
          'may not be. If it is meant to be there, start Warmfront with --allow-origin-address 127.0.0.1.',
      ]);
    });

    test('a resolver that never answers is a connection that does not come about', async () => {
      const { send, clock } = await bench(answering(OK), { client: () => ({ lookup: () => new Promise(() => {}) }) });
      const failure = failureOf(send({ hostname: 'slow.test' }, NO_BODY, { connectionAttempts: 1 }));
      clock.advance(seconds(10));
      expect(await failure).toMatchObject({ status: 504, detail: 'OriginCommError' });
    });

    describe('who says where to go', () => {
      const silent = { client: () => ({ resolve: () => new Promise<never>(() => {}) }) };

      test('and does not: that is a connection that does not come about', async () => {
        const { send, clock } = await bench(answering(OK), silent);
        const failure = failureOf(send());
        clock.advance(seconds(10));
        expect(await failure).toMatchObject({ status: 504, detail: 'OriginCommError' });
        expect(clock.waiting).toBe(0);
      });

      test('is not waited for longer than the whole answer may take', async () => {
        const { send, clock } = await bench(answering(OK), silent);
        const failure = failureOf(send({}, NO_BODY, { responseCompletionTimeout: seconds(3) }));
        clock.advance(seconds(3));
        expect((await failure).message).toContain('did not complete its response within 3 seconds');
        expect(clock.waiting).toBe(0);
      });

      test('is not waited for when the viewer has left', async () => {
        const viewer = new AbortController();
        const { send, clock } = await bench(answering(OK), silent);
        const failure = failureOf(send({}, NO_BODY, {}, viewer.signal));
        viewer.abort(new Error('gone'));
        expect(await failure).toMatchObject({ status: 502, detail: 'ClientCommError' });
        expect(clock.waiting).toBe(0);
      });

      test('and cannot: nothing is sent', async () => {
        const resolve = (): Promise<never> => Promise.reject(new Error('the other process has gone'));
        const { send, origin } = await bench(answering(OK), { client: () => ({ resolve }) });
        expect(await failureOf(send())).toMatchObject({ status: 502, detail: 'OriginError' });
        expect(origin.connections).toBe(0);
      });
    });

    test('an origin access control signs for the origin it was meant for', async () => {
      let head = '';
      const { send } = await bench(
        async (connection) => {
          head = await connection.head();
          await connection.write(OK);
        },
        {
          client: (origin) => ({
            resolve: () => ({ connectHost: '127.0.0.1', connectPort: origin.port, scheme: 'http' }),
            originCredentials: (target) => ({
              accessKeyId: 'AKID',
              secretAccessKey: 'secret',
              sessionToken: target.distributionArn,
            }),
          }),
        },
      );
      const host = 'bucket.s3.eu-west-1.amazonaws.com';
      const target = {
        ...TARGET,
        originAccessControl: { id: 'E2', originType: 's3', signingBehavior: 'always', signingProtocol: 'sigv4' },
      } as const;
      await textOf(
        await send({ scheme: 'https', hostname: host, port: 443, host, fields: [['authorization', 'viewer']] }, NO_BODY, target),
      );
      expect(head).toContain('\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/s3/aws4_request, ');
      expect(head).toContain(`\r\nX-Amz-Security-Token: ${TARGET.distributionArn}\r\n`);
      expect(head).toContain('\r\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD\r\n');
      expect(head).not.toContain('viewer');
    });

    test('an origin that must be signed for, without credentials, gets nothing', async () => {
      const { send, origin } = await bench(answering(OK));
      const failure = await failureOf(send({}, NO_BODY, { kind: { kind: 's3', originAccessIdentity: 'E3' } }));
      expect(failure).toMatchObject({ status: 502, detail: 'OriginError' });
      expect(failure.message).toContain('no credentials');
      expect(origin.connections).toBe(0);
    });
  });
}
