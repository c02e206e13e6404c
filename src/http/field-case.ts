/**
 * How field names are written over HTTP/1.1: `Content-Type`, with the few that are customarily written otherwise.
 * RFC 9110 5.1: names are case-insensitive; the casing is for people and for the careless. HTTP/2 and 3 stay lower case.
 */

const EXCEPTIONS: ReadonlyMap<string, string> = new Map(
  [
    'ALPN',
    'CDN-Cache-Control',
    'CDN-Loop',
    'Content-DPR',
    'Content-ID',
    'Content-MD5',
    'DNT',
    'DPoP',
    'DPR',
    'ECT',
    'ETag',
    'Expect-CT',
    'HTTP2-Settings',
    'NEL',
    'RTT',
    'Sec-CH-UA',
    'Sec-CH-UA-Arch',
    'Sec-CH-UA-Bitness',
    'Sec-CH-UA-Full-Version-List',
    'Sec-CH-UA-Mobile',
    'Sec-CH-UA-Model',
    'Sec-CH-UA-Platform',
    'Sec-CH-UA-Platform-Version',
    'Sec-CH-UA-WoW64',
    'Sec-GPC',
    'Sec-WebSocket-Accept',
    'Sec-WebSocket-Extensions',
    'Sec-WebSocket-Key',
    'Sec-WebSocket-Protocol',
    'Sec-WebSocket-Version',
    'SOAPAction',
    'SourceMap',
    'TE',
    'WWW-Authenticate',
    'X-DNS-Prefetch-Control',
    'X-HTTP-Method',
    'X-HTTP-Method-Override',
    'X-UA-Compatible',
    'X-XSS-Protection',
    'CloudFront-Is-Android-Viewer',
    'CloudFront-Is-Desktop-Viewer',
    'CloudFront-Is-IOS-Viewer',
    'CloudFront-Is-Mobile-Viewer',
    'CloudFront-Is-SmartTV-Viewer',
    'CloudFront-Is-Tablet-Viewer',
    'CloudFront-Forwarded-Proto',
    'CloudFront-Viewer-Address',
    'CloudFront-Viewer-ASN',
    'CloudFront-Viewer-City',
    'CloudFront-Viewer-Country',
    'CloudFront-Viewer-Country-Name',
    'CloudFront-Viewer-Country-Region',
    'CloudFront-Viewer-Country-Region-Name',
    'CloudFront-Viewer-Header-Count',
    'CloudFront-Viewer-Header-Order',
    'CloudFront-Viewer-Http-Version',
    'CloudFront-Viewer-JA3-Fingerprint',
    'CloudFront-Viewer-JA4-Fingerprint',
    'CloudFront-Viewer-Latitude',
    'CloudFront-Viewer-Longitude',
    'CloudFront-Viewer-Metro-Code',
    'CloudFront-Viewer-Postal-Code',
    'CloudFront-Viewer-Time-Zone',
    'CloudFront-Viewer-TLS',
    'CloudFront-Error-Args',
    'CloudFront-Error-Uri',
  ].map((name) => [name.toLowerCase(), name]),
);

/** Names come from origins and viewers, so what is remembered is bounded. */
const MEMORY = 1024;
const remembered = new Map<string, string>(EXCEPTIONS);

/** The HTTP/1.1 spelling of a lower-case field name. */
export function fieldCase(name: string): string {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const cased = name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
  if (remembered.size < MEMORY) remembered.set(name, cased);
  return cased;
}
