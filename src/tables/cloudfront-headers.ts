/**
 * The CloudFront-* request headers that a policy may ask for: facts 7.3. What each says about a request is decided in
 * core/viewer-request/cloudfront-header.ts; when it is sent, in core/origin-request/build-origin-request.ts.
 */

export interface CloudFrontHeader {
  readonly name: string;
  /** What must be known to send it. */
  readonly source: 'device' | 'connection' | 'geo' | 'tls' | 'fingerprint' | 'header list' | 'error page' | 'client certificate';
  /** May a cache policy name it, and so key it? */
  readonly inCachePolicy: boolean;
  /** One of the headers of Managed-AllViewerAndCloudFrontHeaders-2022-06. */
  readonly in2022: boolean;
}

export const CLOUDFRONT_HEADERS: readonly CloudFrontHeader[] = [
  row('CloudFront-Is-Android-Viewer', 'device', 'keyable', '2022-06'),
  row('CloudFront-Is-Desktop-Viewer', 'device', 'keyable', '2022-06'),
  row('CloudFront-Is-IOS-Viewer', 'device', 'keyable', '2022-06'),
  row('CloudFront-Is-Mobile-Viewer', 'device', 'keyable', '2022-06'),
  row('CloudFront-Is-SmartTV-Viewer', 'device', 'keyable', '2022-06'),
  row('CloudFront-Is-Tablet-Viewer', 'device', 'keyable', '2022-06'),
  row('CloudFront-Forwarded-Proto', 'connection', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Address', 'connection', 'not keyable', '2022-06'),
  row('CloudFront-Viewer-Http-Version', 'connection', 'keyable', '2022-06'),
  row('CloudFront-Viewer-ASN', 'geo', 'not keyable', '2022-06'),
  row('CloudFront-Viewer-City', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Country', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Country-Name', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Country-Region', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Country-Region-Name', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Latitude', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Longitude', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Metro-Code', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Postal-Code', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-Time-Zone', 'geo', 'keyable', '2022-06'),
  row('CloudFront-Viewer-TLS', 'tls', 'not keyable', '2022-06'),
  row('CloudFront-Viewer-JA3-Fingerprint', 'fingerprint', 'not keyable'),
  row('CloudFront-Viewer-JA4-Fingerprint', 'fingerprint', 'not keyable'),
  row('CloudFront-Viewer-Header-Count', 'header list', 'not keyable'),
  row('CloudFront-Viewer-Header-Order', 'header list', 'not keyable'),
  row('CloudFront-Error-Args', 'error page', 'not keyable'),
  row('CloudFront-Error-Uri', 'error page', 'not keyable'),
  row('CloudFront-Viewer-Cert-Issuer', 'client certificate', 'keyable'),
  row('CloudFront-Viewer-Cert-Pem', 'client certificate', 'not keyable'),
  row('CloudFront-Viewer-Cert-Present', 'client certificate', 'keyable'),
  row('CloudFront-Viewer-Cert-Serial-Number', 'client certificate', 'keyable'),
  row('CloudFront-Viewer-Cert-Sha256', 'client certificate', 'keyable'),
  row('CloudFront-Viewer-Cert-Subject', 'client certificate', 'keyable'),
  row('CloudFront-Viewer-Cert-Validity', 'client certificate', 'not keyable'),
];

/** Every header above begins so, lower case. Ours: one that a viewer sends under such a name is dropped, listed or not. */
export const CLOUDFRONT_PREFIX = 'cloudfront-';

/** The names of Managed-AllViewerAndCloudFrontHeaders-2022-06, lower case. */
export const CLOUDFRONT_HEADERS_2022: readonly string[] = CLOUDFRONT_HEADERS.filter((header) => header.in2022).map((header) =>
  header.name.toLowerCase(),
);

function row(
  name: string,
  source: CloudFrontHeader['source'],
  keyable: 'keyable' | 'not keyable',
  list?: '2022-06',
): CloudFrontHeader {
  return { name, source, inCachePolicy: keyable === 'keyable', in2022: list !== undefined };
}
