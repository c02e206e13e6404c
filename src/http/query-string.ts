/**
 * Query strings as CloudFront reads them (facts 3.1): raw, case-sensitive, only `&` separates, order counts.
 * Nothing is decoded: `%61` and `a` are different names. `?a`, `?a=` and `?a&` stay apart.
 */

/** The query with only the parameters whose name `selects`, in order and byte for byte; undefined when none is left. */
export function selectParameters(query: string, selects: (name: string) => boolean): string | undefined {
  let selected: string | undefined;
  for (const parameter of query.split('&')) {
    if (selects(parameterName(parameter))) selected = selected === undefined ? parameter : `${selected}&${parameter}`;
  }
  return selected;
}

export function parameterName(parameter: string): string {
  const equals = parameter.indexOf('=');
  return equals < 0 ? parameter : parameter.slice(0, equals);
}
