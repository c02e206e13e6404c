/**
 * Time inside a function's realm stands still: it is the moment at which the invocation began, in UTC. Facts: aws-api B8 (Date frozen at
 * start). Returns how to set it. Runs in QuickJS: see binary.ts.
 */
export function installDate(): (now: number) => void {
  let frozen = 0;
  const Real = Date;
  const prototype = Real.prototype;
  const methods = prototype as unknown as Record<string, unknown>;
  const define = (on: object, name: string, value: unknown): void => {
    Object.defineProperty(on, name, { value, writable: true, configurable: true, enumerable: false });
  };
  // Local time is UTC.
  for (const part of ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds', 'Day']) {
    define(prototype, `get${part}`, methods[`getUTC${part}`]);
    if (part !== 'Day') define(prototype, `set${part}`, methods[`setUTC${part}`]);
  }
  define(prototype, 'getTimezoneOffset', () => 0);
  const utc = (date: Date): string => prototype.toUTCString.call(date);
  const dayOf = (date: Date): string => {
    // "Thu, 01 Jan 1970 00:00:00 GMT" to "Thu Jan 01 1970"
    const [weekday = '', day = '', month = '', year = ''] = utc(date).replace(',', '').split(' ');
    return `${weekday} ${month} ${day} ${year}`;
  };
  const timeOf = (date: Date): string => `${utc(date).split(' ')[4] ?? ''} GMT+0000 (UTC)`;
  const isValid = (date: Date): boolean => !Number.isNaN(prototype.getTime.call(date));
  define(prototype, 'toString', function (this: Date) {
    return isValid(this) ? `${dayOf(this)} ${timeOf(this)}` : 'Invalid Date';
  });
  define(prototype, 'toDateString', function (this: Date) {
    return isValid(this) ? dayOf(this) : 'Invalid Date';
  });
  define(prototype, 'toTimeString', function (this: Date) {
    return isValid(this) ? timeOf(this) : 'Invalid Date';
  });
  for (const [name, text] of [
    ['toLocaleString', 'toString'],
    ['toLocaleDateString', 'toDateString'],
    ['toLocaleTimeString', 'toTimeString'],
  ] as const) {
    define(prototype, name, methods[text]);
  }

  const parse = (text: unknown): number => {
    const given = String(text);
    const hasZone = /(?:Z|[+-]\d{2}:?\d{2}|GMT|UTC|\))\s*$/i.test(given) || /^\s*[+-]?\d{4,6}(?:-\d{2}){0,2}\s*$/.test(given);
    const time = Real.parse(hasZone ? given : `${given}${given.includes('T') ? 'Z' : ' GMT'}`);
    return Number.isNaN(time) ? Real.parse(given) : time;
  };
  function FrozenDate(this: unknown, ...given: unknown[]): unknown {
    if (new.target === undefined) return new Real(frozen).toString();
    if (given.length === 0) return new Real(frozen);
    if (given.length > 1) return new Real(Real.UTC(...(given as [number, number])));
    const [only] = given;
    if (only instanceof Real) return new Real(only.getTime());
    return new Real(typeof only === 'string' ? parse(only) : (only as number));
  }
  define(FrozenDate, 'name', 'Date');
  FrozenDate.prototype = prototype;
  define(FrozenDate, 'now', () => frozen);
  define(FrozenDate, 'parse', parse);
  define(FrozenDate, 'UTC', Real.UTC);
  define(prototype, 'constructor', FrozenDate);
  define(globalThis, 'Date', FrozenDate);
  return (now) => {
    frozen = now;
  };
}
