/**
 * Forms as they are posted: application/x-www-form-urlencoded (WHATWG URL 5). Octets, one for each character of a string. A viewer may send a
 * million sections: what has no value costs no more than being passed over.
 */

/** A section with a value. */
export interface FormValue {
  /** Decoded. */
  readonly name: string;
  /** Where its value stands in the form, as sent: up to `to`, which is not a part of it. */
  readonly from: number;
  readonly to: number;
}

/** False where a `%` begins no octet: then nobody knows what the form says. */
export function isReadableForm(body: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(body);
}

/** In order. Every `%` begins an octet. */
export function* formValues(body: string): Generator<FormValue> {
  for (let from = 0; from <= body.length;) {
    const ampersand = body.indexOf('&', from);
    const to = ampersand < 0 ? body.length : ampersand;
    const equals = body.slice(from, to).indexOf('=');
    if (equals >= 0) yield { name: decodeFormText(body.slice(from, from + equals)), from: from + equals + 1, to };
    from = to + 1;
  }
}

/** Every `%` begins an octet. */
export function decodeFormText(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  return text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
