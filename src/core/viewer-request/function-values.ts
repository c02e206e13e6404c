/**
 * The maps that a function returns (headers, cookies, query string), read strictly: `{ name: { value, multiValue? } }`. Facts: aws-api B8.
 * The first fault is told with the field and the rule. What the names and values may be is judged by whoever reads them.
 */
import { isObject } from '../../model/json-object.ts';
import type { CookieEntry } from './function-event.ts';

/** Why what a function returned cannot be used. */
export interface FunctionFault {
  /** Whether it is about a header that is not the function's to change: CloudFront has a sentence of its own for that. */
  readonly isHeader: boolean;
  readonly message: string;
}

/** Collects faults; the first one counts. */
export interface Faults {
  readonly first: FunctionFault | undefined;
  add(message: string, isHeader?: boolean): undefined;
}

export function collectFaults(): Faults {
  let first: FunctionFault | undefined;
  return {
    get first() {
      return first;
    },
    add(message, isHeader = false) {
      first ??= { isHeader, message };
      return undefined;
    },
  };
}

/** One name and everything it has. */
export interface Values {
  readonly name: string;
  readonly values: readonly { readonly value: string; readonly attributes?: string | undefined }[];
}

/** `path` names the map in messages: `request.headers`. `original` is JSON of what the function got; '{}' where it got nothing. */
export function readValues(given: unknown, path: string, original: string, faults: Faults): readonly Values[] {
  if (given === null || given === undefined) return [];
  if (!isObject(given)) {
    faults.add(`${path} must be an object`);
    return [];
  }
  const before = JSON.parse(original) as Readonly<Record<string, CookieEntry>>;
  return Object.entries(given).flatMap(([name, entry]) => {
    const at = `${path}[${JSON.stringify(name)}]`;
    const values = readEntry(entry, at, Object.hasOwn(before, name) ? before[name] : undefined, faults);
    return values === undefined ? [] : [{ name, values }];
  });
}

function readEntry(entry: unknown, at: string, before: CookieEntry | undefined, faults: Faults): Values['values'] | undefined {
  if (!isObject(entry)) return faults.add(`${at} must be an object with a value`);
  const { multiValue } = entry;
  if (multiValue === undefined || multiValue === null) {
    const one = readOne(entry, at, faults);
    return one && [one];
  }
  if (!Array.isArray(multiValue)) return faults.add(`${at}.multiValue must be an array`);
  const values = multiValue.flatMap((one: unknown, index) => readOne(one, `${at}.multiValue[${index}]`, faults) ?? []);
  // CloudFront: a multiValue that was changed wins; otherwise a changed value takes the place of the first, and the others stay.
  const isAsBefore = JSON.stringify(multiValue) === JSON.stringify(before?.multiValue);
  const isChanged = before !== undefined && (entry['value'] !== before.value || entry['attributes'] !== before.attributes);
  const first = isAsBefore && isChanged ? readOne(entry, at, faults) : undefined;
  return first === undefined ? values : [first, ...values.slice(1)];
}

function readOne(one: unknown, at: string, faults: Faults): Values['values'][number] | undefined {
  if (!isObject(one)) return faults.add(`${at} must be an object with a value`);
  const { value, attributes } = one;
  if (typeof value !== 'string') return faults.add(`${at}.value must be a string`);
  if (attributes !== undefined && attributes !== null && typeof attributes !== 'string') {
    return faults.add(`${at}.attributes must be a string`);
  }
  return { value, attributes: attributes ?? undefined };
}
