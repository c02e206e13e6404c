/** The transformations of a raw query that AWS WAF does before it takes query arguments apart (PreParseTextTransformations of the wafv2 API). */

/** `a=1&b=2&a=3` is `a=1,3&b=2`: how some servers read parameters that repeat. Names are compared as they are. */
export function combineDuplicateArguments(query: string): string {
  const values = new Map<string, string>();
  for (const argument of query.split('&')) {
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    const value = equals < 0 ? '' : argument.slice(equals + 1);
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return [...values].map(([name, value]) => `${name}=${value}`).join('&');
}

/** A semicolon between arguments, as HTML 4 recommended it. */
export function replaceSemicolons(query: string): string {
  return query.replaceAll(';', '&');
}
