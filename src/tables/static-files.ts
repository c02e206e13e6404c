/**
 * What a static file of each extension is served as: the beginnings of its media types. Used to tell a page that passes for a file from the
 * file (Gil, "Web Cache Deception", 2017). Octets of no known kind are never a contradiction.
 */

const SCRIPT = [
  'text/javascript',
  'application/javascript',
  'application/x-javascript',
  'text/ecmascript',
  'application/ecmascript',
];
const IMAGE = ['image/'];
const FONT = ['font/', 'application/font', 'application/x-font', 'application/vnd.ms-fontobject'];
const MEDIA = ['audio/', 'video/', 'application/ogg', 'application/mp4'];
const ARCHIVE = ['application/zip', 'application/gzip', 'application/x-'];
const DOCUMENT = ['application/pdf', 'application/msword', 'application/vnd.', 'application/rtf', 'text/rtf'];

export const STATIC_FILES: ReadonlyMap<string, readonly string[]> = new Map([
  ['css', ['text/css']],
  ['js', SCRIPT],
  ['mjs', SCRIPT],
  ['map', ['application/json', ...SCRIPT]],
  ['wasm', ['application/wasm']],
  ['csv', ['text/csv', 'application/csv', 'text/plain', 'application/vnd.ms-excel']],
  ['txt', ['text/plain']],
  ['swf', ['application/x-shockwave-flash', 'application/vnd.']],
  ['jar', ['application/java-archive', 'application/x-java-archive']],
  ...['avif', 'bmp', 'gif', 'ico', 'jpeg', 'jpg', 'png', 'svg', 'svgz', 'tif', 'tiff', 'webp'].map(row(IMAGE)),
  ...['eot', 'otf', 'ttf', 'woff', 'woff2'].map(row(FONT)),
  ...['aac', 'avi', 'flac', 'mid', 'mkv', 'mov', 'mp3', 'mp4', 'ogg', 'wav', 'webm'].map(row(MEDIA)),
  ...['7z', 'bz2', 'gz', 'rar', 'tar', 'tgz', 'zip', 'zst'].map(row(ARCHIVE)),
  ...['doc', 'docx', 'pdf', 'ppt', 'pptx', 'rtf', 'xls', 'xlsx'].map(row(DOCUMENT)),
]);

/** Types that say nothing of what they hold. */
export const UNKNOWN_OCTETS: ReadonlySet<string> = new Set(['application/octet-stream', 'binary/octet-stream']);

function row(types: readonly string[]): (extension: string) => readonly [string, readonly string[]] {
  return (extension) => [extension, types];
}
