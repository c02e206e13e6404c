/**
 * Scalars as text, in XML, query strings, header fields and paths: strict, so that nothing becomes NaN or false by accident.
 * Smithy 2.0: simple types, timestamp formats. JSON has its own scalars (json-codec.ts).
 */
import { WireFault } from './faults.ts';
import type { ScalarShape, TimestampFormat } from './model.ts';

/** The value that `text` stands for. `path` names it in the fault. */
export function readScalar(shape: ScalarShape, text: string, path: string): unknown {
  switch (shape.type) {
    case 'string':
      return text;
    case 'number':
    case 'integer':
    case 'long':
      return readNumber(shape.type, text, path);
    case 'boolean':
      return readBoolean(text, path);
    case 'blob':
      return readBase64(text, path);
    case 'timestamp':
      return readTimestamp(text, path);
    case 'document':
      throw new WireFault('structure', `${path}: a document cannot be written as text`);
  }
}

/** The text of a value that a handler gave. `usual` is the timestamp format of the place where it is written. */
export function writeScalar(shape: ScalarShape, value: unknown, usual: TimestampFormat): string {
  if (shape.type === 'blob') return writeBase64(value);
  if (shape.type === 'timestamp') return writeTimestamp(value, shape.timestamp ?? usual);
  return String(value);
}

/** `value` is a Date or whatever Date takes. */
export function writeTimestamp(value: unknown, format: TimestampFormat): string {
  const date = value instanceof Date ? value : new Date(value as string | number);
  if (format === 'http-date') return date.toUTCString();
  return format === 'date-time' ? date.toISOString() : String(date.getTime() / 1000);
}

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const WHOLE = /^[-+]?\d+$/;
const MAX_INTEGER = 2 ** 31 - 1;

function readNumber(type: 'number' | 'integer' | 'long', text: string, path: string): number {
  const trimmed = text.trim();
  if (type === 'number' && ['NaN', 'Infinity', '-Infinity'].includes(trimmed)) return Number(trimmed);
  const number = Number(trimmed);
  const fits =
    type === 'number' ? Number.isFinite(number) : Math.abs(number) <= (type === 'long' ? Number.MAX_SAFE_INTEGER : MAX_INTEGER);
  if (!(type === 'number' ? NUMBER : WHOLE).test(trimmed) || !fits) {
    throw new WireFault('structure', `${path}: '${shown(text)}' is not ${type === 'number' ? 'a number' : 'a whole number'}`);
  }
  return number;
}

function readBoolean(text: string, path: string): boolean {
  const trimmed = text.trim();
  if (trimmed !== 'true' && trimmed !== 'false') {
    throw new WireFault('structure', `${path}: '${shown(text)}' is neither 'true' nor 'false'`);
  }
  return trimmed === 'true';
}

/** Standard alphabet; line breaks are allowed, padding may be left out. RFC 4648 4. */
export function readBase64(text: string, path: string): Uint8Array {
  const packed = text.replaceAll(/[ \t\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed) || packed.replaceAll('=', '').length % 4 === 1) {
    throw new WireFault('structure', `${path}: not base64`);
  }
  return new Uint8Array(Buffer.from(packed, 'base64'));
}

/** `value` is a Uint8Array, or a string that stands for its UTF-8 bytes. */
export function writeBase64(value: unknown): string {
  return (typeof value === 'string' ? Buffer.from(value) : Buffer.from(value as Uint8Array)).toString('base64');
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[-+]\d{2}:?\d{2})$/i;
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Any of the three formats, since clients' versions differ in which they send where. */
function readTimestamp(text: string, path: string): Date {
  const trimmed = text.trim();
  const date = NUMBER.test(trimmed) ? new Date(Number(trimmed) * 1000) : new Date(trimmed);
  const isKnown = NUMBER.test(trimmed) || DATE_TIME.test(trimmed) || HTTP_DATE.test(trimmed);
  if (!isKnown || Number.isNaN(date.getTime())) throw new WireFault('structure', `${path}: '${shown(text)}' is not a timestamp`);
  return date;
}

/** Enough of a foreign value to recognise it. */
export function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
