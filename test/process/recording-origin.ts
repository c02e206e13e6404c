/**
 * An origin that reads as strictly as RFC 9112 lets it, and keeps each request in its own octets: what a gateway must never make
 * possible (RFC 9112 11.2) shows as a request too many, or as one that is none.
 */
import { createServer, type AddressInfo } from 'node:net';

export interface RecordingOrigin {
  readonly port: number;
  /** What came, in order: whole requests, or `broken: ...` where none could be read. */
  readonly asked: string[];
  close(): void;
}

export async function startRecordingOrigin(): Promise<RecordingOrigin> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    let inbox = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      inbox += bytes.toString('latin1');
      for (let end = endOfRequest(inbox); end !== undefined; end = endOfRequest(inbox)) {
        if (typeof end === 'string') {
          asked.push(`broken: ${end}: ${inbox}`);
          socket.destroy();
          return;
        }
        const isHead = inbox.startsWith('HEAD ');
        asked.push(inbox.slice(0, end));
        inbox = inbox.slice(end);
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${isHead ? '' : 'ok'}`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, asked, close: () => server.close() };
}

const REQUEST_LINE = /^[A-Z]+ \/[\x21-\x7e]* HTTP\/1\.1$/;
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([\t\x20-\x7e\x80-\xff]*)$/;
const OF_A_CONNECTION = /^(keep-alive|proxy-.*|te|trailer|upgrade|content_length|transfer_encoding)$/;

/** Where the first request of `text` ends; undefined while it has not; or what is wrong with it. */
function endOfRequest(text: string): number | string | undefined {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const [line = '', ...lines] = text.slice(0, head).split('\r\n');
  if (!REQUEST_LINE.test(line)) return 'request line';
  const fields = new Map<string, string>();
  for (const fieldLine of lines) {
    const [, name = '', value = ''] = FIELD_LINE.exec(fieldLine) ?? [];
    if (name === '') return `field line ${fieldLine}`;
    const key = name.toLowerCase();
    if (OF_A_CONNECTION.test(key)) return `${name} was passed on`;
    if (fields.has(key) && /^(host|content-length|transfer-encoding)$/.test(key)) return `two of ${name}`;
    fields.set(key, value);
  }
  const length = fields.get('content-length');
  const coding = fields.get('transfer-encoding');
  if (!fields.has('host')) return 'no Host';
  if (coding !== undefined) return length === undefined && coding === 'chunked' ? endOfChunks(text, head + 4) : 'framing';
  if (length !== undefined && !/^(0|[1-9][0-9]*)$/.test(length)) return 'Content-Length';
  const end = head + 4 + Number(length ?? 0);
  return text.length < end ? undefined : end;
}

function endOfChunks(text: string, from: number): number | string | undefined {
  for (let at = from; ;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const line = text.slice(at, lineEnd);
    if (!/^[0-9a-f]+$/.test(line)) return `chunk ${line}`;
    const end = lineEnd + 2 + Number.parseInt(line, 16) + 2;
    if (text.length < end) return undefined;
    if (text.slice(end - 2, end) !== '\r\n') return 'end of a chunk';
    if (end === lineEnd + 4) return end;
    at = end;
  }
}
