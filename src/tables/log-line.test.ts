import { describe, expect, test } from 'bun:test';
import type { Delivery, Outcome } from '../core/outcome.ts';
import type { ViewerRequest } from '../core/request.ts';
import { EXTENSION_FIELDS, LOG_FIELDS } from './log-fields.ts';
import { encodeLogValue } from './log-encoding.ts';
import { LOG_HEAD, logLine } from './log-line.ts';
import {
  LOG_CONTEXT as context,
  LOGGED_DELIVERY as delivery,
  LOGGED_OUTCOME as outcome,
  LOGGED_REQUEST as request,
} from '../../test/samples/log-entry.ts';

const values = (changes: { request?: Partial<ViewerRequest>; outcome?: Partial<Outcome>; delivery?: Partial<Delivery> } = {}) => {
  const line = logLine(
    { ...request, ...changes.request },
    { ...outcome, ...changes.outcome },
    { ...delivery, ...changes.delivery },
    context,
  );
  expect(line).toEndWith('\n');
  const columns = line.slice(0, -1).split('\t');
  const fields = [...LOG_FIELDS, ...EXTENSION_FIELDS];
  expect(columns).toHaveLength(fields.length);
  return Object.fromEntries(fields.map(({ name }, index) => [name, columns[index]]));
};

describe('a log line', () => {
  test('has the 33 fields of CloudFront’s standard log, and ours behind them', () => {
    expect(LOG_FIELDS).toHaveLength(33);
    expect(LOG_HEAD).toBe(
      '#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) ' +
        'cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken ' +
        'x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields ' +
        'c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end ' +
        'x-warmfront-reason\n',
    );
  });

  test('says what happened', () => {
    expect(values()).toEqual({
      date: '2026-01-02',
      time: '03:04:06',
      'x-edge-location': 'FRA56-P1',
      'sc-bytes': '191',
      'c-ip': '192.0.2.7',
      'cs-method': 'GET',
      'cs(Host)': 'd1.cloudfront.localhost',
      'cs-uri-stem': '/a%20b/%E9%2520.html',
      'sc-status': '206',
      'cs(Referer)': 'https://r.test/',
      'cs(User-Agent)': 'Mozilla/5.0%20(X11)',
      'cs-uri-query': 'x=1&y=%222%22',
      'cs(Cookie)': '-',
      'x-edge-result-type': 'Hit',
      'x-edge-request-id': `${'a'.repeat(54)}==`,
      'x-host-header': 'www.example.com',
      'cs-protocol': 'https',
      'cs-bytes': '166',
      'time-taken': '1.234',
      'x-forwarded-for': '10.0.0.1',
      'ssl-protocol': '-',
      'ssl-cipher': '-',
      'x-edge-response-result-type': 'Hit',
      'cs-protocol-version': 'HTTP/3.0',
      'fle-status': '-',
      'fle-encrypted-fields': '-',
      'c-port': '4711',
      'time-to-first-byte': '0.012',
      'x-edge-detailed-result-type': 'Hit',
      'sc-content-type': 'text/html;%20charset=utf-8',
      'sc-content-len': '100',
      'sc-range-start': '0',
      'sc-range-end': '99',
      'x-warmfront-reason': 'hit',
    });
  });

  const rows: [name: string, changes: Parameters<typeof values>[0], want: Record<string, string>][] = [
    ['no query', { request: { query: undefined } }, { 'cs-uri-query': '-' }],
    ['an empty query', { request: { query: '' } }, { 'cs-uri-query': '-' }],
    ['TLS does not tell the version', { request: { httpVersion: undefined } }, { 'cs-protocol-version': '-' }],
    ['an unknown host', { outcome: { distributionId: undefined } }, { 'cs(Host)': '-' }],
    [
      'the viewer left mid-body',
      { delivery: { complete: false } },
      {
        'x-edge-result-type': 'Error',
        'x-edge-response-result-type': 'Hit',
        'x-edge-detailed-result-type': 'ClientCommError',
        'sc-status': '206',
      },
    ],
    [
      'the viewer left before anything was sent',
      { delivery: { complete: false, bodyBytes: 0, timeToFirstByte: 5, timeTaken: 5 } },
      { 'sc-status': '000' },
    ],
    [
      'a response nobody described',
      { delivery: { responseFields: [[], [], []] } },
      { 'sc-content-type': '-', 'sc-range-start': '-', 'sc-range-end': '-' },
    ],
    ['a body counts as bytes from the viewer', { request: { body: { kind: 'length', length: 1000 } } }, { 'cs-bytes': '1166' }],
    [
      'a WebSocket that has come to its end',
      { request: { upgrade: 'websocket' }, outcome: { status: 101 }, delivery: { receivedBytes: 30, timeTaken: 60_000 } },
      { time: '03:05:05', 'cs-protocol': 'wss', 'cs-bytes': '196', 'sc-bytes': '191', 'sc-status': '101' },
    ],
    [
      'one over clear text',
      { request: { upgrade: 'websocket', scheme: 'http' }, outcome: { status: 101 } },
      { 'cs-protocol': 'ws' },
    ],
    [
      'a handshake that came to nothing',
      { request: { upgrade: 'websocket' }, outcome: { status: 403 } },
      { 'cs-protocol': 'https' },
    ],
  ];
  test.each(rows)('%s', (_name, changes, want) => {
    expect(values(changes)).toMatchObject(want);
  });
});

describe('values', () => {
  test.each([
    ['nothing to encode', 'aZ09!$&()*+,-./:;=?@_', 'aZ09!$&()*+,-./:;=?@_'],
    ['what CloudFront lists', `<>"#%{}|\\^~[]\`'`, '%3C%3E%22%23%25%7B%7D%7C%5C%5E%7E%5B%5D%60%27'],
    ['separators cannot be forged', 'a\tb\nc d\r', 'a%09b%0Ac%20d%0D'],
    ['octets from 127 on', '\x7f\x80\xe9\xff', '%7F%80%E9%FF'],
    ['already encoded', '%20', '%2520'],
    ['beyond octets', 'Ā€\u{1f600}', '%C4%80%E2%82%AC%F0%9F%98%80'],
  ])('%s', (_name, value, want) => {
    expect(encodeLogValue(value)).toBe(want);
  });
});
