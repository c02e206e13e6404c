/**
 * Multipart bodies (RFC 7578, RFC 2046 5.1) as lenient as the applications that rules protect: line ends may be bare, the last boundary may be
 * missing (what was read ended there), names may stand without quotes.
 */

export interface MultipartPart {
  readonly name: string;
  /** Undefined for a field that is no file. */
  readonly filename: string | undefined;
  /** Whole lines, as sent. */
  readonly headers: readonly string[];
  readonly content: string;
}

/** Ours: more parts than this are not told apart; the last one holds the rest. */
const MOST_PARTS = 200;

/** None where the type names no boundary. */
export function parseMultipart(body: string, contentType: string): readonly MultipartPart[] {
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;,"]+))/i.exec(contentType);
  if (boundary === null) return [];
  const sections = body.split(`--${boundary[1] ?? boundary[2]}`);
  const first = sections.slice(1, MOST_PARTS);
  if (sections.length > MOST_PARTS) first.push(sections.slice(MOST_PARTS).join(''));
  return first.filter((section) => !section.startsWith('--')).map(readPart);
}

function readPart(section: string): MultipartPart {
  const text = section.replace(/^[ \t]*\r?\n/, '').replace(/\r?\n$/, '');
  const end = /\r?\n\r?\n/.exec(text);
  const head = text.startsWith('\r\n') || text.startsWith('\n') ? '' : text.slice(0, end?.index);
  const content = end === null ? '' : text.slice(end.index + end[0].length);
  const headers = head.split(/\r?\n/).filter((line) => line !== '');
  const disposition = headers.find((line) => /^content-disposition\s*:/i.test(line)) ?? '';
  return { name: parameter(disposition, 'name') ?? '', filename: parameter(disposition, 'filename'), headers, content };
}

/** RFC 7578 4.2; also the extended form of RFC 5987, which forms must not use and attackers do. */
function parameter(header: string, name: string): string | undefined {
  const quoted = new RegExp(`[;\\s]${name}\\*?\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"?|([^;\\r\\n]*))`, 'is').exec(header);
  return quoted === null ? undefined : (quoted[1] ?? quoted[2]!);
}
