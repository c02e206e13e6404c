/**
 * The head of a viewer's HTTP/1.1 request becomes the core's ViewerRequest. What cannot be read as HTTP has it becomes a request with a
 * fault, which the core refuses with CloudFront's page; nothing of it ever reaches an origin. RFC 9112 3 to 6.
 */
import type { RequestFault, ViewerRequest, ViewerTls } from '../../../core/request.ts';
import { parseRequestLine, type RequestLine } from '../../../http/request-line.ts';
import { parseRequestSection, type RequestSection } from '../../../http/request-section.ts';

/** Whose request it is. */
export interface RequestSource {
  readonly scheme: ViewerRequest['scheme'];
  readonly viewerAddress: string;
  readonly viewerPort: number;
  /** Asked once for each request (tlsOfRequests). */
  readonly tls: () => ViewerTls | undefined;
}

export interface ReadHead {
  readonly request: ViewerRequest;
  /** Undefined when the request has a fault: then nothing is known of what follows it. */
  readonly section: RequestSection | undefined;
  readonly persists: boolean;
}

const NO_BODY = { kind: 'none' } as const;

export interface HeadReader {
  /** `head`: octet by octet, from the request line to the last field line, with its CR LF. `recurs`: as the request will say. */
  read(head: string, recurs?: boolean): ReadHead;
  /** A request of which so much is known that it is refused. */
  refuse(kind: RequestFault['kind'], message: string): ReadHead;
}

export function createHeadReader(source: RequestSource): HeadReader {
  let lastText = '';
  let lastSection: RequestSection | undefined;

  function sectionOf(text: string): RequestSection | string {
    if (lastSection !== undefined && text === lastText) return lastSection;
    const section = parseRequestSection(text);
    if (typeof section !== 'string') {
      lastText = text;
      lastSection = section;
    }
    return section;
  }

  function refuse(kind: RequestFault['kind'], message: string, line?: RequestLine, section?: RequestSection): ReadHead {
    const request: ViewerRequest = {
      method: line?.method ?? '',
      scheme: source.scheme,
      httpVersion: line?.minor === 0 ? '1.0' : '1.1',
      host: section?.host ?? '',
      path: line?.path ?? '/',
      query: line?.query,
      fields: section?.fields ?? [],
      viewerAddress: source.viewerAddress,
      viewerPort: source.viewerPort,
      body: NO_BODY,
      tls: source.tls(),
      fault: { kind, message },
    };
    return { request, section: undefined, persists: false };
  }

  function read(head: string, recurs = false): ReadHead {
    const end = head.indexOf('\r\n');
    const line = parseRequestLine(head.slice(0, end), source.scheme);
    if (typeof line === 'string') return refuse('malformed', line);
    const section = sectionOf(head.slice(end + 2));
    if (typeof section === 'string') return refuse('malformed', section, line);
    const wrong = faultBetween(line, section);
    if (wrong !== undefined) return refuse('malformed', wrong, line, section);
    const isWebSocket = section.isWebSocket && line.method === 'GET' && line.minor === 1;
    const request: ViewerRequest = {
      method: line.method,
      scheme: source.scheme,
      httpVersion: line.minor === 0 ? '1.0' : '1.1',
      host: section.host ?? (line.minor === 0 ? line.authority : undefined) ?? '',
      path: line.path,
      query: line.query,
      fields: section.fields,
      viewerAddress: source.viewerAddress,
      viewerPort: source.viewerPort,
      body: section.framing.kind === 'length' && section.framing.length === 0 ? NO_BODY : section.framing,
      fault: undefined,
      tls: source.tls(),
      upgrade: isWebSocket ? 'websocket' : undefined,
      recurs,
    };
    return { request, section, persists: section.persists[line.minor] };
  }

  return { read, refuse };
}

/** What the line and the section, each well-formed, cannot say together. */
function faultBetween(line: RequestLine, section: RequestSection): string | undefined {
  // RFC 9112 6.1: a coding that HTTP/1.0 does not have, so that its sender may not have meant it.
  if (line.minor === 0 && section.framing.kind === 'chunked') return 'it has Transfer-Encoding in an HTTP/1.0 request';
  if (line.authority === undefined) return undefined;
  // Ours: RFC 9112 3.2.2 has the target win; who is told two names could serve one for the other.
  const host = section.host?.toLowerCase();
  return host === undefined || host === line.authority.toLowerCase() ? undefined : 'its target and its Host name different hosts';
}

/** Such a head has no end that is one for everybody: RFC 9112 2.2 lets a reader take it for one, and lets it not. */
export function hasBareLineFeed(octets: Buffer): boolean {
  for (let at = octets.indexOf(10); at >= 0; at = octets.indexOf(10, at + 1)) if (octets[at - 1] !== 13) return true;
  return false;
}
