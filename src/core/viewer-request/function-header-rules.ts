/**
 * Headers that a function returns, judged: names, values, and those that are not its own to change. Facts: aws-api B8, data plane 7.2.
 * Used for requests and responses alike.
 */
import type { Field } from '../../http/fields.ts';
import { octetsOfText } from '../../http/octet-text.ts';
import { isToken, trimWhitespace } from '../../http/token.ts';
import { isDisallowedHeader, READ_ONLY_HEADERS } from '../../tables/function-headers.ts';
import type { FunctionEventType, ValueMap } from './function-event.ts';
import { readValues, type Faults } from './function-values.ts';

/** What a field value cannot hold: RFC 9110 5.5. */
const BAD_VALUE = /[^\t\x20-\x7e\x80-\uffff]/;

/** Lower-case fields, in the order returned. `path` is `request.headers` or `response.headers`; `original` is JSON of what was handed in. */
export function readHeaders(
  given: unknown,
  path: string,
  original: string,
  eventType: FunctionEventType,
  faults: Faults,
): readonly Field[] {
  const fields: Field[] = [];
  const readOnly = READ_ONLY_HEADERS[eventType];
  for (const { name: givenName, values } of readValues(given, path, original, faults)) {
    const name = givenName.toLowerCase();
    if (!isToken(name)) faults.add(`${path}: ${JSON.stringify(givenName)} is not a header name`);
    else if (isDisallowedHeader(name)) faults.add(`${path}: the header ${name} is not allowed`, true);
    // CloudFront: cookies have a section of their own.
    else if (name === 'cookie' || name === 'set-cookie')
      faults.add(`${path}: cookies belong in ${path.replace('headers', 'cookies')}`);
    // CloudFront: names must be in lower case.
    else if (name !== givenName) faults.add(`${path} must have header names in lower case: ${JSON.stringify(givenName)}`);
    for (const { value } of values) {
      const octets = octetsOfText(value);
      if (octets === undefined || BAD_VALUE.test(octets)) {
        faults.add(`${path}[${JSON.stringify(givenName)}].value holds a character that a header cannot have`);
      } else fields.push([name, trimWhitespace(octets)]);
    }
  }
  const before = JSON.parse(original) as ValueMap;
  for (const name of readOnly) {
    const was = allOf(before, name);
    const now = fields.filter(([each]) => each === name).map(([, value]) => value);
    if (JSON.stringify(was) !== JSON.stringify(now)) {
      faults.add(`${path}: the header ${name} is read-only for ${eventType} functions`, true);
    }
  }
  return fields;
}

function allOf(map: ValueMap, name: string): readonly string[] {
  const entry = Object.hasOwn(map, name) ? map[name] : undefined;
  if (entry === undefined) return [];
  return (entry.multiValue ?? [entry]).map(({ value }) => octetsOfText(value) ?? value);
}
