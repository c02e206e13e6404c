/**
 * Forms as they are posted: application/x-www-form-urlencoded (WHATWG URL 5). Octets, one for each character of a string. A section that is
 * not looked into stays as it came, octet for octet.
 */

export interface FormSection {
  /** As sent, without the `&` around it. */
  readonly raw: string;
  /** Decoded. */
  readonly name: string;
  /** As sent; undefined without `=`. */
  readonly rawValue: string | undefined;
}

/** Undefined where a `%` begins no octet: then nobody knows what the form says. */
export function parseForm(body: string): readonly FormSection[] | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(body)) return undefined;
  return body.split('&').map((raw) => {
    const equals = raw.indexOf('=');
    const rawName = equals < 0 ? raw : raw.slice(0, equals);
    return { raw, name: decodeFormText(rawName), rawValue: equals < 0 ? undefined : raw.slice(equals + 1) };
  });
}

/** Every `%` begins an octet. */
export function decodeFormText(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
