/**
 * The Cookie field as CloudFront reads it: RFC 6265 4.2.1's `name=value; name=value`, and facts 3.1.
 * Names and values are case-sensitive. Which cookies count is a Selector's matter (model/selector.ts).
 */
import { fieldLines, type Field, type Fields } from './fields.ts';
import { isToken, trimWhitespace } from './token.ts';

export interface Cookie {
  readonly name: string;
  /** As sent, quotes included. */
  readonly value: string;
}

/** The request's Cookie field, or undefined without one. RFC 9113 8.2.3: several lines are one field, joined by `; `. */
export function cookieField(fields: Fields): string | undefined {
  const lines = fieldLines(fields, 'cookie');
  return lines.length === 0 ? undefined : lines.join('; ');
}

/** The fields without the cookies that `drops` names; the same fields where there are none. What does not parse stays as it is. */
export function withoutCookies(fields: Fields, drops: (name: string) => boolean): Fields {
  const pairs = cookieField(fields)?.split(';') ?? [];
  const kept = pairs.filter((pair) => !drops(trimWhitespace(pair).split('=', 1)[0] ?? ''));
  if (kept.length === pairs.length) return fields;
  const cookie: Field[] = kept.length === 0 ? [] : [['cookie', trimWhitespace(kept.join(';'))]];
  return [...fields.filter(([name]) => name !== 'cookie'), ...cookie];
}

/**
 * The cookies in the order sent, or undefined when the field does not parse.
 * CloudFront: a field that is not `name=value; ...` is not forwarded; cookies whose name starts with `$` are dropped.
 */
export function parseCookies(value: string): readonly Cookie[] | undefined {
  const cookies: Cookie[] = [];
  for (const part of value.split(';')) {
    const pair = trimWhitespace(part);
    // Ours: an empty member, such as a closing semicolon leaves, is no reason to drop the others.
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    if (equals < 1) return undefined;
    const name = pair.slice(0, equals);
    if (!isToken(name)) return undefined;
    if (!name.startsWith('$')) cookies.push({ name, value: pair.slice(equals + 1) });
  }
  return cookies;
}

/** A Cookie field of these cookies, sorted by name, or undefined when there are none. CloudFront sorts before keying and forwarding. */
export function formatCookies(cookies: readonly Cookie[]): string | undefined {
  if (cookies.length === 0) return undefined;
  return cookies
    .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    .map((cookie) => `${cookie.name}=${cookie.value}`)
    .join('; ');
}
