/**
 * The content types that CloudFront compresses (facts 6), as the guide lists them. What else must hold is decided in
 * core/origin-response/decide-compression.ts. Not in the list, though one might think so: application/ld+json,
 * application/manifest+json, application/geo+json, image/x-icon, font/woff2, text/markdown.
 */

const APPLICATION = [
  'dash+xml',
  'eot',
  'font',
  'font-sfnt',
  'javascript',
  'json',
  'opentype',
  'otf',
  'pdf',
  'pkcs7-mime',
  'protobuf',
  'rss+xml',
  'truetype',
  'ttf',
  'vnd.apple.mpegurl',
  'vnd.mapbox-vector-tile',
  'vnd.ms-fontobject',
  'wasm',
  'xhtml+xml',
  'xml',
  'x-font-opentype',
  'x-font-truetype',
  'x-font-ttf',
  'x-httpd-cgi',
  'x-javascript',
  'x-mpegurl',
  'x-opentype',
  'x-otf',
  'x-perl',
  'x-ttf',
];
const FONT = ['eot', 'opentype', 'otf', 'ttf'];
const IMAGE = ['svg+xml'];
const TEXT = [
  'css',
  'csv',
  'html',
  'javascript',
  'js',
  'plain',
  'richtext',
  'tab-separated-values',
  'xml',
  'x-component',
  'x-java-source',
  'x-script',
];

/** Lower case. The last one has no top-level type: CloudFront lists it so. */
export const COMPRESSIBLE_TYPES: ReadonlySet<string> = new Set([
  ...APPLICATION.map((subtype) => `application/${subtype}`),
  ...FONT.map((subtype) => `font/${subtype}`),
  ...IMAGE.map((subtype) => `image/${subtype}`),
  ...TEXT.map((subtype) => `text/${subtype}`),
  'vnd.apple.mpegurl',
]);

/** Is this value of Content-Type in the list? CloudFront: parameters and case do not count. */
export function isCompressibleType(contentType: string): boolean {
  const semicolon = contentType.indexOf(';');
  return COMPRESSIBLE_TYPES.has((semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase());
}
