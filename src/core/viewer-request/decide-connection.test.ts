import { expect, test } from 'bun:test';
import { sampleDistribution, sampleRequest } from '../../../test/samples/distribution.ts';
import { sampleClientCertificate, sampleTls } from '../../../test/samples/tls.ts';
import { compile } from '../../model/compile.ts';
import type { Distribution } from '../../model/distribution.ts';
import type { ViewerRequest, ViewerTls } from '../request.ts';
import { decideConnection } from './decide-connection.ts';
import { matchDistribution } from './match-distribution.ts';

const trustStore = { id: 'ts', revision: 2, certificates: ['pem'], ignoresExpiry: false, tellsNames: true };
const distribution = (name: string, changes: Partial<Distribution>): Distribution =>
  sampleDistribution({ id: name, domainName: `${name}.cloudfront.localhost`, aliases: [`${name}.test`], ...changes });
const snapshot = compile({
  version: 1,
  distributions: [
    distribution('plain', { minimumProtocolVersion: 'TLSv1', aliases: ['plain.test', '*.wild.test'] }),
    distribution('strict', { minimumProtocolVersion: 'TLSv1.2_2021' }),
    distribution('newest', { minimumProtocolVersion: 'TLSv1.3_2025' }),
    distribution('old', { httpVersion: 'http1.1' }),
    distribution('h3', { httpVersion: 'http3' }),
    distribution('both', { httpVersion: 'http2and3' }),
    distribution('required', { viewerMtls: { mode: 'required', trustStore } }),
    distribution('optional', { viewerMtls: { mode: 'optional', trustStore } }),
    distribution('passed', { viewerMtls: { mode: 'passthrough', trustStore: undefined }, httpVersion: 'http3' }),
  ],
});

const by = (trustedBy: string | undefined) => ({ clientCertificate: sampleClientCertificate({ trustedBy }) });
const over = (httpVersion: ViewerRequest['httpVersion']) => ({ httpVersion });
const H3 = { ...over('3.0'), tls: undefined };
const AES_CBC = { version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-SHA' };
const AES_GCM = { version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-GCM-SHA256' };

/** A viewer that asked for `serverName` in its handshake asks for `host`. */
const ROWS: readonly (readonly [
  name: string,
  serverName: string | undefined,
  host: string,
  tls: Partial<ViewerTls>,
  request: Partial<ViewerRequest>,
  want: string,
])[] = [
  ['the same name', 'plain.test', 'plain.test', {}, {}, 'proceed'],
  ['another name of the same distribution', 'plain.test', 'PLAIN.cloudfront.localhost:8443', {}, {}, 'proceed'],
  ['another name below its wildcard', 'a.wild.test', 'b.c.wild.test', {}, {}, 'proceed'],
  ['a name of another distribution', 'plain.test', 'strict.test', {}, {}, 'server-name'],
  ['no server name', undefined, 'plain.test', {}, {}, 'proceed'],
  ['a server name that nobody has', 'localhost', 'plain.test', {}, {}, 'proceed'],
  ['clear text', undefined, 'newest.test', {}, { scheme: 'http', tls: undefined }, 'proceed'],
  ['nothing told of the connection', undefined, 'newest.test', {}, { tls: undefined }, 'proceed'],
  ['the same where certificates are asked for', undefined, 'optional.test', {}, { tls: undefined }, 'client-certificate'],
  ['TLS 1.0, which the default policy takes', 'plain.test', 'plain.test', { ...AES_CBC, version: 'TLSv1' }, {}, 'proceed'],
  ['TLS 1.1 to 1.2', undefined, 'strict.test', { ...AES_CBC, version: 'TLSv1.1' }, {}, 'tls'],
  ['a cipher suite that the policy leaves out', undefined, 'strict.test', AES_CBC, {}, 'tls'],
  ['one that it has', undefined, 'strict.test', AES_GCM, {}, 'proceed'],
  ['TLS 1.2 to 1.3', undefined, 'newest.test', AES_GCM, {}, 'tls'],
  ['a version of no name', undefined, 'plain.test', { version: 'SSLv3', cipher: 'RC4-MD5' }, {}, 'tls'],
  ['HTTP/2', 'plain.test', 'plain.test', {}, over('2.0'), 'proceed'],
  ['HTTP/2 where there is none', undefined, 'old.test', {}, over('2.0'), 'http-version'],
  ['HTTP/2 where HTTP/3 is alone', undefined, 'h3.test', {}, over('2.0'), 'http-version'],
  ['HTTP/1.1 where HTTP/3 is alone', 'h3.test', 'h3.test', {}, {}, 'proceed'],
  ['HTTP/2 beside HTTP/3', 'both.test', 'both.test', {}, over('2.0'), 'proceed'],
  ['HTTP/2 over TLS 1.1', undefined, 'plain.test', { ...AES_CBC, version: 'TLSv1.1' }, over('2.0'), 'http-version'],
  ['HTTP/3', undefined, 'h3.test', {}, H3, 'proceed'],
  ['HTTP/3 where there is none', undefined, 'plain.test', {}, H3, 'http-version'],
  ['HTTP/3 where certificates are asked for', undefined, 'passed.test', {}, H3, 'http-version'],
  ['a certificate that the trust store trusts', 'required.test', 'required.test', by('ts 2'), {}, 'proceed'],
  ['the trust store as it was before', 'required.test', 'required.test', by('ts 1'), {}, 'client-certificate'],
  ['a certificate that is required and missing', undefined, 'required.test', {}, {}, 'client-certificate'],
  ['one that may be missing', undefined, 'optional.test', {}, {}, 'proceed'],
  ['one of another trust store that may be missing', undefined, 'optional.test', by('other 1'), {}, 'client-certificate'],
  ['an unjudged one', 'passed.test', 'passed.test', by(undefined), {}, 'proceed'],
];

test.each(ROWS)('%s', (_name, serverName, host, tls, changes, want) => {
  const request = sampleRequest({ scheme: 'https', host, tls: sampleTls({ serverName, ...tls }), ...changes });
  const decision = decideConnection(snapshot, matchDistribution(snapshot, host)!, request);
  expect(decision.kind === 'proceed' ? 'proceed' : decision.reason).toBe(want);
});

test('the refusal is the documented one', () => {
  const request = sampleRequest({ scheme: 'https', host: 'strict.test', tls: sampleTls({ serverName: 'plain.test' }) });
  expect(decideConnection(snapshot, matchDistribution(snapshot, 'strict.test')!, request)).toMatchObject({
    status: 421,
    detail: 'InvalidRequestCertificate',
    cause: 'The distribution does not match the certificate for which the HTTPS connection was established with.',
  });
});
