import { describe, expect, test } from 'bun:test';
import { sampleBehavior, sampleDistribution, sampleOrigin } from '../../../test/samples/distribution.ts';
import type { Fields } from '../../http/fields.ts';
import { compileDistribution } from '../../model/compile.ts';
import { overrideOrigin } from './override-origin.ts';

const CUSTOM = { port: 443, protocol: 'https', sslProtocols: ['TLSv1.2'] };
const ORIGINS = [
  sampleOrigin({ id: 'site', domainName: 'origin.example.com', customHeaders: [['x-a', '1']] }),
  sampleOrigin({ id: 'other', domainName: 'other.example.com' }),
  sampleOrigin({ id: 'private', domainName: 'private.example.com', clientCertificate: { id: 'c', version: 1 } }),
];
const distribution = compileDistribution(
  sampleDistribution({
    origins: ORIGINS,
    defaultCacheBehavior: sampleBehavior({ targetOriginId: 'site' }),
    originGroups: [
      { id: 'group', primaryOriginId: 'other', secondaryOriginId: 'site', failoverStatusCodes: [500], selection: 'default' },
    ],
  }),
);

function asked(request: object, method = 'GET', of = distribution): unknown {
  const fields: Fields = [['x-viewer', '1']];
  const result = overrideOrigin(of, of.defaultBehavior, { method, fields }, request);
  return result.kind === 'invalid' ? result.fault.message : result.chosen;
}
const update = (settings: object): unknown => asked({ kind: 'update', settings });

test('another origin of the distribution', () => {
  expect(asked({ kind: 'select', id: 'other' })).toEqual({ primary: ORIGINS[1]!, secondary: undefined, failoverOn: [] });
});

test('under other names', () => {
  const settings = { hostHeader: 'H.example.com', sni: 's.example.com', allowedCertificateNames: ['*.example.com'] };
  const names = { hostHeader: 'h.example.com', tlsServerName: 's.example.com', certificateNames: ['*.example.com'] };
  expect(asked({ kind: 'select', id: 'other', settings })).toMatchObject({ primary: { id: 'other', ...names } });
  const originIds = [{ originId: 'other', originOverrides: settings }, { originId: 'site' }];
  expect(asked({ kind: 'group', settings: { originIds, failoverCriteria: { statusCodes: [500] } } })).toEqual({
    primary: { ...ORIGINS[1]!, ...names },
    secondary: ORIGINS[0]!,
    failoverOn: [500],
  });
});

test('of an assigned group, the primary is updated, and the secondary stands in for it', () => {
  const grouped = compileDistribution(
    sampleDistribution({ ...distribution.source, defaultCacheBehavior: sampleBehavior({ targetOriginId: 'group' }) }),
  );
  expect(asked({ kind: 'update', settings: { domainName: 'new.example.com' } }, 'GET', grouped)).toEqual({
    primary: { ...ORIGINS[1]!, domainName: 'new.example.com', hostHeader: 'new.example.com' },
    secondary: ORIGINS[0]!,
    failoverOn: [500],
  });
});

test('one of its groups', () => {
  expect(asked({ kind: 'select', id: 'group' })).toEqual({ primary: ORIGINS[1]!, secondary: ORIGINS[0]!, failoverOn: [500] });
});

test('a group made for this request; what may change something fails over to nobody', () => {
  const settings = { originIds: ['other', 'site'], failoverCriteria: { statusCodes: [502] } };
  expect(asked({ kind: 'group', settings })).toEqual({ primary: ORIGINS[1]!, secondary: ORIGINS[0]!, failoverOn: [502] });
  expect(asked({ kind: 'group', settings }, 'POST')).toEqual({ primary: ORIGINS[1]!, secondary: undefined, failoverOn: [] });
});

describe('the assigned origin with other settings', () => {
  const rows: [name: string, settings: object, want: object][] = [
    ['nothing', {}, {}],
    ['domain name', { domainName: 'New.example.com' }, { domainName: 'new.example.com', hostHeader: 'new.example.com' }],
    [
      'path and headers',
      { originPath: '/v2', customHeaders: { 'X-B': '2' } },
      { originPath: '/v2', customHeaders: [['x-b', '2']] },
    ],
    ['no custom headers', { customHeaders: {} }, { customHeaders: [] }],
    ['path that is none', { originPath: '' }, { originPath: '' }],
    [
      'a Host of this machine, where the origin is on it',
      { domainName: 'localhost', hostHeader: 'site.localhost' },
      { domainName: 'localhost', hostHeader: 'site.localhost' },
    ],
    ['a client certificate no more', { mTLSConfig: 'off' }, { clientCertificate: undefined }],
    ['Host', { hostHeader: 'www.example.com' }, { hostHeader: 'www.example.com' }],
    [
      'timeouts',
      { connectionAttempts: 1, timeouts: { readTimeout: 5, connectionTimeout: 2, responseCompletionTimeout: 9 } },
      { connectionAttempts: 1, responseTimeout: 5000, connectionTimeout: 2000, responseCompletionTimeout: 9000 },
    ],
    [
      'S3 with access control',
      {
        domainName: 'b.s3.eu-central-1.amazonaws.com',
        originAccessControlConfig: { enabled: true, signingBehavior: 'always', signingProtocol: 'sigv4', originType: 's3' },
      },
      {
        domainName: 'b.s3.eu-central-1.amazonaws.com',
        hostHeader: 'b.s3.eu-central-1.amazonaws.com',
        kind: { kind: 's3', originAccessIdentity: undefined },
        originAccessControl: { id: 'function', originType: 's3', signingBehavior: 'always', signingProtocol: 'sigv4' },
      },
    ],
  ];
  test.each(rows)('%s', (_, settings, want) => {
    expect(update(settings)).toEqual({ primary: { ...ORIGINS[0]!, ...want }, secondary: undefined, failoverOn: [] });
  });

  test('another port and protocol', () => {
    const chosen = update({ customOriginConfig: { port: 8443, protocol: 'https', sslProtocols: ['TLSv1.2'] } });
    expect(chosen).toMatchObject({ primary: { kind: { kind: 'custom', protocolPolicy: 'https-only', httpsPort: 8443 } } });
  });
});

