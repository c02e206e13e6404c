/**
 * A file of requests for `warmfront waf test`, in one of the forms in which people have them: a HAR of a browser (JSON), an access log of
 * CloudFront or Warmfront, or HTTP requests as they are written on a connection, with a line `###` between two of them. Which it is, is seen
 * from its beginning. Throws UsageError, which names the place.
 */
import type { WafTestRequest } from '../../model/waf-test.ts';
import { UsageError } from '../usage-error.ts';

/** `octets`: the file, one character for each octet. */
export function readRequests(octets: string, file: string): readonly WafTestRequest[] {
  const start = octets.trimStart();
  if (start.startsWith('{')) return fromHar(start, file);
  if (start.startsWith('#Version') || start.startsWith('#Fields')) return fromAccessLog(start, file);
  return fromRawRequests(octets, file);
}

function fromHar(text: string, file: string): readonly WafTestRequest[] {
  let har: unknown;
  try {
    har = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  } catch (error) {
    throw new UsageError(`${file}: it begins like a HAR and is no JSON: ${String(error)}`);
  }
  const entries = at(at(har, 'log'), 'entries');
  if (!Array.isArray(entries)) throw new UsageError(`${file}: JSON, but no HAR: it has no log.entries`);
  return entries.map((entry: unknown, index): WafTestRequest => {
    const request = at(entry, 'request');
    const [url, method, headers, started] = [
      at(request, 'url'),
      at(request, 'method'),
      at(request, 'headers'),
      at(entry, 'startedDateTime'),
    ];
    if (typeof url !== 'string' || typeof method !== 'string')
      throw new UsageError(`${file}: log.entries[${index}] has no request`);
    const pairs = (Array.isArray(headers) ? headers : []).map(
      (header: unknown) => [String(at(header, 'name')), octetsOf(String(at(header, 'value')))] as const,
    );
    const posted = at(at(request, 'postData'), 'text');
    return {
      url,
      method,
      // HTTP/2 has its pseudo-headers among them.
      headers: pairs.filter(([name]) => !name.startsWith(':')),
      ...(typeof posted === 'string' && { body: octetsOf(posted) }),
      ...(typeof started === 'string' && !Number.isNaN(Date.parse(started)) && { at: Date.parse(started) }),
    };
  });
}

function fromAccessLog(text: string, file: string): readonly WafTestRequest[] {
  const lines = text.split('\n');
  const names = lines
    .find((line) => line.startsWith('#Fields:'))
    ?.slice('#Fields:'.length)
    .trim()
    .split(/\s+/);
  if (names === undefined) throw new UsageError(`${file}: an access log without a line of #Fields`);
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line, index): WafTestRequest => {
      const values = line.split('\t');
      const field = (name: string): string | undefined => {
        const value = values[names.indexOf(name)];
        return value === undefined || value === '-' ? undefined : decoded(value);
      };
      const [method, path, query] = [field('cs-method'), field('cs-uri-stem'), field('cs-uri-query')];
      const host = field('x-host-header') ?? field('cs(Host)');
      if (method === undefined || path === undefined || host === undefined) {
        throw new UsageError(`${file}: request ${index + 1} has no cs-method, cs-uri-stem or host`);
      }
      const named = [
        ['User-Agent', field('cs(User-Agent)')],
        ['Referer', field('cs(Referer)')],
        ['Cookie', field('cs(Cookie)')],
      ] as const;
      const time = Date.parse(`${field('date')}T${field('time')}Z`);
      return {
        url: `${field('cs-protocol') ?? 'https'}://${host}${path}${query === undefined ? '' : `?${query}`}`,
        method,
        headers: named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
        ...(field('c-ip') !== undefined && { from: field('c-ip') }),
        ...(!Number.isNaN(time) && { at: time }),
      };
    });
}

function fromRawRequests(text: string, file: string): readonly WafTestRequest[] {
  const parts = text.split(/^###.*\r?\n?/m).filter((part) => part.trim() !== '');
  return parts.map((part, index) => {
    const trimmed = part.replace(/^(?:\r?\n)+/, '');
    const end = /\r?\n\r?\n|$/.exec(trimmed)!;
    const [line = '', ...fields] = trimmed.slice(0, end.index).split(/\r?\n/);
    const [, method, target] = /^(\S+) (\S+)(?: HTTP\/[\d.]+)?$/.exec(line.trimEnd()) ?? [];
    const where = `${file}: request ${index + 1}`;
    if (method === undefined || target === undefined)
      throw new UsageError(`${where}: "${line}" is no request line: METHOD target HTTP/1.1`);
    const headers = fields
      .filter((field) => field !== '')
      .map((field) => {
        const colon = field.indexOf(':');
        if (colon < 1) throw new UsageError(`${where}: "${field}" is no header`);
        return [field.slice(0, colon), field.slice(colon + 1).trim()] as const;
      });
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
    if (!/^https?:/.test(target) && host === undefined) throw new UsageError(`${where}: it has no Host`);
    const body = trimmed.slice(end.index + end[0].length).replace(/\r?\n$/, '');
    return {
      url: /^https?:/.test(target) ? target : `http://${host}${target}`,
      method,
      headers,
      ...(body !== '' && { body }),
    };
  });
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** CloudFront: once percent-encoded, whatever it was before. */
function decoded(value: string): string {
  return value.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function octetsOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
