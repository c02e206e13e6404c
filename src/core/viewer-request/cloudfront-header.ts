/**
 * What a CloudFront-* header says about a request: facts 7.3. Used for the cache key and for the origin request alike, so that both
 * hold the same. Where it comes from: the connection, the User-Agent, or the viewer's place when the edge knows one.
 * Which headers exist: tables/cloudfront-headers.ts. A viewer's own CloudFront-* fields are never looked at.
 */
import { fieldValue } from '../../http/fields.ts';
import type { Instant } from '../../model/units.ts';
import type { ClientCertificate, ViewerRequest } from '../request.ts';
import { detectDevice, type Device } from './device.ts';

/** Where the viewer's address is, as far as known. Plain text; encoding for the header is done here. */
export interface ViewerPlace {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
  readonly countryName?: string | undefined;
  /** The part after the hyphen of ISO 3166-2. */
  readonly region?: string | undefined;
  readonly regionName?: string | undefined;
  readonly city?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly metroCode?: string | undefined;
  readonly postalCode?: string | undefined;
  /** IANA. */
  readonly timeZone?: string | undefined;
  readonly asn?: number | undefined;
}

/** What a certificate says of its holder, in the words of the header; nothing where the viewer showed none. */
function certificate(says: (shown: ClientCertificate) => string | undefined): Says {
  return ({ tls }) => tls?.clientCertificate && says(tls.clientCertificate);
}

type Says = (request: ViewerRequest, place: ViewerPlace) => string | undefined;

const HEADERS: ReadonlyMap<string, Says> = new Map<string, Says>([
  ['cloudfront-error-args', ({ errorOf }) => errorOf?.query],
  ['cloudfront-error-uri', ({ errorOf }) => errorOf?.path],
  ['cloudfront-forwarded-proto', (request) => request.scheme],
  ['cloudfront-is-android-viewer', (request) => deviceIs(request, 'android')],
  ['cloudfront-is-desktop-viewer', (request) => deviceIs(request, 'desktop')],
  ['cloudfront-is-ios-viewer', (request) => deviceIs(request, 'ios')],
  ['cloudfront-is-mobile-viewer', (request) => deviceIs(request, 'mobile')],
  ['cloudfront-is-smarttv-viewer', (request) => deviceIs(request, 'smartTv')],
  ['cloudfront-is-tablet-viewer', (request) => deviceIs(request, 'tablet')],
  // CloudFront: an IPv6 address stands without brackets.
  ['cloudfront-viewer-address', (request) => `${request.viewerAddress}:${request.viewerPort}`],
  ['cloudfront-viewer-asn', (_, place) => place.asn?.toFixed(0)],
  ['cloudfront-viewer-cert-issuer', certificate(({ issuer }) => issuer)],
  // CloudFront: absent in passthrough, where nobody has judged it; Client-Cert says it there.
  ['cloudfront-viewer-cert-pem', certificate(({ trustedBy, pem }) => trustedBy && encodeURIComponent(pem))],
  ['cloudfront-viewer-cert-present', ({ tls }) => (tls?.clientCertificate === undefined ? '0' : '1')],
  ['cloudfront-viewer-cert-serial-number', certificate(({ serialNumber }) => serialNumber)],
  ['cloudfront-viewer-cert-sha256', certificate(({ sha256 }) => sha256)],
  ['cloudfront-viewer-cert-subject', certificate(({ subject }) => subject)],
  [
    'cloudfront-viewer-cert-validity',
    certificate(({ notBefore, notAfter }) => `NotBefore=${inSeconds(notBefore)};NotAfter=${inSeconds(notAfter)}`),
  ],
  ['cloudfront-viewer-city', (_, place) => encoded(place.city)],
  ['cloudfront-viewer-country', (_, place) => place.country],
  ['cloudfront-viewer-country-name', (_, place) => ascii(place.countryName)],
  ['cloudfront-viewer-country-region', (_, place) => place.region],
  ['cloudfront-viewer-country-region-name', (_, place) => ascii(place.regionName)],
  ['cloudfront-viewer-http-version', (request) => request.httpVersion],
  ['cloudfront-viewer-latitude', (_, place) => place.latitude?.toFixed(5)],
  ['cloudfront-viewer-longitude', (_, place) => place.longitude?.toFixed(5)],
  ['cloudfront-viewer-metro-code', (_, place) => place.metroCode],
  ['cloudfront-viewer-postal-code', (_, place) => ascii(place.postalCode)],
  ['cloudfront-viewer-time-zone', (_, place) => place.timeZone],
  ['cloudfront-viewer-tls', ({ tls }) => tls && `${tls.version}:${tls.cipher}:${tls.handshake}`],
]);

/** The header's value, or undefined when what it says is unknown: it is then left out. `name` in lower case. */
export function cloudFrontHeader(name: string, request: ViewerRequest, place: ViewerPlace): string | undefined {
  return HEADERS.get(name)?.(request, place);
}

function deviceIs(request: ViewerRequest, kind: keyof Device): string {
  return String(detectDevice(fieldValue(request.fields, 'user-agent') ?? '')[kind]);
}

/** `2026-01-02T03:04:05Z` */
function inSeconds(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** CloudFront: in a city's name spaces and what is not ASCII are percent-encoded; elsewhere spaces stay. */
function encoded(text: string | undefined): string | undefined {
  return text?.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent);
}

function ascii(text: string | undefined): string | undefined {
  return text?.replaceAll(/[^\x20-\x7e]+/g, encodeURIComponent);
}