describe('what cannot be', () => {
  const rows: [request: object, want: string][] = [
    [{ kind: 'select', id: 'nobody' }, 'selectRequestOriginById: the distribution has no origin "nobody"'],
    [{ kind: 'update', settings: { domainName: 'a b' } }, 'updateRequestOrigin: domainName must be a domain name'],
    ...['v2/', '/v2/', '/', '/a\n', '/a ', '/\u00e9', '/a?b', '/a#', '/a?'].map((originPath): [object, string] => [
      { kind: 'update', settings: { originPath } },
      'updateRequestOrigin: originPath must begin with a slash and not end with one, in at most 255 visible characters of ASCII without ? and #',
    ]),
    ...['localhost', 'LOCALHOST', 'api.localhost', '127.1', '2130706433', '0x7f000001'].map((hostHeader): [object, string] => [
      { kind: 'update', settings: { hostHeader } },
      'updateRequestOrigin: hostHeader must not be an address or a name of the loopback',
    ]),
    [
      { kind: 'update', settings: { customHeaders: { 'X-Amz-Date': '1' } } },
      'updateRequestOrigin: the header "X-Amz-Date" cannot be a custom header',
    ],
    [
      { kind: 'update', settings: { customHeaders: { 'x-a': 'b\r\n' } } },
      'updateRequestOrigin: customHeaders["x-a"] must be a header value',
    ],
    [{ kind: 'update', settings: { connectionAttempts: 9 } }, 'updateRequestOrigin: connectionAttempts must be from 1 to 3'],
    [
      { kind: 'update', settings: { timeouts: { readTimeout: 1000 } } },
      'updateRequestOrigin: timeouts.readTimeout must be from 1 to 120 seconds',
    ],
    ...(
      [
        [{ customOriginConfig: { ...CUSTOM, port: 22 } }, 'customOriginConfig.port must be 80, 443, or from 1024 to 65535'],
        [{ customOriginConfig: { ...CUSTOM, protocol: undefined } }, 'customOriginConfig.protocol must be http or https'],
        [
          { customOriginConfig: { ...CUSTOM, sslProtocols: ['TLSv9'] } },
          'customOriginConfig.sslProtocols must be a list of SSLv3, TLSv1, TLSv1.1, TLSv1.2',
        ],
        [
          { customOriginConfig: { ...CUSTOM, ipAddressType: 'ipv6' } },
          'customOriginConfig.ipAddressType can be changed together with domainName alone',
        ],
        [{ hostHeader: '127.0.0.1' }, 'hostHeader must be a domain name'],
        [{ domainName: '192.0.2.1' }, 'domainName must be a domain name'],
        [{ sni: '192.0.2.1' }, 'sni must be a domain name'],
        [{ allowedCertificateNames: ['*'] }, 'allowedCertificateNames must be at most 20 domain names of at most 64 characters'],
        [{ allowedCertificateNames: 'a.b' }, 'allowedCertificateNames must be at most 20 domain names of at most 64 characters'],
        [{ customHeaders: { 'X-Viewer': '2' } }, 'the header "X-Viewer" is already in the request'],
        [{ originShield: { enabled: true } }, 'originShield.region must be a region such as us-east-2'],
        [{ originShield: {} }, 'originShield.enabled must be true or false'],
        [{ originAccessControlConfig: {} }, 'originAccessControlConfig.enabled must be true or false'],
        [
          { originAccessControlConfig: { enabled: true } },
          'originAccessControlConfig.signingBehavior must be one of always, never, no-override',
        ],
        [
          { timeouts: { readTimeout: 60, responseCompletionTimeout: 30 } },
          'timeouts.responseCompletionTimeout must be at least the readTimeout',
        ],
        [{ timeouts: { keepAliveTimeout: 200 } }, 'timeouts.keepAliveTimeout must be from 1 to 120 seconds'],
        [{ mTLSConfig: 'on' }, 'mTLSConfig can be off alone'],
      ] as [object, string][]
    ).map(([settings, want]): [object, string] => [{ kind: 'update', settings }, `updateRequestOrigin: ${want}`]),
    [
      { kind: 'select', id: 'other', settings: { originPath: '/v2' } },
      "selectRequestOriginById: of the origin's settings, hostHeader, sni, allowedCertificateNames can be overridden, but not originPath",
    ],
    [
      { kind: 'select', id: 'private' },
      'selectRequestOriginById: the origin "private" is shown a client certificate, and cannot be selected',
    ],
    [{ kind: 'group', settings: { originIds: ['site'] } }, 'createRequestOriginGroup: originIds must be two ids'],
    [{ kind: 'group', settings: { originIds: ['site', 'x'] } }, 'createRequestOriginGroup: the distribution has no origin "x"'],
    [
      { kind: 'group', settings: { originIds: ['site', 'other'] } },
      'createRequestOriginGroup: failoverCriteria.statusCodes must be a list of status codes',
    ],
  ];
  test.each(rows)('%o', (request, want) => expect(asked(request)).toBe(want));
});
