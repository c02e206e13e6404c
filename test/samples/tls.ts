/**
 * A viewer's TLS connection and its certificate, for tests that change one thing at a time.
 */
import type { ClientCertificate, ViewerTls } from '../../src/core/request.ts';

export function sampleTls(changes: Partial<ViewerTls> = {}): ViewerTls {
  return {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    serverName: undefined,
    handshake: 'fullHandshake',
    ...changes,
  };
}

export function sampleClientCertificate(changes: Partial<ClientCertificate> = {}): ClientCertificate {
  return {
    pem: '-----BEGIN CERTIFICATE-----\nAAEC\nAwQF\n-----END CERTIFICATE-----\n',
    trustedBy: 'ts 1',
    serialNumber: '0a:1b',
    issuer: 'CN=Viewers,O=Example',
    subject: 'CN=viewer,O=Example\\, Inc.',
    sha256: '00ff'.repeat(16),
    notBefore: Date.UTC(2026, 0, 2, 3, 4, 5),
    notAfter: Date.UTC(2027, 0, 2, 3, 4, 5),
    ...changes,
  };
}
