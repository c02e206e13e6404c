/**
 * Headers that a Lambda@Edge function returned: `{ name: [{ key?, value }] }`, judged. Facts: aws-api B8, data plane 7.2. Used for requests and
 * responses alike.
 */
import { type Field, type Fields, fieldLines } from '../../http/fields.ts';
import { inOctetsReceived, octetsOfText } from '../../http/octet-text.ts';
import { isObject } from '../../model/json-object.ts';
import { isToken, trimWhitespace } from '../../http/token.ts';
import { isDisallowedHeader, LAMBDA_READ_ONLY_HEADERS } from '../../tables/function-headers.ts';
import type { LambdaEventType } from '../../tables/lambda-edge.ts';
import type { LambdaFaults } from './lambda-faults.ts';

/** What a field value cannot hold: RFC 9110 5.5. */
const BAD_VALUE = /[^\t\x20-\x7e\x80-\uffff]/;

/** Lower-case fields, in the order returned. `path` names the map in messages; `before`: what the function got to see. */
export function readLambdaHeaders(
  given: unknown,
  path: string,
  before: Fields,
  eventType: LambdaEventType,
  faults: LambdaFaults,
): Fields {
  // Ours: a function that returns none has taken them all away, as one that returns an empty object.
  const headers = given ?? {};
  if (!isObject(headers)) return faults.add('lambdaInvalid', `${path} must be an object`) ?? [];
  const read = Object.entries(headers).flatMap(([name, entries]) => readHeader(name, entries, path, faults));
  const fields = inOctetsReceived(read, before);
  for (const name of LAMBDA_READ_ONLY_HEADERS[eventType]) {
    if (JSON.stringify(fieldLines(before, name)) !== JSON.stringify(fieldLines(fields, name)))
      faults.add('lambdaReadOnly', `${path}: the header ${name} is read-only for ${eventType} functions`);
  }
  return fields;
}

function readHeader(given: string, entries: unknown, path: string, faults: LambdaFaults): readonly Field[] {
  const at = `${path}[${JSON.stringify(given)}]`;
  const name = given.toLowerCase();
  if (!isToken(name)) return faults.add('lambdaInvalid', `${path}: ${JSON.stringify(given)} is not a header name`) ?? [];
  if (!Array.isArray(entries)) return faults.add('lambdaHeaderEntry', `${at} must be an array of { key, value }`) ?? [];
  // What has no value is no header: a function may leave an empty list behind.
  if (entries.length > 0 && isDisallowedHeader(name))
    faults.add('lambdaBlacklisted', `${path}: the header ${name} is not allowed`);
  return entries.flatMap((entry: unknown, index): Field[] => {
    const where = `${at}[${index}]`;
    if (!isObject(entry)) return faults.add('lambdaInvalid', `${where} must be { key, value }`) ?? [];
    const { key, value } = entry;
    // Ours: the name counts, whatever the key says: functions put the entry of one header under the name of another.
    if (key !== undefined && key !== null && typeof key !== 'string')
      faults.add('lambdaInvalid', `${where}.key must be a string`);
    if (typeof value !== 'string') return faults.add('lambdaInvalid', `${where}.value must be a string`) ?? [];
    const octets = octetsOfText(value);
    if (octets === undefined || BAD_VALUE.test(octets))
      return faults.add('lambdaInvalid', `${where}.value holds a character that a header cannot have`) ?? [];
    return [[name, trimWhitespace(octets)]];
  });
}
